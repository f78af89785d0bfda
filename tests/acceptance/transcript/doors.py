"""What one principal is told: the same questions through REST and through GraphQL, ids and times made stable."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.acceptance.transcript.company import Company

_ID = re.compile(r"[a-z]{3}_[0-9a-z]{20,}")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_TIME = re.compile(rf"{_DAY.pattern}T[0-9:.]+(Z|[+-][0-9:]+)")
UNKNOWN = "something else"
# GraphQL spells these in capitals.
_ENUMS = frozenset("status health tier type audience owner report end_reason cancel_reason employment_status".split())


@dataclass(frozen=True)
class Part:
    """What the page shows of a kind of object: fields, and what hangs on it. Technical fields are left out."""

    fields: tuple[str, ...]
    edges: Mapping[str, "Part"] = field(default_factory=dict)


def _part(fields: str, **edges: Part) -> Part:
    return Part(("id", *fields.split()), edges)


PERSON = _part("display_name title rank_level work_email location manager_id employment_status")
_PAIRS = _part("status end_reason")
PARTNER = Part(PERSON.fields, {"pairings_as_mentor": _PAIRS, "pairings_as_mentee": _PAIRS})
ENDED = _part("mentor_id mentee_id status ended_at end_reason")
PAIRING = _part(
    "mentor_id mentee_id status health rank_gap starts_on average_focus activated_at ended_at end_reason",
    mentor=PERSON,
    mentee=PERSON,
    agreements=_part("status in_force_at clauses", signatures=_part("person_id signed_at")),
    sessions=_part(
        "number status starts_at topic focus_rating cancelled_at cancelled_by cancel_reason",
        attendances=_part("person_id report"),
        notes=_part("author_id tier text"),
        action_items=_part("owner_id text"),
    ),
    goals=_part("owner title measure progress status"),
    feedback=_part("author_id addressee_id type audience rating text"),
)
_EXPAND = "mentor,mentee,agreements.signatures,sessions.attendances,sessions.notes,sessions.action_items,goals,feedback"
# By the stable name of what is asked for: REST's collection, GraphQL's field, what is shown, REST's query.
_ONES = {
    "pairing-1": ("pairings", "pairing", PAIRING, f"expand={_EXPAND}"),
    "pairing-2": ("pairings", "pairing", ENDED, f"fields={','.join(ENDED.fields)}"),
    **dict.fromkeys(("mentor", "mentee"), ("people", "person", PARTNER, f"expand={','.join(PARTNER.edges)}")),
}
ONES = tuple(_ONES)
LISTS = tuple(
    "pairings agreements signatures sessions attendances notes action_items goals feedback people audit_entries".split()
)
# Of the audit trail, what a partner may not learn; lists of other things are asked for whole.
_LISTED = {"audit_entries": "action=cancel_session,end_pairing_early&fields=id,actor_id,action,object_id"}
_SELECTED = {
    "feedback": "feedback: allFeedback(first: 20) { nodes { id } }",
    "audit_entries": 'auditEntries(first: 20, filter: {action: ["cancel_session", "end_pairing_early"]}) '
    "{ nodes { id actorId action objectId } }",
}


@dataclass
class Told:
    """What one principal was told: what both doors said of each question, made stable, and every raw answer."""

    statuses: dict[str, int] = field(default_factory=dict)
    problems: dict[str, dict[str, Any]] = field(default_factory=dict)
    # What an id that was never given is answered with.
    absent: dict[str, Any] = field(default_factory=dict)
    rest: dict[str, Any] = field(default_factory=dict)
    graphql_status: int = 0
    graphql_errors: list[str] = field(default_factory=list)
    graphql_said: Any = None
    graphql: dict[str, Any] = field(default_factory=dict)
    raw: list[str] = field(default_factory=list)


def ask(company: Company, who: str) -> Told:
    """Ask everything, through both doors."""
    told, key = Told(), company.keys.get(who)
    headers = {} if key is None else {"Authorization": f"Bearer {key}"}
    for name in (*ONES, *LISTS):
        answer = company.client.get(address(name, company.ids), headers=headers)
        told.raw.append(answer.text)
        told.statuses[name] = answer.status_code
        told.rest[name] = _shown(company, name, answer.json()) if answer.is_success else None
        if not answer.is_success:
            told.problems[name] = _problem(answer)
    told.absent = _problem(company.client.get("/v1/pairings/pai_00000000000000000000000000", headers=headers))
    _ask_graphql(company, told, headers)
    return told


def _problem(answer: httpx.Response) -> dict[str, Any]:
    said = answer.json()
    return {part: said[part] for part in ("status", "code", "detail")}


def _ask_graphql(company: Company, told: Told, headers: dict[str, str]) -> None:
    variables = {_alias(name): company.ids[name] for name in ONES}
    answer = company.client.post("/graphql", json={"query": query(), "variables": variables}, headers=headers)
    told.raw.append(answer.text)
    told.graphql_status, said = answer.status_code, answer.json()
    told.graphql_errors = [error["message"] for error in said.get("errors", ())]
    data = said.get("data") or {}
    told.graphql_said = _stable(company, data)
    told.graphql = {name: _shown(company, name, data.get(_alias(name))) for name in (*ONES, *LISTS)}


def address(name: str, ids: Mapping[str, str] | None = None) -> str:
    """REST's address of a question; without ids, as the page shows it."""
    if name not in _ONES:
        return f"/v1/{name.replace('_', '-')}?{_LISTED.get(name, 'fields=id')}"
    collection, _, _, how = _ONES[name]
    return f"/v1/{collection}/{ids[name] if ids else name}?{how}"


