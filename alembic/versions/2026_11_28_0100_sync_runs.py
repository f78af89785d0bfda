"""Runs that hold the directory against an HR system, and what a comparison finds."""

import sqlalchemy as sa
from alembic import op

from app.isolation import isolate, release

revision = "7b1e40c2d9f6"
down_revision = "d52e8fab3c71"
branch_labels = None
depends_on = None

RUN, DIFFERENCE = "sync_run", "sync_difference"
KINDS = ("import", "reconciliation", "leavers")
DIFFERENCES = ("create", "update", "leave")
TEXTS = ("organisation_id", "id")
INSTANTS = ("created_at", "updated_at")


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.create_table(
        RUN,
        *_of_row(RUN),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("operation_id", sa.Text(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=True),
        sa.Column("leaving", sa.Integer(), nullable=True),
        sa.CheckConstraint(sa.column("kind").in_(KINDS), name=op.f(f"ck_{RUN}_synckind")),
        _reference(RUN, "operation", "operation_id"),
    )
    op.create_index(f"ix_{RUN}_kind", RUN, ["organisation_id", "kind", "id"])
    op.create_index(f"ix_{RUN}_operation", RUN, ["organisation_id", "operation_id", "id"])
    op.create_table(
        DIFFERENCE,
        *_of_row(DIFFERENCE),
        sa.Column("sync_run_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=True),
        sa.Column("person_version", sa.Integer(), nullable=True),
        sa.Column("member", sa.Text(), nullable=True),
        sa.Column("before", sa.LargeBinary(), nullable=True),
        sa.Column("after", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(sa.column("kind").in_(DIFFERENCES), name=op.f(f"ck_{DIFFERENCE}_differencekind")),
        _reference(DIFFERENCE, RUN, "sync_run_id", on_delete="CASCADE"),
        _reference(DIFFERENCE, "person", "person_id"),
    )
    op.create_index(f"ix_{DIFFERENCE}_run", DIFFERENCE, ["organisation_id", "sync_run_id", "id"])
    op.create_index(f"ix_{DIFFERENCE}_person", DIFFERENCE, ["organisation_id", "person_id", "id"])
    isolate(RUN)
    isolate(DIFFERENCE)


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    for table in (DIFFERENCE, RUN):
        release(table)
        op.drop_table(table)


def _of_row(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        *(sa.Column(name, sa.Text(), nullable=False) for name in TEXTS),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=False) for name in INSTANTS),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f(f"fk_{table}_organisation_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f(f"pk_{table}")),
    )


def _reference(table: str, to: str, column: str, *, on_delete: str = "RESTRICT") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organisation_id", column],
        [f"{to}.organisation_id", f"{to}.id"],
        name=op.f(f"fk_{table}_{to}_organisation_id_{column}"),
        ondelete=on_delete,
    )
