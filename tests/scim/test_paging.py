"""Pages: by index and by cursor, in the order that was asked for, each resource once."""

import pytest

from tests.scim.conftest import Hris


async def _some(hris: Hris) -> list[str]:
    """Five titles, one of them missing, beside four people without."""
    for number, title in enumerate(("b", "a", "c", "B", None)):
        await hris.create(f"u{number}", title=title)
    return ["u1", "u0", "u3", "u2"]


@pytest.mark.parametrize("order", ["ascending", "descending"])
@pytest.mark.parametrize("size", [1, 2, 4, 9])
async def test_cursors_lead_through_all_and_back(hris: Hris, order: str, size: int) -> None:
    await _some(hris)
    query = f"sortBy=title&sortOrder={order}&count={size}"
    whole = [user["id"] for user in (await hris.get(f"/Users?sortBy=title&sortOrder={order}"))["Resources"]]

    page = await hris.get(f"/Users?{query}&cursor=")
    pages = [page]
    assert "previousCursor" not in page
    while "nextCursor" in page:
        page = await hris.get(f"/Users?{query}&cursor={page['nextCursor']}")
        pages.append(page)
    back = [page]
    while "previousCursor" in page:
        page = await hris.get(f"/Users?{query}&cursor={page['previousCursor']}")
        back.append(page)

    assert [user["id"] for page in pages for user in page["Resources"]] == whole
    assert [page["Resources"] for page in reversed(back)] == [page["Resources"] for page in pages]
    assert {page["totalResults"] for page in pages} == {9}


async def test_who_has_nothing_to_sort_by_comes_last(hris: Hris) -> None:
    names = await _some(hris)

    found = (await hris.get('/Users?sortBy=title&filter=userName sw "u"'))["Resources"]

    assert {user["userName"] for user in found[1:3]} == {"u0", "u3"}
    assert [user["userName"] for user in found if user["userName"] not in ("u0", "u3")] == [names[0], names[3], "u4"]


async def test_an_index_leads_to_the_same(hris: Hris) -> None:
    await _some(hris)
    whole = (await hris.get("/Users"))["Resources"]

    page = await hris.get("/Users?startIndex=4&count=3")

    assert page["Resources"] == whole[3:6]
    assert (page["totalResults"], page["startIndex"], page["itemsPerPage"]) == (9, 4, 3)
    assert (await hris.get("/Users?count=0"))["totalResults"] == 9
    assert (await hris.get("/Users?startIndex=100"))["totalResults"] == 9


@pytest.mark.parametrize("sort", ["meta.created", "userName", "emails", "active", "name.familyName"])
async def test_everything_can_be_sorted_by(hris: Hris, sort: str) -> None:
    await _some(hris)

    assert len((await hris.get(f"/Users?sortBy={sort}&cursor=&count=4"))["Resources"]) == 4


async def test_a_cursor_of_another_list_is_refused(hris: Hris) -> None:
    await _some(hris)
    cursor = (await hris.get("/Users?count=2&cursor="))["nextCursor"]

    for query in (f"count=2&cursor={cursor}&sortBy=title", "count=2&cursor=made-up", f"count=3&cursor={cursor}"):
        assert (await hris.get(f"/Users?{query}", 400))["scimType"] in ("invalidCursor", "invalidCount")
    assert (await hris.get(f"/Users?count=2&startIndex=1&cursor={cursor}", 400))["scimType"] == "invalidValue"


async def test_the_root_finds_people_and_groups(hris: Hris) -> None:
    group = await hris.send("POST", "/Groups", 201, {"displayName": "Sales"})
    everybody = (await hris.get("/Users"))["totalResults"]

    found = await hris.send("POST", "/.search", 200, {"startIndex": everybody, "count": 5})
    assert found["totalResults"] == everybody + 1
    assert [one["meta"]["resourceType"] for one in found["Resources"]] == ["User", "Group"]
    assert await hris.find('members.value pr or displayName eq "sales"', "/") == [group["id"]]
    assert await hris.find('userName sw "nobody"', "/") == []
    await hris.get("/?sortBy=id", 501)
