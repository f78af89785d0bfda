"""Finding what tells who someone is in texts that others wrote, and taking it out."""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson

from app.domain.people.models import ERASED, Person

_SHORTEST = 2


@dataclass(frozen=True)
class Names:
    """The words by which somebody is known. As one expression, which Python and PostgreSQL read alike."""

    words: tuple[str, ...]

    @classmethod
    def full(cls, person: Person) -> "Names":
        """What names nobody else: their whole name, address and ids."""
        whole = (person.display_name, f"{person.given_name} {person.family_name}")
        return cls._of(*whole, person.work_email, person.login, person.external_id)

    @classmethod
    def familiar(cls, person: Person) -> "Names":
        """As `full`, and how partners call them. Another Anna is no concern where only one is meant."""
        return cls._of(*cls.full(person).words, person.given_name, person.family_name)

    @classmethod
    def _of(cls, *words: str | None) -> "Names":
        # The longest first, so that no part of a name stays behind.
        kept = {word for word in words if word is not None and len(word) >= _SHORTEST}
        return cls(tuple(sorted(kept, key=lambda word: (-len(word), word))))

    @cached_property
    def expression(self) -> str:
        """Any of the words, not inside a longer one; also as they stand in JSON."""
        in_json = (orjson.dumps(word).decode()[1:-1] for word in self.words)
        texts = dict.fromkeys(text for pair in zip(self.words, in_json, strict=True) for text in pair)
        return rf"(?<!\w)(?:{'|'.join(map(re.escape, texts))})(?!\w)"

    @cached_property
    def _found(self) -> re.Pattern[str]:
        return re.compile(self.expression, re.IGNORECASE)

    def out_of(self, value: Any, instead: str = ERASED) -> Any:
        """A text, or JSON of texts, with `instead` in the place of each name."""
        if isinstance(value, str):
            return self._found.sub(instead, value)
        if isinstance(value, list):
            return [self.out_of(item, instead) for item in value]
        if isinstance(value, dict):
            return {key: self.out_of(item, instead) for key, item in value.items()}
        return value
