"""What can be read of preferences: one's own, and as a coordinator those of one's programmes, if not about oneself."""

import sqlalchemy as sa

from app.auth.policy import Relation
from app.auth.scopes import Scope
from app.domain.enrolments.resource import ENROLMENTS
from app.domain.matching.preference_schemas import MatchingPreferenceRead
from app.domain.matching.preferences import MatchingPreference
from app.domain.people.resource import PEOPLE
from app.domain.programmes.resource import PROGRAMMES
from app.reading.resource import ME, Edge, Equals, Resource, Sensitive, through

_PROGRAMME = Edge("programme", "programme_id", PROGRAMMES)
_IN_OFFICE = through(_PROGRAMME)[Relation.OWN_PROGRAMME]
MATCHING_PREFERENCES = Resource(
    "matching_preference",
    "matching_preferences",
    MatchingPreference,
    MatchingPreferenceRead,
    Scope.ENROLMENTS_READ,
    relations={
        Relation.OWN: lambda preference: preference.c.author_id == ME,
        Relation.OWN_PROGRAMME: _IN_OFFICE,
        # Whose reason was meant for coordinators, too.
        Relation.ADDRESSEE: lambda preference: sa.and_(preference.c.reason_shared, _IN_OFFICE(preference)),
        # Nobody reads by office what was said of themselves.
        Relation.OWN_PAIRING: lambda preference: preference.c.other_id == ME,
    },
    edges=(
        _PROGRAMME,
        Edge("enrolment", "enrolment_id", ENROLMENTS, "matching_preferences", "Whose it is.", "Whom they wish for."),
        Edge("other_enrolment", "other_enrolment_id", ENROLMENTS),
        Edge("author", "author_id", PEOPLE),
    ),
    filters=(Equals("programme_id"), Equals("enrolment_id"), Equals("other_enrolment_id"), Equals("author_id")),
    sensitive=Sensitive("author_id"),
)
