"""What can be done to a pairing and its agreement."""

from app.acting.intent import create, move, update
from app.auth.scopes import Scope
from app.domain.pairings import service, signing
from app.domain.pairings.resource import AGREEMENTS, PAIRINGS

_WRITE = Scope.PAIRINGS_WRITE
INTENTS = (
    create("create_pairing", PAIRINGS, service.create, _WRITE),
    update("update_pairing", PAIRINGS, service.update, _WRITE),
    move("activate_pairing", PAIRINGS, service.activate, _WRITE, "activate"),
    move("pause_pairing", PAIRINGS, service.pause, _WRITE, "pause"),
    move("resume_pairing", PAIRINGS, service.resume, _WRITE, "resume"),
    move("begin_closing_pairing", PAIRINGS, service.begin_closing, _WRITE, "begin-closing"),
    move("complete_pairing", PAIRINGS, service.complete, _WRITE, "complete"),
    move("continue_pairing_informally", PAIRINGS, service.continue_informally, _WRITE, "continue-informally"),
    move("end_pairing", PAIRINGS, service.end, _WRITE, "end"),
    move("end_pairing_early", PAIRINGS, service.end_early, _WRITE, "end-early"),
    move("dissolve_pairing", PAIRINGS, service.dissolve, _WRITE, "dissolve"),
    create("propose_agreement", AGREEMENTS, signing.propose, _WRITE),
    move("sign_agreement", AGREEMENTS, signing.sign, _WRITE, "sign"),
)
