"""Which rules a live pair breaks now, and whose record made it so. Pure: the facts are loaded for many at once."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from app.domain.conflicts.models import CAUSES, ConflictRule
from app.matching.pairwise import may_meet

# The members that changed, by person.
Changes = Mapping[str, Set[str]]
Managers = Mapping[str, str | None]


@dataclass(frozen=True)
class Side:
    """One partner, as the directory has them."""

    person_id: str
    rank: int
    department: str | None
    location: str | None


@dataclass(frozen=True)
class Pair:
    """A live pair, and what its programme asks of it."""

    pairing_id: str
    programme_id: str
    min_rank_gap: int
    is_cross_department: bool
    site_groups: tuple[tuple[str, ...], ...]
    deadline_days: int
    has_waiver: bool
    mentor: Side
    mentee: Side

    @property
    def members(self) -> tuple[str, str]:
        """The two people: mentor, mentee."""
        return self.mentor.person_id, self.mentee.person_id


def broken(pair: Pair, managers: Managers) -> dict[ConflictRule, Sequence[str]]:
    """Every rule that the pair breaks, with those whose records it comes of."""
    found = _of_lines(pair, managers)
    mentor, mentee = pair.mentor, pair.mentee
    of_both = {
        ConflictRule.RANK_GAP: mentee.rank - mentor.rank < pair.min_rank_gap,
        ConflictRule.SAME_DEPARTMENT: pair.is_cross_department
        and mentor.department is not None
        and mentor.department == mentee.department,
        ConflictRule.SITE: not may_meet(pair.site_groups, mentor.location, mentee.location),
    }
    return found | {rule: pair.members for rule, is_broken in of_both.items() if is_broken}


def cause(rule: ConflictRule, links: Sequence[str], changes: Changes) -> str | None:
    """Whose change it was; nobody's, if the pair was like that before."""
    return next((person_id for person_id in links if CAUSES[rule] in changes.get(person_id, ())), None)


def _of_lines(pair: Pair, managers: Managers) -> dict[ConflictRule, Sequence[str]]:
    mentor, mentee = pair.members
    if line := _line(managers, mentor, mentee) or _line(managers, mentee, mentor):
        return {ConflictRule.REPORTING_LINE: line}
    manager = managers.get(mentor)
    if manager is not None and manager == managers.get(mentee) and not pair.has_waiver:
        return {ConflictRule.SHARED_MANAGER: pair.members}
    return {}


def _line(managers: Managers, lower: str, upper: str) -> Sequence[str]:
    """Everybody from one up to the other, who is left out; nobody, if the other does not stand above."""
    line: list[str] = []
    at: str | None = lower
    # Nobody is visited twice, so a cycle that slipped in does not run for ever.
    while at is not None and at not in line:
        line.append(at)
        at = managers.get(at)
        if at == upper:
            return line
    return ()
