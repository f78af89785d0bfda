"""The facts behind a criterion's points, in words.

What one side asked for or said of the other is not told to the other: weights, rankings, how long somebody waits.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from app.matching.explanations import Evidence, Side
from app.matching.market import Seat
from app.matching.pairwise import SOUGHT, Pairwise, offered, twentieths
from app.matching.policy import CriterionName

Teller = Callable[[Pairwise, Seat, Seat], Iterator[Evidence]]


def told(criterion: CriterionName, pairwise: Pairwise, mentor: Seat, mentee: Seat) -> tuple[Evidence, ...]:
    """What is known of the pair in this criterion; nothing when it is unknown."""
    return tuple(_TELLERS[criterion](pairwise, mentor, mentee))


def _skills(_: Pairwise, mentor: Seat, mentee: Seat) -> Iterator[Evidence]:
    return _sought(mentee.seeks, offered(mentor), Side.MENTOR)


def _skills_back(_: Pairwise, mentor: Seat, mentee: Seat) -> Iterator[Evidence]:
    return _sought(mentor.seeks, offered(mentee), Side.MENTEE)


def _sought(seeks: Mapping[str, int], offers: Mapping[str, int], other: Side) -> Iterator[Evidence]:
    """Dearest wish first. `other` is who offers: they read what was wanted, not how much."""
    for skill, weight in sorted(twentieths(seeks).items(), key=lambda wish: (-wish[1], wish[0])):
        level = f"offered at level {offers[skill]}" if skill in offers else "not offered"
        brief = f"wanted: {skill}; {level}" if skill in offers else None
        yield Evidence(f"wanted: {skill}, weight {weight} of {SOUGHT}; {level}", other, brief)


def _interests(_: Pairwise, mentor: Seat, mentee: Seat) -> Iterator[Evidence]:
    if not mentor.interests or not mentee.interests:
        return
    shared = sorted(set(mentor.interests) & set(mentee.interests))
    yield Evidence(f"shared interests: {', '.join(shared)}" if shared else "no shared interests")


def _style(_: Pairwise, mentor: Seat, mentee: Seat) -> Iterator[Evidence]:
    for trait in sorted(mentor.style.keys() & mentee.style.keys()):
        apart = abs(mentor.style[trait] - mentee.style[trait])
        yield Evidence(f"{trait}: {f'{apart} of 4 apart' if apart else 'alike'}")


def _languages(_: Pairwise, mentor: Seat, mentee: Seat) -> Iterator[Evidence]:
    shared = [language for language in mentee.languages if language in mentor.languages]
    if mentor.languages and mentee.languages:
        yield Evidence(f"shared languages: {', '.join(shared)}" if shared else "no shared language")


def _departments(_: Pairwise, mentor: Seat, mentee: Seat) -> Iterator[Evidence]:
    if mentor.department is None or mentee.department is None:
        return
    if mentor.department == mentee.department:
        yield Evidence("same department")
    elif mentor.division is not None and mentor.division == mentee.division:
        yield Evidence("another department of the same division")
    else:
        yield Evidence("another department")


def _rank_gap(_: Pairwise, mentor: Seat, mentee: Seat) -> Iterator[Evidence]:
    yield Evidence(f"{abs(mentee.rank - mentor.rank)} ranks apart")


def _mentee_ranking(pairwise: Pairwise, mentor: Seat, mentee: Seat) -> Iterator[Evidence]:
    return _ranking(pairwise, mentee, mentor, Side.MENTOR)


def _mentor_ranking(pairwise: Pairwise, mentor: Seat, mentee: Seat) -> Iterator[Evidence]:
    return _ranking(pairwise, mentor, mentee, Side.MENTEE)


def _ranking(pairwise: Pairwise, author: Seat, other: Seat, hidden_from: Side) -> Iterator[Evidence]:
    place = pairwise.market.rankings.get((author.id, other.id))
    if place is not None:
        yield Evidence(f"the {hidden_from.other} ranks the {hidden_from} in place {place}", hidden_from)


def _waiting(_: Pairwise, mentor: Seat, mentee: Seat) -> Iterator[Evidence]:
    yield Evidence(f"the mentee has waited {mentee.waiting_days} days", hidden_from=Side.MENTOR)
    yield Evidence(f"the mentor has waited {mentor.waiting_days} days", hidden_from=Side.MENTEE)


def _earlier(pairwise: Pairwise, mentor: Seat, mentee: Seat) -> Iterator[Evidence]:
    met = (mentor.person_id, mentee.person_id) in pairwise.market.earlier
    yield Evidence("they were a pair before" if met else "they were not a pair before")


def _overlap(pairwise: Pairwise, mentor: Seat, mentee: Seat) -> Iterator[Evidence]:
    if mentor.availability and mentee.availability:
        yield Evidence(f"{pairwise.diaries.overlap(mentor, mentee)} minutes a week free for both, in the worst week")


_TELLERS: Final[dict[CriterionName, Teller]] = {
    CriterionName.SKILLS: _skills,
    CriterionName.SKILLS_BACK: _skills_back,
    CriterionName.INTERESTS: _interests,
    CriterionName.STYLE: _style,
    CriterionName.LANGUAGES: _languages,
    CriterionName.OVERLAP: _overlap,
    CriterionName.CROSS_DEPARTMENT: _departments,
    CriterionName.RANK_GAP: _rank_gap,
    CriterionName.MENTEE_RANKING: _mentee_ranking,
    CriterionName.MENTOR_RANKING: _mentor_ranking,
    CriterionName.WAITING: _waiting,
    CriterionName.EARLIER_PARTNER: _earlier,
}
