"""The demonstration's own matching: it keeps the rules, and pairs as many as can be."""

from typing import Any

from app.demo.walk import company, matching
from app.demo.walk.matching import Side


def side(name: str, rank: int, manager: str | None = None, line: str = "", **fields: Any) -> Side:
    """Someone, those above them (by letter), what they offer and seek."""
    person = {"id": name, "rank_level": rank, "manager_id": manager, "department": fields.pop("department", "here")}
    return Side(person, {"offers": [], "seeks": [], **fields}, frozenset(line))


def test_a_mentor_stands_below_the_mentee_by_the_gap() -> None:
    boss = side("B", 5)

    assert matching.may_pair(side("m", 3), boss, min_rank_gap=2)
    assert not matching.may_pair(side("m", 4), boss, min_rank_gap=2)


def test_nobody_mentors_someone_above_or_below_them_in_the_line() -> None:
    assert not matching.may_pair(side("m", 1, "B", "B"), side("B", 5), min_rank_gap=2)
    assert not matching.may_pair(side("m", 1), side("B", 5, "m", "m"), min_rank_gap=2)


def test_nobody_mentors_someone_with_the_same_manager() -> None:
    assert not matching.may_pair(side("m", 1, "C", "C"), side("B", 5, "C", "C"), min_rank_gap=2)


def test_what_one_seeks_and_the_other_offers_counts_more_than_another_department() -> None:
    mentee = side("B", 8, seeks=["video"], department="Sales")
    teaches, elsewhere = side("m", 1, offers=["video"], department="Sales"), side("n", 1, department="Law")

    assert matching.match([elsewhere, teaches], [mentee], min_rank_gap=2) == [(teaches, mentee)]


def test_a_choice_is_undone_when_more_can_be_paired_that_way() -> None:
    anyone, only_low = side("m", 1, offers=["video"]), side("n", 4, offers=["video"])
    first, second = side("B", 8, seeks=["video"]), side("C", 3)

    pairs = matching.match([anyone, only_low], [first, second], min_rank_gap=2)

    assert {(mentor.person["id"], mentee.person["id"]) for mentor, mentee in pairs} == {("n", "B"), ("m", "C")}


def test_whoever_cannot_be_paired_is_left_out() -> None:
    assert matching.match([side("m", 7)], [side("B", 8)], min_rank_gap=2) == []


def test_the_line_above_ends_at_the_top_and_at_a_circle() -> None:
    assert matching.line_above("a", {"a": "b", "b": "c", "c": None}) == {"b", "c"}
    assert matching.line_above("a", {"a": "b", "b": "a"}) == {"a", "b"}


def test_the_company_is_the_same_every_time_and_every_mentee_can_be_paired() -> None:
    levels = company.posts(600)
    posts = {post.number: post for level in levels for post in level}
    mentors, mentees = company.participants(levels, 100)
    managers = {str(post.number): None if post.manager is None else str(post.manager) for post in posts.values()}

    def as_side(post: company.Post) -> Side:
        line = matching.line_above(str(post.number), managers)
        person = {**post.person(managers[str(post.number)]), "id": str(post.number)}
        return Side(person, {"offers": company.subjects(post.number), "seeks": company.subjects(post.number)}, line)

    pairs = matching.match([as_side(post) for post in mentors], [as_side(post) for post in mentees], min_rank_gap=2)

    assert levels == company.posts(600)
    assert sorted(posts) == list(range(1, 601))
    assert all(post.manager is None or post.manager < post.number for post in posts.values())
    assert len(pairs) == 100
    assert not {post.number for post in mentors} & {post.number for post in mentees}
