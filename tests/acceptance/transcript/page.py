"""docs/transcript.md: what everybody was told, for people who do not read code."""

import json
from collections.abc import Mapping
from typing import Any

from tests.acceptance.transcript import checks, doors
from tests.acceptance.transcript.cast import CAST, Principal
from tests.acceptance.transcript.doors import LISTS, ONES, Told

_WIDTH = 116
_INTRO = """# What everybody is told about one pair

A junior colleague mentors a senior one. Who around them learns what? This page asks the service instead of describing
it: those around the pair ask the same questions, and below stands what they were told. The page is written by a program
from the answers of a running service. Before it writes, it compares every answer with the rules in
[policy.md](policy.md), and writes nothing if anybody was told more, or less, than the rules say.

## The story

- `pairing-1` is at work: the **mentor** (junior) and the **mentee** (senior) signed their agreement, held `session-1`,
  and called off `session-2`, which the mentee did, being ill.
- On `session-1` there are four notes. The mentor and the mentee each wrote one for themselves alone; one is for the
  pair, and one for the pair and the coordinator. There is one thing to do, `action-item-1`, and one goal, `goal-1`.
- Each of the two gave feedback three times: for the partner, for themselves alone, and to be counted among many.
- `pairing-2` is over: the same mentor had another senior partner, the **former partner**, who ended it early and told
  the coordinator why.
- Every key may be used for everything, so that nothing but the rules decides what its holder is told.

## Who sees what
"""
# What a row is about, and the object and field whose presence in the answers decides it.
_ROWS = (
    ("that the pair exists, and how it stands", "pairing-1", "status"),
    ("the clauses that the two agreed on", "agreement-1", "clauses"),
    ("that a session was held, and when", "session-1", "starts_at"),
    ("what the session was about", "session-1", "topic"),
    ("how focused the session was, 1 to 5", "session-1", "focus_rating"),
    ("the mean of that over the pair's sessions", "pairing-1", "average_focus"),
    ("what each said on whether it took place", "attendance-1-mentor", "report"),
    ("that a session was called off", "session-2", "cancelled_at"),
    ("who called it off, and why", "session-2", "cancel_reason"),
    ("who called it off, in the audit trail", "mentee: cancel_session session-2", "id"),
    ("the mentor's note for themselves", "note-mentor-alone", "text"),
    ("the mentee's note for themselves", "note-mentee-alone", "text"),
    ("the note for the pair", "note-pair", "text"),
    ("the note for pair and coordinator", "note-pair-and-coordinator", "text"),
    ("what the mentee is to do", "action-item-1", "text"),
    ("the goal", "goal-1", "title"),
    ("the mentor's feedback for the mentee", "feedback-mentor-partner", "text"),
    ("the mentor's feedback for themselves", "feedback-mentor-private", "text"),
    ("the mentor's feedback to be counted", "feedback-mentor-aggregate", "text"),
    ("the mentee's feedback for the mentor", "feedback-mentee-partner", "text"),
    ("the mentee's feedback for themselves", "feedback-mentee-private", "text"),
    ("the mentee's feedback to be counted", "feedback-mentee-aggregate", "text"),
    ("that the other pair ended early", "pairing-2", "status"),
    ("why it did", "pairing-2", "end_reason"),
    ("who ended it, in the audit trail", "former partner: end_pairing_early pairing-2", "id"),
    ("the mentor's name and rank", "mentor", "display_name"),
    ("the mentor's e-mail address, title and place", "mentor", "work_email"),
    ("the mentee's name and rank", "mentee", "display_name"),
    ("the mentee's e-mail address, title and place", "mentee", "work_email"),
)
_HOW_TO_READ = """
## How to read the answers

Answers are shortened: versions, calendar numbers, time stamps and the like are left out, and lists come without their
page marks. Ids are replaced by names that are the same at each run, days and times by `(a day)` and `(a time)`. `null`
is an empty field, or one that is kept from whoever asks: from the answer nobody can tell which. What somebody may not
see does not exist for them: it is answered as an id that was never given would be, and left out of every list.

Each asks {ones} questions about single objects and {lists} for lists over REST, then all of it at once over GraphQL:

<details><summary>The question in GraphQL</summary>

```graphql
{query}
```

</details>
"""
_FOOT = """
---

Written by `python -m tests.acceptance.transcript http://127.0.0.1:8000` against a running `flipside serve`, in the same
environment (`FLIPSIDE_DATA_DIR` or `FLIPSIDE_DATABASE_URL`). Each run founds two new organisations; the page comes out
the same.
"""


