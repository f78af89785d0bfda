"""Organisations that are there already keep events as long as new ones do, and deliveries as long as those."""

import sqlalchemy as sa
from alembic import op

from app import ids

revision = "9b41d6e83f20"
down_revision = "5c2f7a90e1d3"
branch_labels = None
depends_on = None

EVENTS_DAYS, DELIVERIES_DAYS, DELIVERIES_BEFORE = 90, 90, 30
INSERT = """
    insert into retention_policy (organisation_id, id, version, created_at, updated_at, data_class, keep_days)
    values (:organisation_id, :id, 1, now(), now(), 'events', :keep_days)
"""
KEEP = """
    update retention_policy set keep_days = {}, version = version + 1, updated_at = now()
    where data_class = 'deliveries' and keep_days = {}
"""


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    _show_everybody(True)
    organisations = op.get_bind().execute(sa.text("select id from organisation")).scalars().all()
    rows = [{"organisation_id": found, "id": ids.new("rtn"), "keep_days": EVENTS_DAYS} for found in organisations]
    if rows:
        op.get_bind().execute(sa.text(INSERT), rows)
    # Who has decided on another number keeps it.
    op.execute(KEEP.format(DELIVERIES_DAYS, DELIVERIES_BEFORE))
    _show_everybody(False)


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    _show_everybody(True)
    op.execute("delete from retention_policy where data_class = 'events'")
    op.execute(KEEP.format(DELIVERIES_BEFORE, DELIVERIES_DAYS))
    _show_everybody(False)


def _show_everybody(is_shown: bool) -> None:
    """The owner of the tables, who may be no superuser, sees the rows of every organisation, or its own alone."""
    for table in ("organisation", "retention_policy"):
        op.execute(f"alter table {table} {'no ' if is_shown else ''}force row level security")
