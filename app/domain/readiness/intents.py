"""What can be done on the way to the first partner."""

from app.acting.intent import create, move
from app.auth.scopes import Scope
from app.domain.enrolments.resource import ENROLMENTS
from app.domain.operations.resource import OPERATIONS
from app.domain.programmes.resource import PROGRAMME_RESOURCES
from app.domain.readiness import service, spreading, training
from app.domain.readiness.resource import READINESS_ASSESSMENTS, TRAINING_ASSIGNMENTS

_WRITE = Scope.ENROLMENTS_WRITE
INTENTS = (
    move("approve_enrolment", ENROLMENTS, service.approve, _WRITE, "approve"),
    move("ready_enrolment", ENROLMENTS, service.ready, _WRITE, "ready"),
    create("assess_readiness", READINESS_ASSESSMENTS, service.assess, _WRITE),
    create("assign_training", TRAINING_ASSIGNMENTS, training.assign, _WRITE),
    move("assign_programme_resource", PROGRAMME_RESOURCES, spreading.begin, _WRITE, "assign", begins=OPERATIONS),
    move("start_training", TRAINING_ASSIGNMENTS, training.start, _WRITE, "start"),
    move("complete_training", TRAINING_ASSIGNMENTS, training.complete, _WRITE, "complete"),
    move("waive_training", TRAINING_ASSIGNMENTS, training.waive, _WRITE, "waive"),
)
