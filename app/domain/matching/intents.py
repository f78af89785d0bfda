"""What can be done to policies, runs and proposals."""

from app.acting.intent import create, move, update
from app.auth.scopes import Scope
from app.domain.matching import answering, approving, policies, rematching, service
from app.domain.matching.resource import MATCH_PROPOSALS, MATCH_RUNS, MATCHING_POLICIES
from app.domain.pairings.resource import PAIRINGS

_WRITE = Scope.PAIRINGS_WRITE
INTENTS = (
    create("create_matching_policy", MATCHING_POLICIES, policies.create, _WRITE),
    update("update_matching_policy", MATCHING_POLICIES, policies.update, _WRITE),
    move("rematch_pairing", PAIRINGS, rematching.rematch, _WRITE, "rematch", cost=60),
    create("create_match_run", MATCH_RUNS, service.create, _WRITE, cost=60),
    move("cancel_match_run", MATCH_RUNS, service.cancel, _WRITE, "cancel"),
    move("approve_match_run", MATCH_RUNS, approving.approve, _WRITE, "approve", cost=60),
    move("discard_match_run", MATCH_RUNS, approving.discard, _WRITE, "discard"),
    move("accept_match_proposal", MATCH_PROPOSALS, answering.accept, _WRITE, "accept"),
    move("decline_match_proposal", MATCH_PROPOSALS, answering.decline, _WRITE, "decline"),
    move("veto_match_proposal", MATCH_PROPOSALS, answering.veto, _WRITE, "veto"),
)
