"""How a programme is made without starting from nothing."""

from app.acting.intent import create, move
from app.auth.scopes import Scope
from app.domain.programmes.resource import PROGRAMMES
from app.domain.templates import service

_WRITE = Scope.PROGRAMMES_WRITE
INTENTS = (
    create(
        "create_programme_from_template",
        PROGRAMMES,
        service.create_from_template,
        _WRITE,
        path="templated-programmes",
        cost=5,
    ),
    move("clone_programme", PROGRAMMES, service.clone, _WRITE, "clone", cost=5),
)
