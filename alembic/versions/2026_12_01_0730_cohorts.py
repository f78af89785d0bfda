"""Cohorts: the intakes of a programme, and which of them an enrolment belongs to."""

import sqlalchemy as sa
from alembic import op

from app.isolation import isolate, release

revision = "c86e2f47ab15"
down_revision = "c93e5a1b7d28"
branch_labels = None
depends_on = None

TABLE = "cohort"
TEXTS = ("organisation_id", "id", "programme_id", "name")
DAYS = ("enrols_from", "enrols_until", "starts_on", "ends_on")
INSTANTS = ("created_at", "updated_at")


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.create_table(
        TABLE,
        *(sa.Column(name, sa.Text(), nullable=False) for name in TEXTS),
        *(sa.Column(name, sa.Date(), nullable=False) for name in DAYS),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=False) for name in INSTANTS),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("allows_late_intake", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "enrols_from <= enrols_until and enrols_until <= ends_on", name=op.f(f"ck_{TABLE}_enrolment")
        ),
        sa.CheckConstraint("starts_on < ends_on", name=op.f(f"ck_{TABLE}_dates")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f(f"fk_{TABLE}_organisation_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "programme_id"],
            ["programme.organisation_id", "programme.id"],
            name=op.f(f"fk_{TABLE}_programme_organisation_id_programme_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f(f"pk_{TABLE}")),
    )
    op.create_index("uq_cohort_name", TABLE, ["organisation_id", "programme_id", "name"], unique=True)
    op.create_index(f"ix_{TABLE}_programme", TABLE, ["organisation_id", "programme_id", "id"])
    op.create_index(f"ix_{TABLE}_starts_on", TABLE, ["organisation_id", "programme_id", "starts_on", "id"])
    isolate(TABLE)
    op.add_column("enrolment", sa.Column("cohort_id", sa.Text(), nullable=True))
    op.create_foreign_key(
        op.f("fk_enrolment_cohort_organisation_id_cohort_id"),
        "enrolment",
        TABLE,
        ["organisation_id", "cohort_id"],
        ["organisation_id", "id"],
        ondelete="RESTRICT",
    )
    op.create_index("ix_enrolment_cohort", "enrolment", ["organisation_id", "cohort_id", "id"])


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.drop_index("ix_enrolment_cohort", "enrolment")
    op.drop_constraint(op.f("fk_enrolment_cohort_organisation_id_cohort_id"), "enrolment")
    op.drop_column("enrolment", "cohort_id")
    release(TABLE)
    op.drop_table(TABLE)
