"""Pairs that the directory has overtaken, those that rest meanwhile, and until when somebody is to decide."""

import sqlalchemy as sa
from alembic import op

from app.isolation import isolate, release

revision = "d41c7a90be35"
down_revision = "a7d41e90c263"
branch_labels = None
depends_on = None

TABLE = "pairing_conflict"
REFERENCES = {"pairing_id": "pairing", "programme_id": "programme", "cause_person_id": "person"}
WORDS = {
    "rule": ("conflictrule", ("reporting_line", "rank_gap", "shared_manager", "same_department", "site")),
    "cause": ("conflictcause", ("manager_id", "rank_level", "department", "location")),
    "status": ("conflictstatus", ("open", "waived", "cured", "settled")),
}
LAST_DAY = "termination_date is not null and employment_status <> 'inactive'"


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.add_column("pairing", sa.Column("is_suspended", sa.Boolean(), nullable=False, server_default=sa.false()))
    days = sa.Column("conflict_deadline_days", sa.Integer(), nullable=False, server_default="14")
    op.add_column("programme", days)
    op.create_check_constraint(
        op.f("ck_programme_conflict_deadline_days"), "programme", "conflict_deadline_days between 1 and 180"
    )
    op.create_index(
        "ix_person_last_day",
        "person",
        ["organisation_id", "termination_date", "id"],
        postgresql_where=sa.text(LAST_DAY),
    )
    _create_conflicts()


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    release(TABLE)
    op.drop_table(TABLE)
    op.drop_index("ix_person_last_day", "person")
    op.drop_constraint(op.f("ck_programme_conflict_deadline_days"), "programme")
    op.drop_column("programme", "conflict_deadline_days")
    op.drop_column("pairing", "is_suspended")


def _create_conflicts() -> None:
    op.create_table(
        TABLE,
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in REFERENCES),
        *(sa.Column(column, _one_of(name, words), nullable=False) for column, (name, words) in WORDS.items()),
        sa.Column("detected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("overdue_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("waive_reason", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f(f"fk_{TABLE}_organisation_organisation_id")
        ),
        *(
            sa.ForeignKeyConstraint(
                ["organisation_id", column],
                [f"{table}.organisation_id", f"{table}.id"],
                name=op.f(f"fk_{TABLE}_{table}_organisation_id_{column}"),
                ondelete="RESTRICT",
            )
            for column, table in REFERENCES.items()
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f(f"pk_{TABLE}")),
    )
    op.create_index(
        "uq_pairing_conflict_rule",
        TABLE,
        ["organisation_id", "pairing_id", "rule"],
        unique=True,
        postgresql_where=sa.text("status in ('open', 'waived')"),
    )
    for column in REFERENCES:
        name = column.removesuffix("_id").removesuffix("_person")
        op.create_index(f"ix_{TABLE}_{name}", TABLE, ["organisation_id", column, "id"])
    op.create_index(
        f"ix_{TABLE}_open", TABLE, ["organisation_id", "due_on", "id"], postgresql_where=sa.text("status = 'open'")
    )
    isolate(TABLE)


def _one_of(name: str, words: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=40)
