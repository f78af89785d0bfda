"""How a pair fares: by which rule, since when, and when it is next to be looked at."""

import sqlalchemy as sa
from alembic import op

revision = "2f6c81d9a4b7"
down_revision = "b1d7540e96fa"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_RULES = ("cancelled_twice", "missed_twice", "overdue_twice", "missed", "overdue")


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    rule = sa.Enum(*_RULES, native_enum=False, create_constraint=True, length=40, name="healthrule")
    op.add_column("pairing", sa.Column("health_rule", rule))
    for name in ("health_since", "health_due_at", "rhythm_since"):
        op.add_column("pairing", sa.Column(name, _INSTANT))
    op.create_index(
        "ix_pairing_health_due",
        "pairing",
        ["organisation_id", "health_due_at", "id"],
        postgresql_where=sa.text("status = 'active'"),
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.drop_index("ix_pairing_health_due", "pairing")
    for name in ("rhythm_since", "health_due_at", "health_since", "health_rule"):
        op.drop_column("pairing", name)
