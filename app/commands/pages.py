"""The pages of docs/ that are made from the code: settings, state diagrams and policy."""

from enum import StrEnum
from pathlib import Path
from typing import Any

from app.commands import policy_page, settings_table
from app.domain.announcements.models import ANNOUNCEMENT
from app.domain.circles.models import CIRCLE, MEETING
from app.domain.concerns.models import CONCERN
from app.domain.conflicts.models import CONFLICT
from app.domain.enrolments.models import ENROLMENT
from app.domain.goals.models import GOAL
from app.domain.imports.models import PLANNED_CHANGE
from app.domain.matching.models import MATCH_RUN
from app.domain.matching.proposals import MATCH_PROPOSAL
from app.domain.nominations.models import NOMINATION
from app.domain.operations.models import OPERATION
from app.domain.pairings.agreements import AGREEMENT
from app.domain.pairings.models import PAIRING
from app.domain.planning.models import SERIES
from app.domain.privacy.models import ERASURE
from app.domain.programmes.models import PROGRAMME
from app.domain.readiness.trainings import TRAINING
from app.domain.recognition.models import RECOGNITION
from app.domain.sessions.models import SESSION
from app.domain.stories.models import STORY
from app.states import Machine
from app.webhooks.models import DELIVERY, ENDPOINT, VERIFICATION

MACHINES: tuple[Machine[Any], ...] = (
    OPERATION,
    PLANNED_CHANGE,
    PROGRAMME,
    ENROLMENT,
    NOMINATION,
    TRAINING,
    MATCH_RUN,
    MATCH_PROPOSAL,
    PAIRING,
    AGREEMENT,
    CONFLICT,
    SESSION,
    SERIES,
    CIRCLE,
    MEETING,
    GOAL,
    RECOGNITION,
    STORY,
    ANNOUNCEMENT,
    CONCERN,
    ENDPOINT,
    VERIFICATION,
    DELIVERY,
    ERASURE,
)
_SETTINGS = """\
# Settings

Every setting is an environment variable, read once when a process starts. `flipside doctor` says whether they fit
together on this machine. This page is made from `app/config.py` by `make contract`.

"""
_STATES = """\
# States

Which moves are legal, from the machines in the code. Anything else is answered `409` with the code
`<noun>_state_conflict`, and nothing changes. This page is made by `make contract`.
"""


def pages() -> dict[str, str]:
    """The text of every page, by its name."""
    return {
        "policy.md": policy_page.page(),
        "settings.md": _SETTINGS + settings_table.table(),
        "states.md": _STATES + "".join(map(_section, MACHINES)),
    }


def write(folder: Path) -> None:
    """Write every page into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (folder / name).write_text(text, encoding="utf-8")


def _section(machine: Machine[StrEnum]) -> str:
    title = machine.noun.replace("_", " ").capitalize()
    return f"\n## {title}\n\n```mermaid\n{machine.diagram()}\n```\n"
