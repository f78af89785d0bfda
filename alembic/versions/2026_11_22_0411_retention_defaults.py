"""Organisations that are there already get the retention policies that new ones begin with."""

import sqlalchemy as sa
from alembic import op

from app import ids

revision = "0c9e57b2d4a8"
down_revision = "f4d81c6a3e57"
branch_labels = None
depends_on = None

DEFAULTS = {"notes": 90, "feedback": 90, "sessions": 730, "deliveries": 30, "kept_answers": 3}
INSERT = """
    insert into retention_policy (organisation_id, id, version, created_at, updated_at, data_class, keep_days)
    values (:organisation_id, :id, 1, now(), now(), :data_class, :keep_days)
"""


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    _show_everybody(True)
    organisations = op.get_bind().execute(sa.text("select id from organisation")).scalars().all()
    rows = [
        {"organisation_id": found, "id": ids.new("rtn"), "data_class": name, "keep_days": days}
        for found in organisations
        for name, days in DEFAULTS.items()
    ]
    if rows:
        op.get_bind().execute(sa.text(INSERT), rows)
    _show_everybody(False)


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    _show_everybody(True)
    op.execute("delete from retention_policy")
    _show_everybody(False)


def _show_everybody(is_shown: bool) -> None:
    """The owner of the tables, who may be no superuser, sees the rows of every organisation, or its own alone."""
    for table in ("organisation", "retention_policy"):
        op.execute(f"alter table {table} {'no ' if is_shown else ''}force row level security")
