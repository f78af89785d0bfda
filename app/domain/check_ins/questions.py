"""The three questions of a check-in, in the words in which a partner reads them. docs/check-ins.md repeats them."""

from dataclasses import dataclass

LEAST, MOST = 1, 5


@dataclass(frozen=True)
class Question:
    """One question: the field that takes its answer, what it asks, and what the ends of its scale mean."""

    field: str
    text: str
    least: str
    most: str

    @property
    def description(self) -> str:
        """The question and its scale, for the contract."""
        return f"{self.text} {LEAST}: {self.least}, {MOST}: {self.most}."


QUESTIONS = (
    Question("usefulness", "Is this mentoring useful to me?", "not at all", "very"),
    Question("openness", "Do I feel safe to speak openly with my partner?", "not at all", "wholly"),
    Question("time_found", "Do we find the time that we meant to find?", "hardly ever", "always"),
)
BY_FIELD = {question.field: question for question in QUESTIONS}
