"""What an HR system says of people beyond what was kept, managers who are awaited, and groups."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.isolation import isolate, release

revision = "5b7e02d4c9a1"
down_revision = "7c9e4d0b3f62"
branch_labels = None
depends_on = None

WORDS = ("nick_name", "user_type", "employee_number", "company", "locale")
# In any case.
LOOKED_UP = ("external_id", "employee_number")
GROUP, MEMBER, AWAITED = "directory_group", "group_member", "awaited_manager"


def upgrade() -> None:
    """Fails where two people share a login: that is for the organisation to mend, not for us."""
    op.execute("set local lock_timeout = '2s'")
    for name in WORDS:
        op.add_column("person", sa.Column(name, sa.Text(), nullable=True))
    op.add_column(
        "person",
        sa.Column("skills", postgresql.JSONB(astext_type=sa.Text()), nullable=False, server_default=sa.text("'[]'")),
    )
    op.add_column("person", sa.Column("is_on_leave", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("person", sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("uq_person_login", "person", ["organisation_id", sa.text("lower(login)")], unique=True)
    for name in LOOKED_UP:
        op.create_index(f"ix_person_{name}", "person", ["organisation_id", sa.text(f"lower({name})"), "id"])
    _create_awaited()
    _create_groups()


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    for table in (MEMBER, GROUP, AWAITED):
        release(table)
        op.drop_table(table)
    for name in LOOKED_UP:
        op.drop_index(f"ix_person_{name}", "person")
    op.drop_index("uq_person_login", "person")
    for name in (*WORDS, "skills", "is_on_leave", "removed_at"):
        op.drop_column("person", name)


def _create_awaited() -> None:
    op.create_table(
        AWAITED,
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        _of_organisation(AWAITED),
        _belongs_to(AWAITED, "person", "person_id"),
        sa.PrimaryKeyConstraint("organisation_id", "person_id", name=op.f(f"pk_{AWAITED}")),
    )
    op.create_index("ix_awaited_manager_reference", AWAITED, ["organisation_id", sa.text("lower(reference)")])
    isolate(AWAITED)


def _create_groups() -> None:
    op.create_table(
        GROUP,
        *_row(GROUP),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
    )
    op.create_index("uq_directory_group_external_id", GROUP, ["organisation_id", "external_id"], unique=True)
    op.create_index("ix_directory_group_display_name", GROUP, ["organisation_id", "display_name", "id"])
    isolate(GROUP)
    op.create_table(
        MEMBER,
        *_row(MEMBER),
        sa.Column("group_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        _belongs_to(MEMBER, GROUP, "group_id", on_delete="CASCADE"),
        _belongs_to(MEMBER, "person", "person_id"),
    )
    op.create_index("uq_group_member_person", MEMBER, ["organisation_id", "group_id", "person_id"], unique=True)
    for name in ("group", "person"):
        op.create_index(f"ix_group_member_{name}", MEMBER, ["organisation_id", f"{name}_id", "id"])
    isolate(MEMBER)


def _row(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        _of_organisation(table),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f(f"pk_{table}")),
    )


def _of_organisation(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_organisation_organisation_id")
    return sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=name)


def _belongs_to(table: str, other: str, column: str, *, on_delete: str = "RESTRICT") -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{other}_organisation_id_{column}")
    return sa.ForeignKeyConstraint(
        ["organisation_id", column], [f"{other}.organisation_id", f"{other}.id"], name=name, ondelete=on_delete
    )
