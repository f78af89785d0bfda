"""Sessions that a partner is asked about."""

import sqlalchemy as sa
from alembic import op

revision = "b82f61d4eaa5"
down_revision = "e17b52f8c90d"
branch_labels = None
depends_on = None

BEFORE = tuple("scheduled unconfirmed completed no_show disputed cancelled".split())
COLUMNS = {"proposed_by": sa.Text(), "answer_by": sa.DateTime(timezone=True)}


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    for name, kind in COLUMNS.items():
        op.add_column("session", sa.Column(name, kind, nullable=True))
    op.create_index(
        "ix_session_answer_by",
        "session",
        ["organisation_id", "answer_by", "id"],
        postgresql_where=sa.text("status = 'proposed'"),
    )
    _allow(("proposed", "declined", "expired", *BEFORE))


def downgrade() -> None:
    """What was never agreed on becomes a cancelled session, of which nobody is said to have called it off."""
    op.execute("set local lock_timeout = '2s'")
    op.execute("alter table session no force row level security")
    op.execute(
        "update session set status = 'cancelled', cancelled_at = updated_at, cancel_reason = 'not_said' "
        "where status in ('proposed', 'declined', 'expired')"
    )
    op.execute("alter table session force row level security")
    op.drop_index("ix_session_answer_by", "session")
    for name in COLUMNS:
        op.drop_column("session", name)
    _allow(BEFORE)


def _allow(states: tuple[str, ...]) -> None:
    name = op.f("ck_session_sessionstatus")
    op.drop_constraint(name, "session")
    op.create_check_constraint(name, "session", sa.column("status").in_(states))
