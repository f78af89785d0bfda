"""Every hour of two days around each change of clocks, and names that need care, read back by ical.js.

Exits with 1 if it understands anything else than was meant.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from app.domain.calendars.documents import Entry, Guest, feed, invitation

HERE = Path(__file__).parent
# By place, a change of clocks: forward, back, by half an hour, in the south, and one that has none.
CHANGES = {
    "Europe/Paris": (datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)),
    "America/New_York": (datetime(2026, 3, 8, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)),
    "Australia/Lord_Howe": (datetime(2026, 4, 4, tzinfo=UTC), datetime(2026, 10, 3, tzinfo=UTC)),
    "America/Santiago": (datetime(2026, 4, 5, tzinfo=UTC), datetime(2026, 9, 6, tzinfo=UTC)),
    "Asia/Kolkata": (datetime(2026, 6, 1, tzinfo=UTC),),
    "UTC": (datetime(2026, 6, 1, tzinfo=UTC),),
}
NAMES = ("Ana Lind", "Núñez; Ada, “the” \\ Countess", "김민준", "A" * 200)


def entries() -> Iterator[Entry]:
    """Sessions that are hard to write down."""
    for zone, changes in CHANGES.items():
        for change in changes:
            for hour in range(-24, 24):
                yield entry(zone, change + timedelta(hours=hour), NAMES[hour % len(NAMES)], is_cancelled=hour % 7 == 0)


def entry(zone: str, starts_at: datetime, name: str, *, is_cancelled: bool) -> Entry:
    """One session."""
    mentor, mentee = Guest("per_1", name, "a@example.com"), Guest("per_2", "B", None)
    return Entry(
        uid=f"{zone}-{starts_at.isoformat()}@flipside",
        sequence=3,
        starts_at=starts_at.astimezone(ZoneInfo(zone)),
        ends_at=(starts_at + timedelta(minutes=50)).astimezone(ZoneInfo(zone)),
        created_at=starts_at,
        updated_at=starts_at,
        is_cancelled=is_cancelled,
        title=f"Session 1: {name}",
        url="https://flipside.example.com/v1/nodes/ses_1",
        organiser=mentor,
        guests=(mentor, mentee),
        details="One\nTwo; three, four \\ five",
    )


def meant(one: Entry, method: str = "") -> dict[str, Any]:
    """What a calendar should understand; of an invitation, unless the document says otherwise."""

    def shown(at: datetime) -> str:
        return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")

    return {
        "method": method or ("CANCEL" if one.is_cancelled else "REQUEST"),
        "uid": one.uid,
        "sequence": one.sequence,
        "status": "CANCELLED" if one.is_cancelled else "CONFIRMED",
        "starts": shown(one.starts_at),
        "ends": shown(one.ends_at),
        "summary": one.title,
        "attendees": [
            [f"mailto:{guest.address}" if guest.address else f"urn:flipside:{guest.id}", guest.name]
            for guest in one.guests
        ],
    }


def main() -> int:
    """Compare; 1 if something was misunderstood."""
    written = list(entries())
    # All of them once more in one calendar to subscribe to, which names nobody.
    own = [replace(one, organiser=None, guests=()) for one in written]
    documents = json.dumps([*(invitation(one)[1] for one in written), feed("Own", own)])
    expected = [*map(meant, written), *(meant(one, "PUBLISH") for one in own)]
    command = ["node", str(HERE / "read.mjs")]
    done = subprocess.run(command, input=documents, capture_output=True, text=True, check=True)
    wrong = 0
    for right, read in zip(expected, json.loads(done.stdout), strict=True):
        if read != right:
            wrong += 1
            sys.stdout.write(f"meant {right}\nread  {read}\n")
    sys.stdout.write(f"ical.js: {len(expected) - wrong} of {len(expected)} entries read as they were meant\n")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
