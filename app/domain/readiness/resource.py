"""What can be read of trainings and readiness: one's own, and of a programme by who runs it."""

from app.auth.policy import Relation
from app.auth.scopes import Scope
from app.domain.enrolments.resource import ENROLMENTS
from app.domain.people.resource import PEOPLE
from app.domain.programmes.resource import PROGRAMME_RESOURCES, PROGRAMMES
from app.domain.readiness.assessments import ReadinessAssessment
from app.domain.readiness.schemas import ReadinessAssessmentRead, TrainingAssignmentRead
from app.domain.readiness.trainings import TrainingAssignment
from app.reading.resource import ME, Edge, Equals, Range, Resource, Sensitive, through

_TRAINED_IN = Edge(
    "programme", "programme_id", PROGRAMMES, "training_assignments", "The programme.", "Who learns what."
)
_ASSESSED_IN = Edge("programme", "programme_id", PROGRAMMES)
TRAINING_ASSIGNMENTS = Resource(
    "training_assignment",
    "training_assignments",
    TrainingAssignment,
    TrainingAssignmentRead,
    Scope.ENROLMENTS_READ,
    relations={
        **through(_TRAINED_IN),
        Relation.OWN: lambda assignment: assignment.c.person_id == ME,
    },
    party=(Relation.OWN,),
    edges=(
        _TRAINED_IN,
        Edge(
            "enrolment", "enrolment_id", ENROLMENTS, "training_assignments", "Who joined.", "What they have to learn."
        ),
        Edge("person", "person_id", PEOPLE),
        Edge("programme_resource", "programme_resource_id", PROGRAMME_RESOURCES),
    ),
    filters=(
        Equals("programme_id"),
        Equals("enrolment_id"),
        Equals("person_id"),
        Equals("programme_resource_id"),
        Equals("kind"),
        Equals("status"),
        Range("due_at"),
    ),
)
READINESS_ASSESSMENTS = Resource(
    "readiness_assessment",
    "readiness_assessments",
    ReadinessAssessment,
    ReadinessAssessmentRead,
    Scope.ENROLMENTS_READ,
    relations={
        **through(_ASSESSED_IN),
        Relation.OWN: lambda assessment: assessment.c.person_id == ME,
    },
    party=(Relation.OWN,),
    edges=(
        _ASSESSED_IN,
        Edge("enrolment", "enrolment_id", ENROLMENTS, "readiness_assessments", "Who joined.", "How ready they felt."),
        Edge("person", "person_id", PEOPLE),
    ),
    filters=(Equals("programme_id"), Equals("enrolment_id"), Equals("person_id"), Equals("role"), Equals("band")),
    sensitive=Sensitive("person_id"),
)
