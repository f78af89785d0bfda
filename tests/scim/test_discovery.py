"""Discovery: what the service says of itself, with what is the organisation's own."""

from tests.scim.conftest import CORE, ENTERPRISE, GROUP, MENTORING, Hris


async def test_it_says_what_it_can_do(hris: Hris) -> None:
    config = await hris.get("/ServiceProviderConfig")

    assert {name for name in config if isinstance(config[name], dict) and config[name].get("supported")} == {
        *("patch", "bulk", "filter", "sort", "etag")
    }
    assert config["pagination"]["cursor"] is True
    assert config["filter"]["maxResults"] == 200


async def test_it_says_what_everybody_has(hris: Hris) -> None:
    schemas = {schema["id"]: schema for schema in (await hris.get("/Schemas"))["Resources"]}

    assert schemas.keys() == {CORE, ENTERPRISE, MENTORING, GROUP}
    required = {item["name"] for item in schemas[CORE]["attributes"] if item["required"]}
    assert required == {"userName", "name", "displayName", "timezone", "active"}
    assert schemas[MENTORING] == await hris.get(f"/Schemas/{MENTORING}")


async def test_it_names_the_ranks_of_the_organisation(hris: Hris) -> None:
    await hris.world.do("admin", "create_rank", level=50, name="Chair")

    schema = await hris.get(f"/Schemas/{MENTORING}")

    [rank] = [item for item in schema["attributes"] if item["name"] == "rank"]
    assert (rank["canonicalValues"][-1], rank["required"]) == ("Chair", True)


async def test_it_names_its_kinds(hris: Hris) -> None:
    kinds = {kind["name"]: kind for kind in (await hris.get("/ResourceTypes"))["Resources"]}

    assert {name: kind["endpoint"] for name, kind in kinds.items()} == {"User": "/Users", "Group": "/Groups"}
    extensions = {one["schema"]: one["required"] for one in kinds["User"]["schemaExtensions"]}
    assert extensions == {ENTERPRISE: False, MENTORING: True}
    assert await hris.get("/ResourceTypes/User") == kinds["User"]
