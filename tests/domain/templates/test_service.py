"""Making a programme from a template, or like an earlier one."""

from collections.abc import Sequence
from typing import Any

import pytest

from app import changing
from app.auth.actor import Role
from app.changing import Change, Row
from app.declared import RESOURCES
from app.domain.templates.catalogue import every
from app.domain.templates.schemas import TemplateKey
from tests.outcomes import refused
from tests.reading.shapes import listed, page_of
from tests.world import World

_OWN = {"id", "programme_id", "version", "created_at", "updated_at"}
CONTENTS = (
    *("topic", "programme_resource", "programme_milestone", "matching_policy"),
    *("programme_role", "sponsorship", "cohort"),
)


async def contents(world: World, programme_id: str, part: str = "service") -> dict[str, list[dict[str, Any]]]:
    """What a programme consists of, by kind, in the order in which it was made."""
    found = {name: await rows(world, name, part) for name in CONTENTS}
    return {name: [row for row in kept if row["programme_id"] == programme_id] for name, kept in found.items()}


async def rows(world: World, name: str, part: str = "service") -> list[dict[str, Any]]:
    """All objects of a kind that somebody sees, in the order in which they were made."""
    resource = next(resource for resource in RESOURCES if resource.name == name)
    found = await listed(world.actors[part], page_of(resource, *resource.fields))
    return sorted(found, key=lambda row: str(row["id"]))


async def templated(world: World, part: str = "coordinator", **fields: Any) -> dict[str, Any]:
    """A programme from the template on digital literacy."""
    given = {"template": "digital_literacy", "name": "Spring", "starts_on": "2026-04-01"} | fields
    return await world.do(part, "create_programme_from_template", **given)


@pytest.mark.parametrize("key", TemplateKey)
async def test_a_template_becomes_a_draft_with_all_that_it_holds(world: World, key: TemplateKey) -> None:
    template = every()[key].model_dump(mode="json")

    made = await templated(world, template=key)
    held = await contents(world, made["id"])

    assert (made["name"], made["status"], made["starts_on"], made["revision"]) == ("Spring", "draft", "2026-04-01", 1)
    for name in ("purpose", "model", "objectives", "agreement_clauses", "min_rank_gap", "session_minutes"):
        assert made[name] == template[name]
    kept = [{name: row[name] for name in ("name", "description", "prompts")} for row in held["topic"]]
    assert kept == template["topics"]
    resources = [
        {name: row[name] for name in ("kind", "audience", "title", "body", "is_required")}
        for row in held["programme_resource"]
    ]
    assert resources == template["resources"]
    assert [row["title"] for row in held["programme_milestone"]] == [row["title"] for row in template["milestones"]]
    assert [row["template"] for row in held["matching_policy"]] == [template["matching_policy"]]
    assert [row["duty"] for row in held["programme_role"]] == ["coordinator"]
    assert held["sponsorship"] == []


async def test_what_is_said_overrides_the_template_and_milestones_follow_the_dates(world: World) -> None:
    made = await templated(
        world,
        ends_on="2026-07-10",
        purpose="Ours.",
        cadence_min_days=7,
        session_minutes=30,
        matching_policy="everybody_in",
        allows_late_intake=True,
    )
    held = await contents(world, made["id"])

    assert (made["ends_on"], made["purpose"], made["session_minutes"]) == ("2026-07-10", "Ours.", 30)
    assert (made["cadence_min_days"], made["cadence_target_days"], made["allows_late_intake"]) == (7, 21, True)
    assert held["matching_policy"][0]["template"] == "everybody_in"
    # A hundred days, of which 10, 50 and 85 per cent have passed.
    assert [row["due_on"] for row in held["programme_milestone"]] == ["2026-04-11", "2026-05-21", "2026-06-25"]


