"""Write docs/transcript.md: what everybody is told about one pair. Exits 1 if anybody is told what is not theirs."""

import sys
from pathlib import Path

import httpx

from tests.acceptance.transcript import checks, doors, organisation, page, story
from tests.acceptance.transcript.cast import CAST

_PAGE = Path(__file__).parents[3] / "docs" / "transcript.md"


def main(address: str) -> int:
    """Make the organisation at a running service, ask for everybody, judge, write."""
    with httpx.Client(base_url=address, timeout=30) as client:
        company = organisation.found(client)
        story.tell(company)
        told = {who.name: doors.ask(company, who.name) for who in CAST}
    found = checks.faults(company, told)
    if found:
        sys.stderr.write("\n".join((*found, "")))
        return 1
    _PAGE.write_text(page.written(told))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
