"""What can be asked of matching."""

from app.acting.inquiry import Inquiry
from app.auth.scopes import Scope
from app.domain.enrolments.resource import ENROLMENTS
from app.domain.matching import inquiring
from app.domain.matching.resource import MATCH_PROPOSALS

INQUIRIES = (
    Inquiry("enrolment_suggestions", ENROLMENTS, "suggestions", Scope.ENROLMENTS_READ, inquiring.suggestions, cost=5),
    Inquiry("enrolment_why_not", ENROLMENTS, "why-not", Scope.PAIRINGS_READ, inquiring.why_not, cost=5),
    Inquiry("enrolment_why_unmatched", ENROLMENTS, "why-unmatched", Scope.PAIRINGS_READ, inquiring.why_unmatched),
    Inquiry("match_proposal_why", MATCH_PROPOSALS, "why", Scope.PAIRINGS_READ, inquiring.why),
)
