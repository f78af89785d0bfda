"""A large organisation, put straight into the tables: thousands of rows, for the planner to think about."""

import asyncpg

ORGANISATION = "org_0" + "c" * 25
_PEOPLE, _PROGRAMMES, _PAIRINGS, _SESSIONS = 3000, 40, 1500, 6000


def key(prefix: str, number: int) -> str:
    """The id of a row of the crowd."""
    return f"{prefix}_{number:026d}"


def _id(prefix: str, number: str) -> str:
    return f"'{prefix}_' || lpad(({number})::text, 26, '0')"


# Ids of what does not tell its time lie scattered over the index.
def _scattered(prefix: str) -> str:
    return f"'{prefix}_0' || substr(md5(n::text), 1, 25)"


def _once_in(many: int, prefix: str) -> str:
    return _id(prefix, f"1 + (n - 1) % {many}")


_PROGRAMME, _PAIRING, _SESSION = (
    _once_in(_PROGRAMMES, "prg"),
    _once_in(_PAIRINGS, "pai"),
    _once_in(_SESSIONS, "ses"),
)
# A mentor has three pairings, a mentee two.
_MENTOR, _MENTEE = "2 * (1 + ({0}) % 500)", "2 * (1 + ({0}) % 750) - 1"
_HOUR = "timestamptz '2026-01-01' + n * interval '1 hour'"
_DATES = {"starts_on": "date '2026-01-01'", "ends_on": "date '2026-06-30'"}
_CADENCE = {"cadence_min_days": "14", "cadence_target_days": "21", "cadence_max_days": "28"}
_MEMBER = _id("per", f"case n % 2 when 0 then {_MENTOR.format(_p := f'1 + (n - 1) % {_PAIRINGS}')} "
                     f"else {_MENTEE.format(_p)} end")


def _lists(*names: str) -> dict[str, str]:
    return dict.fromkeys(names, "'[]'")


_TABLES: tuple[tuple[str, str, int, dict[str, str]], ...] = (
    ("rank", "rnk", 10, {"level": "n", "name": "'Rank'"}),
    (
        "person",
        "per",
        _PEOPLE,
        {
            "given_name": "'G'", "family_name": "'F'", "display_name": "md5(n::text)", "rank_level": "1 + n % 10",
            "external_id": "'e' || n", "work_email": "n || '@example.com'", "department": "'d' || n % 30",
            "zone": "'UTC'", "employment_status": "'active'", **_lists("languages"),
            "manager_id": f"case when n > 100 then {_id('per', '1 + n % 100')} end",
        },
    ),
    (
        "programme",
        "prg",
        _PROGRAMMES,
        {
            "name": "'P'", "model": "'reverse'", "purpose": "'P'", **_DATES, **_CADENCE, "session_minutes": "60",
            "status": "(array['active', 'draft', 'closed'])[1 + n % 3]", "min_rank_gap": "2", "revision": "1",
            "require_cross_department": "false", "allows_late_intake": "true",
            **_lists("objectives", "agreement_clauses"),
        },
    ),
)
