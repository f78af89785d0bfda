"""What people are looked up by, in small letters and in a column.

Row-level security lets an index answer only what cannot leak, and `lower()` is not declared so: each look-up by name
read the whole organisation. Writing the columns locks both tables for as long as a copy of them takes.
"""

import sqlalchemy as sa
from alembic import op

revision = "d41c7a90be52"
down_revision = "4f9d27a6e8b1"
branch_labels = None
depends_on = None

BY_REFERENCE = "ix_awaited_manager_reference"


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    login = sa.Computed("lower(coalesce(login, work_email, id))", persisted=True)
    op.add_column("person", sa.Column("login_key", sa.Text(), login))
    op.create_index("ix_person_login_key", "person", ["organisation_id", "login_key", "id"])
    op.add_column(
        "awaited_manager", sa.Column("reference_key", sa.Text(), sa.Computed("lower(reference)", persisted=True))
    )
    op.drop_index(BY_REFERENCE, "awaited_manager")
    op.create_index(BY_REFERENCE, "awaited_manager", ["organisation_id", "reference_key"])


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.drop_index(BY_REFERENCE, "awaited_manager")
    op.create_index(BY_REFERENCE, "awaited_manager", ["organisation_id", sa.text("lower(reference)")])
    op.drop_column("awaited_manager", "reference_key")
    op.drop_index("ix_person_login_key", "person")
    op.drop_column("person", "login_key")
