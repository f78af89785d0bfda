"""Queries of every shape that a plan can take. Their variables are named after what `variables()` gives them."""

import re
from pathlib import Path
from typing import Any

from tests.full import Full

_TEXT = (Path(__file__).parent / "corpus.graphql").read_text()
CORPUS: dict[str, str] = dict(re.findall(r"^# (.+)\n((?:[^#\n].*\n)+)", _TEXT, re.MULTILINE))


def variables(query: str, full: Full) -> dict[str, Any]:
    """Values for the variables that a query declares without a default."""
    known = {
        **full.objects,
        "key": full.objects["api_key"],
        "mentor": full.world.people["mentor"],
        "yes": True,
        "no": False,
        "few": 3,
        "nothing": None,
        "filter": {"rankLevel": [2, 5, 7], "employmentStatus": "ACTIVE", "department": None},
        "order": "DISPLAY_NAME_ASC",
        "states": ["SCHEDULED", "UNCONFIRMED"],
    }
    return {name: known[name] for name in re.findall(r"\$(\w+):", query) if name in known}