async def test_what_a_template_holds_is_written_by_few_statements(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[int] = []

    def counted(found: Sequence[Row], changes: Sequence[Change]) -> tuple[str, list[Any]]:
        written.append(len(found) + len(changes))
        return statement(found, changes)

    statement = changing.statement
    monkeypatch.setattr(changing, "statement", counted)
    await templated(world)

    # The programme alone, then all that it consists of, then the policy with what is put on record.
    assert len(written) <= 3
    assert sum(written) > 20


@pytest.mark.parametrize(
    ("fields", "code", "pointer"),
    [
        ({"cadence_min_days": 40}, "invalid", "/cadence_target_days"),
        ({"ends_on": "2026-04-10"}, "invalid", "/ends_on"),
        (
            {"eligibility": [{"role": "mentor", "group_id": "grp_01jd0a0a0a0a0a0a0a0a0a0a0a"}]},
            "unknown_reference",
            "/eligibility/0/group_id",
        ),
    ],
)
async def test_what_does_not_fit_is_refused_and_leaves_nothing(
    world: World, fields: dict[str, Any], code: str, pointer: str
) -> None:
    with refused(code, pointer):
        await templated(world, **fields)

    assert await rows(world, "programme") == []


async def test_who_drafts_no_programme_makes_none_from_a_template(world: World) -> None:
    with refused("forbidden"):
        await templated(world, "mentor")


async def test_last_years_programme_is_made_anew_without_its_people(world: World) -> None:
    group = await world.do("service", "create_group", external_id="g1", display_name="Fellows")
    side = {"role": "mentor", "group_id": group["id"]}
    source = await templated(world, eligibility=[side])
    means: dict[str, Any] = {"budget_amount": 5, "budget_currency": "EUR", "hours_per_month": 4}
    source = await world.do("coordinator", "update_programme", source["id"], **means)
    await world.do("coordinator", "publish_programme", source["id"])
    milestone = (await contents(world, source["id"]))["programme_milestone"][0]
    await world.do("coordinator", "reach_programme_milestone", milestone["id"])
    await world.do(
        "coordinator", "pledge_sponsorship", programme_id=source["id"], person_id=world.people["mentee"], pledge="Yes."
    )
    await world.enrolment(source["id"], world.people["mentor"], "mentor", status="invited")
    given: dict[str, Any] = {"programme_id": source["id"], "name": "First", "starts_on": "2026-04-01"}
    given |= {"enrols_from": "2026-03-01", "enrols_until": "2026-03-31", "ends_on": "2026-06-30"}
    await world.do("coordinator", "create_cohort", **given)

    # Ninety-one days later, through the hands of someone else who may.
    clone = await world.do("admin", "clone_programme", source["id"], name="Summer", starts_on="2026-07-01")
    before, after = await contents(world, source["id"]), await contents(world, clone["id"])

    assert clone["id"] != source["id"]
    assert (clone["name"], clone["status"], clone["starts_on"], clone["ends_on"]) == (
        *("Summer", "draft", "2026-07-01"),
        "2026-12-30",
    )
    assert (clone["budget_amount"], clone["budget_currency"], clone["hours_per_month"]) == (None, None, 4)
    differing = {"name", "status", "starts_on", "ends_on", "budget_amount", "budget_currency"}
    same = set(clone) - _OWN - differing
    assert {name: clone[name] for name in same} == {name: source[name] for name in same}
    for name in ("topic", "programme_resource", "matching_policy"):
        assert _without(after[name]) == _without(before[name])
    assert [row["due_on"] for row in after["programme_milestone"]] == ["2026-07-19", "2026-09-30", "2026-12-02"]
    assert {row["reached_at"] for row in after["programme_milestone"]} == {None}
    shifted = [(row["name"], row["enrols_from"], row["ends_on"]) for row in after["cohort"]]
    assert shifted == [("First", "2026-05-31", "2026-09-29")]
    assert (after["sponsorship"], after["programme_role"]) == ([], [])
    assert {row["programme_id"] for row in await rows(world, "enrolment")} == {source["id"]}


def _without(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if name not in _OWN} for row in found]


async def test_a_group_that_is_gone_invites_nobody_to_the_clone(world: World) -> None:
    group = await world.do("service", "create_group", external_id="g1", display_name="Fellows")
    side = {"role": "mentor", "group_id": group["id"], "min_rank": 1}
    source = await templated(world, eligibility=[side])
    await world.do("service", "delete_group", group["id"])

    clone = await world.do("coordinator", "clone_programme", source["id"], name="Summer", starts_on="2026-07-01")

    assert [(one["group_id"], one["min_rank"]) for one in clone["eligibility"]] == [(None, 1)]


@pytest.mark.parametrize("part", ["mentor", "mentee"])
async def test_who_is_invited_reads_what_it_is_about_before_they_accept(world: World, part: str) -> None:
    made = await templated(world)
    await world.do("coordinator", "publish_programme", made["id"])
    enrolment = await world.enrolment(made["id"], world.people[part], part, status="invited")

    seen = await world.see(part, enrolment)
    assert seen is not None
    assert seen["status"] == "invited"
    programme = await world.see(part, seen["programme_id"]) or {}
    assert programme["purpose"] == every()[TemplateKey.DIGITAL_LITERACY].purpose
    assert {aim["type"] for aim in programme["objectives"]} >= {"digital_literacy", "culture"}
    held = await contents(world, made["id"], part)
    read = {(row["kind"], row["audience"]) for row in held["programme_resource"] if row["body"]}
    assert read >= {("charter", part), ("charter", "everyone"), ("playbook" if part == "mentor" else "guide", part)}
    assert all(topic["prompts"] for topic in held["topic"])


async def test_only_who_runs_a_programme_clones_it_and_coordinates_the_clone(world: World) -> None:
    programme_id = await world.programme(status="enrolling")
    await world.newcomer("other", Role.COORDINATOR)
    again: dict[str, Any] = {"name": "Again", "starts_on": "2027-01-01"}

    with refused("not_allowed"):
        await world.do("other", "clone_programme", programme_id, **again)
    with refused("forbidden"):
        await world.do("mentor", "clone_programme", programme_id, **again)
    clone = await world.do("coordinator", "clone_programme", programme_id, **again)

    assert await world.seen_by(clone["id"]) == {"admin", "service", "coordinator"}
    assert [row["duty"] for row in (await contents(world, clone["id"]))["programme_role"]] == ["coordinator"]
