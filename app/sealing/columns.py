"""Which columns are sealed: a model says so with `sealed_by`, and tests/sealing/test_columns.py lists them all."""

from typing import Any, cast

import sqlalchemy as sa
from sqlmodel import Field

from app.db import Db
from app.sealing import envelope, keeping
from app.sealing.models import ORGANISATION
from app.table import Row


class Sealed(sa.TypeDecorator[bytes]):
    """Envelopes. `owner` names the column that says whose key seals the row; `None` is the organisation's."""

    impl = sa.LargeBinary
    cache_ok = True

    def __init__(self, owner: str | None = None) -> None:
        super().__init__()
        self.owner = owner


def sealed_by(owner: str | None, **options: Any) -> Any:
    """A column that is sealed with the key of the person that the column `owner` names, or of the organisation."""
    return Field(sa_type=Sealed(owner), **options)


async def seal(db: Db, row: Row, **texts: str | None) -> None:
    """Write clear texts into the sealed columns of a row, whose id and owner are set. Raises `keeping.Shredded`."""
    table: sa.Table = row.__table__  # type: ignore[attr-defined]
    for name, text in texts.items():
        owner = cast(Sealed, table.c[name].type).owner
        if text is not None:
            key = await keeping.current(db, ORGANISATION if owner is None else getattr(row, owner))
            place = row.organisation_id, table.name, row.id, name
        setattr(row, name, None if text is None else envelope.seal(key, text.encode(), *place))