def written(told: Mapping[str, Told]) -> str:
    """The whole page."""
    how = _HOW_TO_READ.format(ones=len(ONES), lists=len(LISTS), query=doors.query())
    return "".join((_INTRO, _table(told), how, *(_chapter(who, told[who.name]) for who in CAST), _FOOT))


def _table(told: Mapping[str, Told]) -> str:
    marks = {
        name: ["yes" if seen.get(thing, {}).get(field) is not None else "–" for _, thing, field in _ROWS]
        for name, seen in ((who.name, checks.seen(told[who.name])) for who in CAST)
    }
    told_something = {name: column for name, column in marks.items() if "yes" in column}
    rows = zip((words for words, _, _ in _ROWS), *told_something.values(), strict=True)
    lines = [" | ".join(cells) for cells in (("what", *told_something), ["---"] * (len(told_something) + 1), *rows)]
    others = ", ".join(name for name in marks if name not in told_something)
    return "\n" + "\n".join(f"| {line} |" for line in lines) + f"\n\nNothing of this was shown to: {others}.\n"


def _chapter(who: Principal, told: Told) -> str:
    parts = [f"\n## {who.name.capitalize()}\n\n{who.about}\n"]
    parts += [
        f"\n`GET {doors.address(name)}` → **{told.statuses[name]}**\n{_fenced(told.rest[name])}"
        for name in ONES
        if told.rest[name] is not None
    ]
    parts += [_lists(told), _refusals(told)]
    parts.append(
        f"\n<details><summary>The same over GraphQL → {told.graphql_status}</summary>\n"
        f"{_fenced(told.graphql_said or told.graphql_errors)}\n</details>\n"
    )
    return "".join(parts)


def _lists(told: Told) -> str:
    """What lists hold, in a table; those that are empty, in a line."""
    held = [f"| `GET {doors.address(name)}` | {', '.join(told.rest[name])} |" for name in LISTS if told.rest[name]]
    empty = ", ".join(f"`{doors.address(name)}`" for name in LISTS if told.rest[name] == [])
    table = "\n".join(("\n| list → **200** | what is in it |\n| --- | --- |", *held, "")) if held else ""
    return table + (f"\nEmpty lists, → **200**: {empty}.\n" if empty else "")


def _refusals(told: Told) -> str:
    """What was refused, question by question, and the one answer to all of it."""
    asked = [f"- `GET {doors.address(name)}` → **{told.statuses[name]}**\n" for name in told.problems]
    return "".join(("\n", *asked, _fenced(told.absent))) if asked else ""


def _fenced(said: Any) -> str:
    return f"\n```json\n{_json(said)}\n```\n"


def _json(said: Any, indent: int = 0) -> str:
    """JSON that breaks lines only where it must."""
    flat = json.dumps(said, ensure_ascii=False)
    if len(flat) + indent <= _WIDTH or not isinstance(said, dict | list) or not said:
        return flat
    margin = " " * (indent + 2)
    if isinstance(said, list):
        items = [margin + _json(value, indent + 2) for value in said]
        return "[\n" + ",\n".join(items) + "\n" + " " * indent + "]"
    return "{\n" + ",\n".join(_members(said, indent + 2)) + "\n" + " " * indent + "}"


def _members(said: dict[str, Any], indent: int) -> list[str]:
    """The members of an object: short ones share lines."""
    lines, margin = [""], " " * indent
    for name, value in said.items():
        member = f'"{name}": {_json(value, indent)}'
        if "\n" in member or "\n" in lines[-1] or len(lines[-1]) + len(member) + indent > _WIDTH:
            lines.append("")
        lines[-1] += f", {member}" if lines[-1] else member
    return [margin + line for line in lines if line]
