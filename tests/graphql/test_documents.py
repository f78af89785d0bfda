"""Documents are read once, and no more of them are kept than fit."""

import pytest
from graphql import GraphQLError

from app.graphql import documents
from app.graphql.documents import Document, parsed


def test_a_document_is_read_once() -> None:
    first = parsed("{people{nodes{id}}}")

    assert isinstance(first, Document)
    assert parsed("{people{nodes{id}}}") is first
    assert parsed("{people{nodes{id }}}") is not first


def test_what_is_wrong_is_kept_too() -> None:
    first = parsed("{nonsense}")

    assert isinstance(first, tuple)
    assert parsed("{nonsense}") is first


def test_the_texts_used_last_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def note(source: str) -> tuple[GraphQLError, ...]:
        read.append(source)
        return ()

    monkeypatch.setattr(documents, "_read", note)
    shelf = documents._Shelf(most_characters=10)

    for text in ("aaaa", "bbbb", "aaaa", "cccc", "aaaa", "bbbb"):
        shelf.get(text)
    assert read == ["aaaa", "bbbb", "cccc", "bbbb"]
    shelf.get("d" * 11)
    assert (shelf._size, len(shelf._kept)) == (0, 0)


@pytest.mark.parametrize(
    ("query", "introspects"),
    [
        ("{__typename people(filter:{department:\"__schema __type\"}){__typename}}", False),
        ("{__schema{types{name}}}", True),
        ('{a:__type(name:"Person"){name}}', True),
        ("{...F} fragment F on Query{...{__schema{types{name}}}}", True),
    ],
)  # fmt: skip
def test_introspection_is_found_in_the_tree_and_not_in_the_text(query: str, introspects: bool) -> None:
    found = parsed(query)

    assert isinstance(found, Document)
    assert found.chosen(None).introspects is introspects


def test_switches_are_the_variables_of_conditions_alone() -> None:
    found = parsed(
        """query($a:Boolean!,$b:Boolean!,$c:Boolean!,$n:Int,$d:String!){people(first:$n,filter:{department:[$d]})
        @skip(if:$a){nodes{id @include(if:$b) ...F @skip(if:$c)}}} fragment F on Person{zone @skip(if:$a)}"""
    )

    assert isinstance(found, Document)
    assert set(found.chosen(None).switches) == {"a", "b", "c"}
