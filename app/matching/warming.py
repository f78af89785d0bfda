"""Compiling ahead: `python -m app.matching.warming`, while an image is built.

What is compiled lies in NUMBA_CACHE_DIR, or else beside the code. It is for processors like the one that it was
compiled on; another kind compiles it anew, which takes a large market's first run some ten seconds.
"""

from collections.abc import Mapping

from app.matching.market import Market, Seat
from app.matching.solving import solve
from app.matching.templates import TEMPLATES

# Enough for everything that is compiled: small markets do without.
_SEATS = 500
_SKILLS = 20


def main() -> None:
    """Solve a market that is large enough."""
    mentors = tuple(_seat(f"mentor{n}", 1, offers={f"skill{n % _SKILLS}": 1 + n % 5}) for n in range(_SEATS))
    mentees = tuple(_seat(f"mentee{n}", 9, seeks={f"skill{n % _SKILLS}": 1 + n % 9}) for n in range(_SEATS))
    managers = dict.fromkeys(seat.person_id for seat in (*mentors, *mentees))
    solve(Market(mentors, mentees, managers), TEMPLATES["balanced"], seed=0)


def _seat(name: str, rank: int, **said: Mapping[str, int]) -> Seat:
    return Seat(name, name, rank, languages=("en",), **said)  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
