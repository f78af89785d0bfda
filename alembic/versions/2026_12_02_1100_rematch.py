"""A pair may be parted so that both find others."""

import sqlalchemy as sa
from alembic import op

revision = "e15c7a90b4d2"
down_revision = "d94b2c71e3f8"
branch_labels = None
depends_on = None

BEFORE = tuple("not_said time fit goals_met role_changed left_organisation rule_broken programme_cancelled".split())


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    _allow((*BEFORE, "rematch"))


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.execute("alter table pairing no force row level security")
    op.execute("update pairing set end_reason = 'not_said' where end_reason = 'rematch'")
    op.execute("alter table pairing force row level security")
    _allow(BEFORE)


def _allow(reasons: tuple[str, ...]) -> None:
    name = op.f("ck_pairing_endreason")
    op.drop_constraint(name, "pairing")
    op.create_check_constraint(name, "pairing", sa.column("end_reason").in_(reasons))
