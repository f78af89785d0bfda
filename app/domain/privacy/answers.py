"""Kept answers and erasure: what repeated requests would get again must not say who someone was."""

from collections.abc import Sequence
from typing import Any

import orjson

from app.acting.run import place_of
from app.db import Db
from app.domain.people.models import ERASED, Person
from app.domain.privacy.names import Names
from app.sealing import envelope, keeping
from app.sealing.envelope import KEY_ID_SQL
from app.sealing.models import ORGANISATION

TABLE = "idempotency_record"
_AT_ONCE = 500
# Their credentials are revoked: nobody repeats these requests any more.
_DROP = """
    delete from idempotency_record where organisation_id = $1
        and (principal = $2 or principal in (select id from api_key where organisation_id = $1 and person_id = $2))
"""
_NEXT = f"""
    select r.principal, r.operation, r.key, r.body, k.wrapped from idempotency_record r
    join data_key k on k.organisation_id = r.organisation_id and k.id = {KEY_ID_SQL.format("r.body")}
    where r.organisation_id = $1 and (r.principal, r.operation, r.key) > ($2, $3, $4)
    order by r.principal, r.operation, r.key limit {_AT_ONCE}
"""  # noqa: S608
_CHANGE = """
    update idempotency_record set body = $5
    where organisation_id = $1 and principal = $2 and operation = $3 and key = $4
"""


async def forget(db: Db, person: Person) -> None:
    """Drop the answers that someone got, and take their name out of those that others got."""
    await db.fetch(_DROP, db.organisation_id, person.id)
    names, last = Names.full(person), ("", "", "")
    while found := await db.fetch(_NEXT, db.organisation_id, *last):
        await _rewrite(db, person.id, names, found)
        last = found[-1]["principal"], found[-1]["operation"], found[-1]["key"]


async def _rewrite(db: Db, person_id: str, names: Names, found: Sequence[Any]) -> None:
    for row in found:
        identity = db.organisation_id, row["principal"], row["operation"], row["key"]
        place = place_of(identity)
        secret, _, body = (await keeping.opened(row["body"], row["wrapped"], *place)).partition(b"\n")
        answer = orjson.loads(body or b"null")
        if (without := names.out_of(_faceless(answer, person_id))) != answer:
            clear = secret + b"\n" + orjson.dumps(without)
            key = await keeping.current(db, ORGANISATION)
            await db.fetch(_CHANGE, *identity, envelope.seal(key, clear, *place))


def _faceless(value: Any, person_id: str) -> Any:
    """An answer in which the person themself has no texts and no lists any more, wherever it shows them."""
    if isinstance(value, list):
        return [_faceless(item, person_id) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get("id") == person_id:
        return {key: item if key == "id" else _nothing_like(item) for key, item in value.items()}
    return {key: _faceless(item, person_id) for key, item in value.items()}


def _nothing_like(value: Any) -> Any:
    return ERASED if isinstance(value, str) else [] if isinstance(value, list) else value
