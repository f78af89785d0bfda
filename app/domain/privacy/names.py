"""Finding what tells who someone is in texts that others wrote, and taking it out."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson

from app.domain.people.models import ERASED, Person

_SHORTEST = 2
# Letters that belong together, or one sign.
_TOKEN, _LETTER = re.compile(r"\w+|[^\w\s]"), re.compile(r"\w")


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
        spelt = dict.fromkeys(text for word in self.words for text in (word, _in_json(word)))
        return rf"(?<!\w)(?:{'|'.join(map(re.escape, spelt))})(?!\w)"

    @cached_property
    def _found(self) -> re.Pattern[str]:
        return re.compile(self.expression, re.IGNORECASE)

    def out_of(self, value: Any, instead: str = ERASED) -> Any:
        """A text, or JSON of texts, with `instead` in the place of each name."""
        return _rewritten(value, lambda text: self._found.sub(instead, text))


class Crowd:
    """Many people, each with what stands in their place. One pass finds them all: work grows with the text alone."""

    def __init__(self, words_by_alias: Mapping[str, Iterable[str]]) -> None:
        """Of several whom a word names, the first keeps it."""
        self._alias: dict[str, str] = {}
        lengths: dict[str, set[int]] = defaultdict(set)
        for alias, words in words_by_alias.items():
            for text in dict.fromkeys(text for word in words for text in (word, _in_json(word))):
                if (first := _TOKEN.match(text)) is not None:
                    lengths[_folded(first[0])].add(len(text))
                    self._alias.setdefault(_folded(text), alias)
        # How long are the words that begin so: the longest first, so that no part of a name stays behind.
        self._lengths = {first: sorted(found, reverse=True) for first, found in lengths.items()}

    def out_of(self, value: Any) -> Any:
        """JSON of texts, with what stands in their place for each name of theirs."""
        return _rewritten(value, self._out_of_text)

    def _out_of_text(self, text: str) -> str:
        parts: list[str] = []
        done = 0
        for token in _TOKEN.finditer(text):
            if token.start() < done:
                continue
            for length in self._lengths.get(_folded(token[0]), ()):
                end = token.start() + length
                alias = self._alias.get(_folded(text[token.start() : end]))
                if alias is not None and _stands_alone(text, token.start(), end):
                    parts += [text[done : token.start()], alias]
                    done = end
                    break
        return "".join((*parts, text[done:]))


def _stands_alone(text: str, start: int, end: int) -> bool:
    return not (_LETTER.match(text[start - 1 : start]) or _LETTER.match(text[end : end + 1]))


def texts(value: Any) -> Iterator[str]:
    """Every text within JSON, but for the names of members."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for item in value.values() if isinstance(value, dict) else value:
            yield from texts(item)


def _rewritten(value: Any, rewrite: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return rewrite(value)
    if isinstance(value, list):
        return [_rewritten(item, rewrite) for item in value]
    if isinstance(value, dict):
        return {key: _rewritten(item, rewrite) for key, item in value.items()}
    return value


def _folded(text: str) -> str:
    """What differs in case only is one; the dots of the Turkish i are, too, as expressions have it."""
    return text.casefold().replace("\u0131", "i").replace("\u0307", "")


def _in_json(word: str) -> str:
    return orjson.dumps(word).decode()[1:-1]
