"""What is told of groups, and what is not."""

from tests.world import World


async def test_a_group_is_told_of_from_its_creation_to_its_end(world: World) -> None:
    group = await world.do("admin", "create_group", display_name="Sales", external_id="G-1")
    await world.do("admin", "update_group", group["id"], display_name="Sales")
    await world.do("admin", "update_group", group["id"], display_name="Sales and service")
    member = await world.do("admin", "add_group_member", group_id=group["id"], person_id=world.people["mentor"])
    await world.do("admin", "remove_group_member", member["id"])
    await world.do("admin", "delete_group", group["id"])

    told = await world.told(group["id"])

    assert [event.type for event in told] == [
        "group.created",
        "group.updated",
        "group.members_changed",
        "group.members_changed",
        "group.deleted",
    ]
    assert [event.changed for event in told] == [[], ["display_name"], ["revision"], ["revision"], []]
    assert told[-1].data == {"group_id": group["id"], "external_id": "G-1", "revision": 2}
