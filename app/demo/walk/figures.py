"""What the walk promises and what came of it: every figure is either right or a failure."""

from collections import Counter
from dataclasses import dataclass, field

from app.demo.walk.company import Scale

INBOXES = {
    "directory": ["person.*", "programme.*", "sponsorship.*", "enrolment.*"],
    "pairs": ["match_run.*", "match_proposal.*", "pairing.*", "agreement.*"],
    "learning": ["session.*", "goal.*", "win.*", "feedback.*"],
}
SPONSORS, SESSIONS_EACH = 2, 2


def events(scale: Scale) -> Counter[str]:
    """The events that the walk makes: these and no others."""
    both, joined = 2 * scale.pairs, 2 * scale.enrolled
    enrolment = ("invited", "review_started", "approved", "readied")
    return Counter(
        {
            "webhook_endpoint.ping": len(INBOXES),
            "person.created": scale.people,
            "sponsorship.pledged": SPONSORS,
            **dict.fromkeys(("programme.published", "programme.matching_started", "programme.activated"), 1),
            **{f"enrolment.{step}": joined for step in enrolment},
            **dict.fromkeys(("match_run.completed", "person.updated"), 1),
            **dict.fromkeys(("match_proposal.offered", "match_proposal.confirmed"), scale.pairs),
            "match_proposal.accepted": both,
            **dict.fromkeys(("pairing.created", "pairing.activated"), scale.pairs),
            **dict.fromkeys(("agreement.proposed", "agreement.entered_force"), scale.pairs),
            **dict.fromkeys(("agreement.signed", "feedback.given"), both),
            **dict.fromkeys(("session.scheduled", "session.completed"), SESSIONS_EACH * scale.pairs),
            **dict.fromkeys(("goal.set", "goal.progressed", "win.celebrated"), scale.pairs),
        }
    )


@dataclass(frozen=True)
class Figure:
    """Something that was counted, and what it should be."""

    name: str
    expected: int
    seen: int

    @property
    def is_right(self) -> bool:
        """Whether it is as it should be."""
        return self.expected == self.seen


@dataclass
class Summary:
    """What happened."""

    seconds: float
    requests: int
    retries: int
    repeated: int
    figures: list[Figure] = field(default_factory=list)

    @property
    def is_right(self) -> bool:
        """Whether every figure is."""
        return all(figure.is_right for figure in self.figures)
