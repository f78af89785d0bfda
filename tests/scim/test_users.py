"""Users."""

from tests.scim.conftest import ENTERPRISE, MENTORING, Hris


async def test_a_user_comes_back_as_it_was_sent(hris: Hris) -> None:
    made = await hris.create(
        "ada@example.com",
        externalId="E1",
        **{
            ENTERPRISE: {"department": "Sales"},
            MENTORING: {"rank": "Director", "skills": ["SQL"], "hireDate": "2021-01-01"},
        },
    )
    print(made)
    assert await hris.get(f"/Users/{made['id']}") == made
    assert await hris.find('userName eq "ADA@example.com"') == [made["id"]]
    await hris.patch(f"/Users/{made['id']}", {"op": "Replace", "path": "active", "value": "False"})
    got = await hris.get(f"/Users/{made['id']}")
    assert got["active"] is False
    print(await hris.get("/Users?sortBy=userName&count=2"))
    print(await hris.get("/Users?cursor=&count=2"))
    print(await hris.get("/Schemas/" + MENTORING))
