"""Reporting lines as intervals: one person stands above another when their interval encloses the other's."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

Interval = tuple[int, int]


def intervals(managers: Mapping[str, str | None], people: Iterable[str]) -> dict[str, Interval]:
    """Preorder intervals [enter, leave) of everybody, in O(people); who is no key of `managers` is a root.

    People on a cycle have no root above them and get no interval: `cycles` names them.
    """
    below = _reports(managers)
    roots = {person for person in people if managers.get(person) is None}
    roots |= {person for person, manager in managers.items() if manager is None}
    roots |= {manager for manager in managers.values() if manager is not None and manager not in managers}
    found: dict[str, Interval] = {}
    clock = 0
    for root in sorted(roots):
        stack = [root]
        entered: dict[str, int] = {}
        while stack:
            person = stack.pop()
            if person in entered:
                found[person] = (entered[person], clock)
                continue
            entered[person] = clock
            clock += 1
            stack.append(person)
            stack.extend(below[person])
    return found


def cycles(managers: Mapping[str, str | None]) -> tuple[str, ...]:
    """Everybody whose line of managers never ends, in order."""
    return tuple(sorted(managers.keys() - intervals(managers, ()).keys()))


def is_above(upper: Interval, lower: Interval) -> bool:
    """Whether one is the other, or somewhere above them."""
    return upper[0] <= lower[0] < upper[1]


def _reports(managers: Mapping[str, str | None]) -> defaultdict[str, list[str]]:
    below: defaultdict[str, list[str]] = defaultdict(list)
    for person in sorted(managers):
        manager = managers[person]
        if manager is not None:
            below[manager].append(person)
    return below