def query() -> str:
    """GraphQL's one question for all of it."""
    ones = [
        f"  {_alias(name)}: {kind}(id: ${_alias(name)}) {{\n{_selected(part, 4)}\n  }}"
        for name, (_, kind, part, _) in _ONES.items()
    ]
    lists = ["  " + _SELECTED.get(name, f"{_camel(name)}(first: 20) {{ nodes {{ id }} }}") for name in LISTS]
    variables = ", ".join(f"${_alias(name)}: ID!" for name in ONES)
    return "\n".join((f"query ({variables}) {{", *ones, *lists, "}"))


def _selected(part: Part, indent: int) -> str:
    margin = " " * indent
    lines = [margin + " ".join("clauses { key text }" if name == "clauses" else _camel(name) for name in part.fields)]
    for name, deeper in part.edges.items():
        is_one = name in ("mentor", "mentee")
        opened, closed = ("{", "}") if is_one else ("(first: 10) { nodes {", "} }")
        lines += [
            f"{margin}{_camel(name)}{' ' if is_one else ''}{opened}",
            _selected(deeper, indent + 2),
            margin + closed,
        ]
    return "\n".join(lines)


def _alias(name: str) -> str:
    return _camel(name.replace("-", "_")) if name in LISTS else name.replace("-", "")


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(map(str.capitalize, rest))


def _shown(company: Company, name: str, said: Any) -> Any:
    """An answer to compare: a list by the names in it, one object by its part, in REST's spelling."""
    if said is None:
        return None
    if name in LISTS:
        return sorted(company.names.get(row["id"], UNKNOWN) for row in said.get("items", said.get("nodes")))
    return _pruned(_ONES[name][2], _stable(company, said))


def _pruned(part: Part, said: Any) -> Any:
    if said is None:
        return None
    if (rows := said.get("items", said.get("nodes"))) is not None:
        return [_pruned(part, row) for row in rows]
    told = {name: _spelt(name, said.get(name, said.get(_camel(name)))) for name in part.fields}
    return told | {name: _pruned(deeper, said.get(name, said.get(_camel(name)))) for name, deeper in part.edges.items()}


def _spelt(name: str, value: Any) -> Any:
    return value.lower() if name in _ENUMS and isinstance(value, str) else value


def _stable(company: Company, said: Any) -> Any:
    """An answer as it is at each run: ids by name, days and times without saying which, lists in the order of names."""
    if isinstance(said, dict):
        return {name: _stable(company, value) for name, value in said.items()}
    if isinstance(said, list):
        return sorted((_stable(company, value) for value in said), key=json.dumps)
    if not isinstance(said, str):
        return said
    if _ID.fullmatch(said):
        return company.names.get(said, UNKNOWN)
    return _DAY.sub("(a day)", _TIME.sub("(a time)", said))
