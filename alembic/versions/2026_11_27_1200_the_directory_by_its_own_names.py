"""External ids are distinct in any case, and people can be walked by when they changed."""

from alembic import op

revision = "c41d7e9a2b60"
down_revision = "d41c7a90be35"
branch_labels = None
depends_on = None

UNIQUE, LOOKED_UP = "uq_person_external_id", "ix_person_external_id"
ANY_CASE = "create {kind} {name} on person (organisation_id, lower(external_id){more})"


def upgrade() -> None:
    """Fails where two external ids differ in case alone: that is for the organisation to mend, not for us."""
    op.execute("set local lock_timeout = '2s'")
    op.drop_index(UNIQUE, "person")
    op.execute(ANY_CASE.format(kind="unique index", name=UNIQUE, more=""))
    op.drop_index(LOOKED_UP, "person")
    op.create_index(LOOKED_UP, "person", ["organisation_id", "external_id", "id"])
    op.create_index("ix_person_updated_at", "person", ["organisation_id", "updated_at", "id"])


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.drop_index("ix_person_updated_at", "person")
    op.drop_index(LOOKED_UP, "person")
    op.execute(ANY_CASE.format(kind="index", name=LOOKED_UP, more=", id"))
    op.drop_index(UNIQUE, "person")
    op.create_index(UNIQUE, "person", ["organisation_id", "external_id"], unique=True)
