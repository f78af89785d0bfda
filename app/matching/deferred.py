"""Deferred acceptance with places on both sides (Gale and Shapley 1962; Roth 1984): strict stability.

Mentees propose in the order of their own utility, mentors hold whom they like best. Of equals the one whose place comes
first is preferred: preferences are strict, and there is one answer.
"""

import heapq
from collections.abc import Iterator, Sequence

# (mentor, the mentor's utility of this mentee), best first; scored only as far as somebody proposes.
Proposals = Iterator[tuple[int, int]]


def accepted(
    mentee_places: Sequence[int],
    mentor_places: Sequence[int],
    lists: Sequence[Proposals],
) -> list[tuple[int, int]]:
    """The pairs (mentor, mentee), by place, that no two people would both leave."""
    places = list(mentee_places)
    # Each mentor's heap has the one they would give up first on top.
    held: list[list[tuple[int, int]]] = [[] for _ in mentor_places]
    waiting = list(range(len(places)))
    while waiting:
        mentee = waiting.pop()
        while places[mentee]:
            offer = next(lists[mentee], None)
            if offer is None:
                break
            mentor, utility = offer
            places[mentee] -= 1
            given_up = _held(held[mentor], (utility, -mentee), mentor_places[mentor])
            if given_up is not None:
                places[given_up] += 1
                waiting.append(given_up)
    return sorted((mentor, -mentee) for mentor, those in enumerate(held) for _, mentee in those)


def _held(heap: list[tuple[int, int]], offer: tuple[int, int], places: int) -> int | None:
    """Hold the offer, and say who has no place for it: nobody, one held so far, or the proposer."""
    if len(heap) < places:
        heapq.heappush(heap, offer)
        return None
    return -heapq.heappushpop(heap, offer)[1] if heap else -offer[1]
