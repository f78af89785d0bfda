"""What a person still has to say of sessions, for the list of what waits for them."""

import sqlalchemy as sa
from alembic import op

revision = "5b0e83d7c264"
down_revision = "c9f2a6d4e801"
branch_labels = None
depends_on = None

NAME = "ix_attendance_to_report"


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.create_index(
        NAME, "attendance", ["organisation_id", "person_id", "id"], postgresql_where=sa.text("report is null")
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.drop_index(NAME, "attendance")
