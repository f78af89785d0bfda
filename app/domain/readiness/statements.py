"""What people say of themselves before they begin, and what helps. docs/readiness.md repeats the words.

Mentees are asked whether they are ready to learn from somebody junior, mentors whether they dare to teach somebody
senior. The statements and the bounds of the bands are ours: a mirror, not a measured scale, and it decides nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.domain.enrolments.models import EnrolmentRole

LEAST, MOST = 1, 5
_LOW, _HIGH, _MIDDLE = 2, 4, 3
MOST_ACTIONS = 3


class Statement(StrEnum):
    """The statements of both roles, by name."""

    RANK_ASIDE = "rank_aside"
    OPEN_MIND = "open_mind"
    ASKS_QUESTIONS = "asks_questions"
    TAKES_FEEDBACK = "takes_feedback"
    APPLIES_LEARNING = "applies_learning"
    MAKES_TIME = "makes_time"
    SPEAKS_UP = "speaks_up"
    EXPLAINS_PLAINLY = "explains_plainly"
    LISTENS_FIRST = "listens_first"
    GIVES_FEEDBACK = "gives_feedback"
    KNOWS_LIMITS = "knows_limits"
    ASKS_FOR_HELP = "asks_for_help"


class Band(StrEnum):
    """How much somebody would be helped by preparing."""

    READY = "ready"
    GROWING = "growing"
    SUPPORT = "support"


@dataclass(frozen=True)
class Wording:
    """A statement as it is read, rated from 1 (not at all) to 5 (wholly), and what helps whoever rates it low."""

    role: EnrolmentRole
    text: str
    action: str


_E, _R = EnrolmentRole.MENTEE, EnrolmentRole.MENTOR
STATEMENTS: Mapping[Statement, Wording] = {
    Statement.RANK_ASIDE: Wording(
        _E,
        "I can leave my rank at the door and be the one who does not know.",
        "Open the first session by naming one thing you do not know and your mentor does.",
    ),
    Statement.OPEN_MIND: Wording(
        _E,
        "I change my mind when somebody junior shows me a better way.",
        "Before each session, write down one belief about your work that you are willing to have tested.",
    ),
    Statement.ASKS_QUESTIONS: Wording(
        _E,
        "I ask before I answer.",
        "Bring three open questions to each session, and wait five seconds after each answer.",
    ),
    Statement.TAKES_FEEDBACK: Wording(
        _E,
        "I can hear criticism without explaining myself.",
        "Ask for one thing to do differently at the end of each session, and say only thank you.",
    ),
    Statement.APPLIES_LEARNING: Wording(
        _E,
        "I try out what I learn within days.",
        "Leave each session with one small thing to try at work, and a day on which you will.",
    ),
    Statement.MAKES_TIME: Wording(
        _E,
        "I keep appointments with people who are junior to me.",
        "Put the first three sessions into your calendar as meetings that nobody else may move.",
    ),
    Statement.SPEAKS_UP: Wording(
        _R,
        "I say what I think to somebody far above me.",
        "Rehearse your first session with another mentor, up to the sentence that is hardest to say.",
    ),
    Statement.EXPLAINS_PLAINLY: Wording(
        _R,
        "I can explain what I know to somebody for whom it is new.",
        "Explain your topic in three minutes to a friend outside your field, and note where they stop you.",
    ),
    Statement.LISTENS_FIRST: Wording(
        _R,
        "I find out what somebody needs before I teach.",
        "Begin with what your mentee wants to be able to do, and plan back from there.",
    ),
    Statement.GIVES_FEEDBACK: Wording(
        _R,
        "I can tell somebody senior what did not work, and stay kind.",
        "Practise one sentence: what you saw, what it did, what you would try instead.",
    ),
    Statement.KNOWS_LIMITS: Wording(
        _R,
        "I say openly when I do not know.",
        "List in your profile what is out of your scope, and say it in the first session.",
    ),
    Statement.ASKS_FOR_HELP: Wording(
        _R,
        "I know whom to turn to if a session goes wrong.",
        "Find out today who coordinates your programme, and how a concern is raised in confidence.",
    ),
}


def of_role(role: EnrolmentRole) -> tuple[Statement, ...]:
    """The statements for one role, in the order in which they are put."""
    return tuple(name for name, wording in STATEMENTS.items() if wording.role is role)


def band(ratings: Mapping[Statement, int]) -> Band:
    """Ready: a mean of 4 or more and nothing under 3. Support: a mean under 3, or two ratings under 3."""
    low = sum(rating <= _LOW for rating in ratings.values())
    total, count = sum(ratings.values()), len(ratings)
    if total < _MIDDLE * count or low > 1:
        return Band.SUPPORT
    return Band.READY if total >= _HIGH * count and not low else Band.GROWING


def actions(ratings: Mapping[Statement, int]) -> list[Statement]:
    """What to work on: at most three statements rated 3 or less, the lowest first."""
    weak = [name for name in STATEMENTS if ratings.get(name, MOST) <= _MIDDLE]
    return sorted(weak, key=ratings.__getitem__)[:MOST_ACTIONS]
