"""Feeds of people's sessions, to which their calendars subscribe."""

import sqlalchemy as sa
from alembic import op

from app.isolation import isolate, release

revision = "e1b94d70a35c"
down_revision = "c86e2f47ab15"
branch_labels = None
depends_on = None

TABLE = "calendar_feed"


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.create_table(
        TABLE,
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("organisation_id", "id", "person_id", "name")),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=False) for name in ("created_at", "updated_at")),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("names_partner", sa.Boolean(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f(f"fk_{TABLE}_organisation_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["person.organisation_id", "person.id"],
            name=op.f(f"fk_{TABLE}_person_organisation_id_person_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f(f"pk_{TABLE}")),
    )
    op.create_index(f"ix_{TABLE}_person", TABLE, ["organisation_id", "person_id", "id"])
    isolate(TABLE)


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    release(TABLE)
    op.drop_table(TABLE)
