"""`flipside audit`: what an operator reads of a whole trail, and of one that was touched."""

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import asyncpg
import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from app.commands import hosting, office
from app.config import Settings
from app.workers.chaining import Chainer
from tests.commanding import Choose, Command
from tests.commands.test_keys import found


@pytest.fixture(autouse=True)
def operating(choose: Choose, address: str) -> Settings:
    """An operator at the command line, over the database of the test run."""
    return choose(database_url=address)


@pytest.fixture
def acted(flipside: Command, operating: Settings) -> str:
    """An organisation with a chain of two entries."""
    organisation_id, _, _ = found(flipside)

    async def act() -> None:
        for name in ("Acme One", "Acme Two"):
            await office.act(office.operator(organisation_id), "update_organisation", organisation_id, name=name)
        chainer = Chainer()
        while await chainer.step():
            pass

    inside(operating, act())
    return organisation_id


def inside(settings: Settings, does: Coroutine[Any, Any, None]) -> None:
    """Do something with the database of an operator."""

    async def work() -> None:
        async with hosting.opened(settings.database_url or "", settings):
            await does

    asyncio.run(work())


def as_owner(settings: Settings, sql: str, *values: Any) -> None:
    """What the owner of the database can do."""

    async def work() -> None:
        connection = await asyncpg.connect(settings.database_url)
        await connection.execute(sql, *values)
        await connection.close()

    asyncio.run(work())


def test_a_whole_trail_is_counted(flipside: Command, acted: str) -> None:
    said = flipside("audit", "verify", "--organisation", acted)

    assert (said.code, said.out) == (0, f"{acted} ok 2 chained, 0 waiting\n")


def test_without_a_name_every_trail_is_verified(flipside: Command, acted: str, operating: Settings) -> None:
    broken, _, _ = found(flipside)
    as_owner(operating, "insert into audit_head values ($1, '2026-03-02', 9, '', '')", broken)

    said = flipside("audit", "verify")
    as_owner(operating, "delete from audit_head where organisation_id = $1", broken)

    assert said.code == 1
    assert f"{acted} ok 2 chained, 0 waiting\n" in said.out
    assert f"{broken} BAD head of 2026-03-02: not signed by this installation\n" in said.out


def test_a_row_that_was_touched_is_named(flipside: Command, acted: str, operating: Settings) -> None:
    as_owner(operating, "update audit_entry set code = '' where organisation_id = $1 and sequence = 2", acted)

    said = flipside("audit", "verify", "--organisation", acted)

    assert said.code == 1
    assert said.out.startswith(f"{acted} BAD sequence 2, aud_")
    assert said.out.endswith(": changed\n")


def test_anyone_can_verify_a_head_that_was_exported(flipside: Command, acted: str) -> None:
    said = flipside("audit", "heads", "--organisation", acted)

    head = orjson.loads(said.out)
    text = "\n".join(("flipside audit head", head["organisation_id"], head["day"], str(head["sequence"]), head["hash"]))
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(head["public_key"]))
    key.verify(bytes.fromhex(head["signature"]), text.encode())
    assert (head["organisation_id"], head["sequence"]) == (acted, 2)


def test_a_trail_must_still_hold_the_heads_that_were_kept(
    flipside: Command, acted: str, operating: Settings, tmp_path: Path
) -> None:
    kept = tmp_path / "heads.jsonl"
    kept.write_text(flipside("audit", "heads", "--organisation", acted).out)
    verify = ("audit", "verify", "--organisation", acted, "--heads", str(kept))
    assert flipside(*verify).code == 0

    as_owner(operating, "delete from audit_entry where organisation_id = $1", acted)
    as_owner(operating, "delete from audit_head where organisation_id = $1", acted)

    assert flipside("audit", "verify", "--organisation", acted).code == 0
    assert flipside(*verify).out == f"{acted} BAD sequence 1: missing\n"


@pytest.mark.parametrize("content", [None, "nonsense", "{}", "[1]", '{"day": "2026", "hash": "", "signature": ""}'])
def test_a_file_that_holds_no_heads_is_refused(flipside: Command, tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "heads.jsonl"
    if content is not None:
        path.write_text(content)

    said = flipside("audit", "verify", "--heads", str(path))

    assert said.code == 1
    assert said.err.startswith("flipside: The file of heads cannot be read.")


def test_an_organisation_that_is_not_there_is_named(flipside: Command) -> None:
    nobody = "org_01m80000000000000000000000"

    said = flipside("audit", "verify", "--organisation", nobody)

    assert (said.code, said.err) == (1, f"flipside: There is no organisation {nobody} in this database.\n")
