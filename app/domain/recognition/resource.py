"""What can be read of recognitions: awards by everybody in the programme, thanks by the two partners."""

import sqlalchemy as sa

from app.auth.policy import Relation
from app.auth.scopes import Scope
from app.domain.pairings.resource import PAIRINGS
from app.domain.people.resource import PEOPLE
from app.domain.programmes.resource import PROGRAMMES
from app.domain.recognition.models import Recognition, RecognitionCriterion, RecognitionKind, RecognitionStatus
from app.domain.recognition.schemas import RecognitionCriterionRead, RecognitionRead
from app.reading.resource import ME, Edge, Equals, Range, Resource, Table, is_one_of, through

_OF_CRITERION = Edge(
    "programme", "programme_id", PROGRAMMES, "recognition_criteria", "The programme.", "What earns badges in it."
)
RECOGNITION_CRITERIA = Resource(
    "recognition_criterion",
    "recognition_criteria",
    RecognitionCriterion,
    RecognitionCriterionRead,
    Scope.PROGRAMMES_READ,
    relations=through(_OF_CRITERION),
    edges=(_OF_CRITERION,),
    filters=(Equals("programme_id"), Equals("kind")),
)
_PROGRAMME = Edge("programme", "programme_id", PROGRAMMES, "recognitions", "The programme.", "Who was honoured in it.")


def _is_public(recognition: Table) -> sa.ColumnElement[bool]:
    """Thanks are never for others to read."""
    return ~is_one_of(recognition.c.kind, RecognitionKind.THANKS)


def _is_given(recognition: Table) -> sa.ColumnElement[bool]:
    """Whoever is only nominated is not to know."""
    return is_one_of(recognition.c.status, RecognitionStatus.AWARDED, RecognitionStatus.REVOKED)


_HELD = through(_PROGRAMME)
RECOGNITIONS = Resource(
    "recognition",
    "recognitions",
    Recognition,
    RecognitionRead,
    Scope.FEEDBACK_READ,
    relations={
        Relation.OWN: lambda recognition: recognition.c.author_id == ME,
        Relation.ADDRESSEE: lambda recognition: sa.and_(recognition.c.person_id == ME, _is_given(recognition)),
        Relation.OWN_PROGRAMME: lambda recognition: sa.and_(
            _is_public(recognition), _HELD[Relation.OWN_PROGRAMME](recognition)
        ),
        Relation.PUBLISHED: lambda recognition: sa.and_(
            _is_public(recognition),
            is_one_of(recognition.c.status, RecognitionStatus.AWARDED),
            _HELD[Relation.PUBLISHED](recognition),
        ),
    },
    edges=(
        _PROGRAMME,
        Edge("person", "person_id", PEOPLE, "recognitions", "Who is honoured.", "How they were honoured."),
        Edge("author", "author_id", PEOPLE),
        Edge("pairing", "pairing_id", PAIRINGS),
        Edge("criterion", "criterion_id", RECOGNITION_CRITERIA),
    ),
    filters=(
        Equals("programme_id"),
        Equals("person_id"),
        Equals("kind"),
        Equals("status"),
        Range("updated_at"),
    ),
)
