"""Policies to start from, by name."""

from typing import Final

from app.matching.policy import CriterionName, Mode, Objective, Policy, Rules

_N = CriterionName


def _policy(weights: dict[CriterionName, tuple[int, int]], **rest: object) -> Policy:
    """A policy of {criterion: (weight for mentees, weight for mentors)}; difference counts where it widens horizons."""
    criteria = [
        {
            "name": name,
            "mentee_weight": mentee,
            "mentor_weight": mentor,
            "mode": Mode.COMPLEMENTARY if name is _N.CROSS_DEPARTMENT else Mode.SIMILAR,
        }
        for name, (mentee, mentor) in weights.items()
    ]
    return Policy.model_validate({"criteria": criteria, **rest})


_BALANCED: Final = {
    _N.SKILLS: (45, 15),
    _N.SKILLS_BACK: (0, 15),
    _N.INTERESTS: (5, 12),
    _N.STYLE: (5, 10),
    _N.LANGUAGES: (8, 8),
    _N.OVERLAP: (10, 10),
    _N.CROSS_DEPARTMENT: (4, 8),
    _N.RANK_GAP: (3, 7),
    _N.MENTEE_RANKING: (15, 0),
    _N.MENTOR_RANKING: (0, 10),
    _N.WAITING: (5, 5),
}
_SKILLS_FIRST: Final = {
    _N.SKILLS: (75, 45),
    _N.SKILLS_BACK: (0, 20),
    _N.LANGUAGES: (5, 10),
    _N.OVERLAP: (10, 15),
    _N.MENTEE_RANKING: (10, 0),
    _N.MENTOR_RANKING: (0, 10),
}
_BROAD_HORIZONS: Final = {
    _N.SKILLS: (30, 15),
    _N.INTERESTS: (10, 10),
    _N.LANGUAGES: (5, 5),
    _N.OVERLAP: (10, 10),
    _N.CROSS_DEPARTMENT: (30, 35),
    _N.RANK_GAP: (15, 25),
}
_EVERYBODY_IN: Final = {**_BALANCED, _N.SKILLS: (40, 10), _N.WAITING: (10, 10)}
_BOTH_LEARN: Final = {
    _N.SKILLS: (40, 0),
    _N.SKILLS_BACK: (0, 40),
    _N.INTERESTS: (10, 10),
    _N.STYLE: (10, 10),
    _N.LANGUAGES: (10, 10),
    _N.OVERLAP: (20, 20),
    _N.MENTEE_RANKING: (10, 0),
    _N.MENTOR_RANKING: (0, 10),
}

TEMPLATES: Final[dict[str, Policy]] = {
    "balanced": _policy(_BALANCED),
    "skills_first": _policy(_SKILLS_FIRST),
    "broad_horizons": _policy(_BROAD_HORIZONS, rules=Rules(require_cross_department=True)),
    "everybody_in": _policy(_EVERYBODY_IN, objective=Objective.PARTICIPATION, waiting_bonus=5.0),
    "both_learn": _policy(_BOTH_LEARN, mentee_share=5, reciprocal=True),
}
