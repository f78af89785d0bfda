"""Stand-in until there is an engine."""

from app.matching.market import Market
from app.matching.pairwise import Pairwise
from app.matching.plan import Paired, Plan, ProofScope, Status, Unmatched, UnmatchedReason
from app.matching.policy import Policy


def solve(market: Market, policy: Policy, *, seed: int, budget=None, progress=None) -> Plan:
    judge = Pairwise(market, policy)
    places = {s.id: s.places for s in (*market.mentors, *market.mentees)}
    options = sorted(
        (
            (-judge.score(m, n), m.id, n.id, m, n)
            for m in market.mentors
            for n in market.mentees
            if not judge.failed(m, n)
        ),
        key=lambda o: ((o[1], o[2]) not in market.pins, *o[:3]),
    )
    pairs = []
    for minus, mid, nid, m, n in options:
        if places[mid] and places[nid]:
            places[mid] -= 1
            places[nid] -= 1
            pairs.append(Paired(mid, nid, -minus, judge.all_points(m, n)))
    used = {s for p in pairs for s in (p.mentor, p.mentee)}
    left = [s.id for s in (*market.mentors, *market.mentees) if s.id not in used]
    total = sum(p.score for p in pairs)
    return Plan(
        Status.OPTIMAL,
        total,
        total,
        ProofScope.ALL_PAIRS,
        1,
        tuple(pairs),
        tuple(Unmatched(s, UnmatchedReason.NOBODY_ALLOWED) for s in sorted(left)),
        market.digest,
        "p",
        seed,
        {"engine": "1"},
        {},
    )
