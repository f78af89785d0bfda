"""What a reverse mentoring programme needs, and the journey that shows each: `make capabilities`.

Seventy capabilities that published guides on reverse mentoring name or imply. A test shows one when it is marked with
`@shows(number)`; what belongs to a later chapter names it. A row with neither fails the command.
"""

import sys
from collections import defaultdict
from pathlib import Path

import pytest

SURVEYS, INSIGHTS, LEARNING = "surveys", "insights and outcomes", "learning systems"
CAPABILITIES = {
    1: "A programme has a stated purpose, told to both sides before they join",
    2: "Objectives are typed: digital literacy, innovation, culture, inclusion and others",
    3: "Executives sponsor it, and take part first and visibly",
    4: "Roles and expectations are written down, for mentors and for mentees",
    5: "It runs for a fixed time, 3 to 18 months",
    6: "Cadence and length of sessions are set: one every two to four weeks",
    7: "Milestones show how a pairing and the programme get on",
    8: "Cadence can be adapted for a pair",
    9: "Time is set aside for those who take part",
    10: "Topics say what there is to learn",
    11: "Reciprocal mentoring is a model of its own",
    12: "A programme can be adjusted while it runs",
    13: "Coordinators watch over it",
    14: "Keen juniors are found and invited as mentors",
    15: "Seniors enrol as mentees",
    16: "The roles stay reversed",
    17: "Seniors learn whether they are ready to learn",
    18: "Juniors are prepared, so that they are not intimidated",
    19: "Whoever hesitates may leave without fault",
    20: "A mentor says openly what they do not know",
    21: "Profiles tell skills, wishes, interests, style and times",
    22: "Who may join depends on grade, never on age",
    23: "People are matched by what one offers and the other seeks",
    24: "Interests and ways of working count, alike or complementary",
    25: "Pairs cross departments",
    26: "Pairs lie levels apart",
    27: "Both agree to the match",
    28: "Pairs meet across places and time zones",
    29: "Pairs that come apart are noticed",
    30: "A pair signs an agreement",
    31: "What is said in confidence stays there",
    32: "The weaker is safeguarded: rules on lines, and a way out without fault",
    33: "Norms of conduct are acknowledged",
    34: "The senior shares, too, in a part of the session that is set aside",
    35: "A pair settles in before it is judged",
    36: "A pair may go on informally, without being tracked",
    37: "Mentors meet leaders and strategy",
    38: "Sessions are regular and scheduled",
    39: "The mentor prepares a plan for each session",
    40: "Sessions stay focused",
    41: "What was learned is tried at work",
    42: "They meet by video, and share screens",
    43: "They share whiteboards and boards",
    44: "They share chats and documents between sessions",
    45: "Experiences are shared, with prompts to begin from",
    46: "Goals are set, specific and shared",
    47: "Progress is tracked",
    48: "Small wins are celebrated",
    49: "Growth of competencies is seen on both sides",
    50: "Feedback goes both ways",
    51: "The senior tells how the mentoring lands",
    52: "Pairs are asked regularly how they are",
    53: "Participants are surveyed, repeatedly",
    54: "Feedback leads to improvements",
    55: "Participation is recognised",
    56: "The mentee says thanks",
    57: "Success stories are shared, if all agree",
    58: "Taking part opens opportunities",
    59: "Both roles are trained",
    60: "A mentor assigns courses of a learning system",
    61: "Playbooks and guides help both sides",
    62: "Engagement is measured",
    63: "Retention is measured",
    64: "Succession is planned",
    65: "Careers of mentors are seen",
    66: "Ideas of pairs reach strategy",
    67: "Ideas count, whoever voiced them",
    68: "Inclusion and culture of learning are tracked",
    69: "Outcomes for the business are defined and measured",
    70: "Sponsors get evidence",
}
# What later chapters bring.
LATER = {
    **dict.fromkeys((53, 54), SURVEYS),
    60: LEARNING,
    **dict.fromkeys((37, 62, 63, 64, 65, 66, 67, 68, 69, 70), INSIGHTS),
}
_HERE = Path(__file__).parent


def shows(number: int) -> pytest.MarkDecorator:
    """The journey shows a capability."""
    return pytest.mark.capability(number)


class Table:
    """Gathers which test shows what, and how it went."""

    def __init__(self) -> None:
        self.tests: dict[int, list[str]] = defaultdict(list)
        self.failed: set[str] = set()

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Note down what each test shows."""
        for item in items:
            for mark in item.iter_markers("capability"):
                self.tests[mark.args[0]].append(item.name)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note down what fails."""
        if report.failed:
            self.failed.add(report.nodeid.rpartition("::")[2])

    def row(self, number: int) -> tuple[str, str]:
        """What is said of a capability: its verdict, and what shows it."""
        tests = self.tests[number]
        if any(test in self.failed for test in tests):
            return "FAILED", ", ".join(tests)
        if tests:
            return "shown", ", ".join(tests)
        return ("later", LATER[number]) if number in LATER else ("MISSING", "")

    def print(self) -> bool:
        """Say it of all. True: each is shown, or comes with a later chapter."""
        rows = {number: self.row(number) for number in CAPABILITIES}
        for number, title in CAPABILITIES.items():
            verdict, by = rows[number]
            sys.stdout.write(f"{number:>3}  {verdict:<8} {title}\n")
            sys.stdout.write(f"{'':14}{by}\n" if by else "")
        verdicts = [verdict for verdict, _ in rows.values()]
        counts = {verdict: verdicts.count(verdict) for verdict in dict.fromkeys(verdicts)}
        sys.stdout.write(", ".join(f"{count} {verdict}" for verdict, count in counts.items()) + "\n")
        return set(counts) <= {"shown", "later"}


def main() -> int:
    """Run the journeys and print the table; 1 if a capability is missing or fails."""
    table = Table()
    pytest.main(["-q", "-p", "no:cacheprovider", "-m", "capability", str(_HERE)], plugins=[table])
    return int(not table.print())


if __name__ == "__main__":
    raise SystemExit(main())
