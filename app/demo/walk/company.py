"""A company of hundreds: who they are, where they work, to whom they report. The same one every time."""

import random
from dataclasses import dataclass
from typing import Any

_DEPARTMENTS = (
    "Claims Underwriting Digital Finance People Marketing Sales Logistics Purchasing Legal Research Production"
).split()
_HEADS, _FEWEST_LEADS = 4, 3
_GIVEN = (
    "Ada Bashir Chiara Dmitri Elif Farid Greta Hugo Imani Jakub Keiko Liam Mina Noor Olga Pablo Quentin Rosa Sami "
    "Tessa Ugo Vera Wanda Xenia Yusuf Zora"
).split()
_FAMILY = (
    "Abel Bauer Costa Dumont Eriksen Fontaine Gruber Hansen Ito Jansen Kaya Lopez Moreau Novak Okoye Petit Quist Rossi "
    "Silva Tanaka Ueda Varga Weber Xu Young Zeman"
).split()
_ZONES = ("Europe/Paris", "Europe/London", "Europe/Warsaw", "America/New_York")
_SUBJECTS = (
    "Short video",
    "Language models",
    "Data notebooks",
    "Accessible design",
    "Online communities",
    "Collaboration tools",
    "Inclusion",
    "Climate and work",
)


@dataclass(frozen=True)
class Scale:
    """How large the company is, and how many pairs its programme makes."""

    people: int = 600
    pairs: int = 100

    @classmethod
    def of(cls, pairs: int) -> "Scale":
        """As large as it takes for so many pairs: of three on the staff at least two are junior enough."""
        empty = cls(0, pairs)
        heads = len(_DEPARTMENTS) * _HEADS
        managers = 1 + len(_DEPARTMENTS) + heads * (1 + empty.leads_each)
        return cls(managers + empty.enrolled * 3 // 2 + _FEWEST_LEADS, pairs)

    @property
    def enrolled(self) -> int:
        """How many join on each side: one pair more, which comes to nothing."""
        return self.pairs + 1

    @property
    def leads_each(self) -> int:
        """How many team leads each head has: so many that there is a mentee for every pair."""
        heads = len(_DEPARTMENTS) * _HEADS
        return max(_FEWEST_LEADS, -(-self.enrolled // heads) - 1)


@dataclass(frozen=True)
class Post:
    """One post in the company; `manager` is the number of another."""

    number: int
    rank: int
    department: str
    manager: int | None

    def person(self, manager_id: str | None) -> dict[str, Any]:
        """Who holds it, as the directory wants to know it."""
        return {
            "external_id": f"D-{self.number:04}",
            "given_name": _GIVEN[self.number % len(_GIVEN)],
            "family_name": _FAMILY[self.number // len(_GIVEN) % len(_FAMILY)],
            "rank_level": self.rank,
            "department": self.department,
            "manager_id": manager_id,
            "zone": _ZONES[self.number % len(_ZONES)],
            "languages": ["en"],
        }


def posts(scale: Scale) -> list[list[Post]]:
    """Every post, by level: whoever manages others stands in an earlier list."""
    chance = random.Random(7)  # noqa: S311
    chief = Post(1, 10, "Board office", None)
    directors = [Post(2 + place, 8, department, 1) for place, department in enumerate(_DEPARTMENTS)]
    heads = _below(directors, _HEADS, rank=6)
    leads = _below(heads, scale.leads_each, rank=5)
    first = leads[-1].number + 1
    staff = [
        Post(number, chance.choice((1, 2, 2, 3, 3, 4)), (lead := leads[number % len(leads)]).department, lead.number)
        for number in range(first, scale.people + 1)
    ]
    return [[chief], directors, heads, leads, staff]


def _below(managers: list[Post], each: int, *, rank: int) -> list[Post]:
    first = managers[-1].number + 1
    return [
        Post(first + place * each + seat, rank, manager.department, manager.number)
        for place, manager in enumerate(managers)
        for seat in range(each)
    ]


def participants(levels: list[list[Post]], pairs: int) -> tuple[list[Post], list[Post]]:
    """Who takes part: as mentors the most junior, as mentees directors, heads and some of their leads."""
    _, directors, heads, leads, staff = levels
    mentees = [*directors, *heads, *leads][:pairs]
    juniors = [post for post in staff if post.rank <= 3]  # noqa: PLR2004
    return juniors[:pairs], mentees


def profile(number: int, role: str) -> dict[str, Any]:
    """What someone brings or wants, how well and how much, and how and when they like to work."""
    first, second = _SUBJECTS[number % len(_SUBJECTS)], _SUBJECTS[(number + 3) % len(_SUBJECTS)]
    weekday = ("monday", "tuesday", "wednesday", "thursday", "friday")[number % 5]
    shared: dict[str, Any] = {
        "style": {"pace": 1 + number % 5, "structure": 1 + number % 4},
        "availability": [
            {"weekday": weekday, "starts": "09:00", "ends": "12:00"},
            {"weekday": "friday" if weekday == "monday" else "monday", "starts": "13:00", "ends": "17:30"},
        ],
    }
    if role == "mentor":
        return shared | {"offers": [first, second], "offer_levels": {first: 5, second: 2 + number % 3}}
    return shared | {"seeks": [first, second], "seek_weights": {first: 12, second: 8}}
