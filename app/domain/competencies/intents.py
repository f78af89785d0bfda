"""What can be done about competencies."""

from app.acting.intent import create, delete
from app.auth.scopes import Scope
from app.domain.competencies import service
from app.domain.competencies.resource import COMPETENCY_RATINGS

INTENTS = (
    create("rate_competency", COMPETENCY_RATINGS, service.rate, Scope.GOALS_WRITE),
    delete("delete_competency_rating", COMPETENCY_RATINGS, service.delete, Scope.GOALS_WRITE),
)
