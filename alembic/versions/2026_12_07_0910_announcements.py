"""What a programme tells those who take part in it."""

import sqlalchemy as sa
from alembic import op

from app.isolation import isolate, release

revision = "e17b52f8c90d"
down_revision = "a71e50c3d9f4"
branch_labels = None
depends_on = None

TABLE = "announcement"
INSTANT = sa.DateTime(timezone=True)


def _enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, native_enum=False, create_constraint=True, length=40, name=name)


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.create_table(
        TABLE,
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("organisation_id", "id", "programme_id", "title", "text")
        ),
        *(sa.Column(name, INSTANT, nullable=False) for name in ("created_at", "updated_at")),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("audience", _enum("announcementaudience", "everyone", "mentors", "mentees"), nullable=False),
        sa.Column("status", _enum("announcementstatus", "draft", "published", "withdrawn"), nullable=False),
        sa.Column("published_at", INSTANT, nullable=True),
        sa.CheckConstraint("status <> 'published' or published_at is not null", name=op.f("ck_announcement_published")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_announcement_organisation_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "programme_id"],
            ["programme.organisation_id", "programme.id"],
            name=op.f("fk_announcement_programme_organisation_id_programme_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_announcement")),
    )
    op.create_index("ix_announcement_programme", TABLE, ["organisation_id", "programme_id", "id"])
    isolate(TABLE)


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    release(TABLE)
    op.drop_table(TABLE)
