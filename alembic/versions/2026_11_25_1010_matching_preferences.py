"""Whom people would like to be paired with, and with whom they will not be."""

import sqlalchemy as sa
from alembic import op

from app.isolation import isolate, release

revision = "6b8d3fac2e51"
down_revision = "5a7c2e9b1d40"
branch_labels = None
depends_on = None

TABLE = "matching_preference"
REFERENCES = {
    "programme_id": "programme",
    "enrolment_id": "enrolment",
    "other_enrolment_id": "enrolment",
    "author_id": "person",
    "other_id": "person",
}
INDEXES = {
    "programme": "programme_id",
    "enrolment": "enrolment_id",
    "author": "author_id",
    "other_enrolment": "other_enrolment_id",
    "other": "other_id",
}


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.create_table(
        TABLE,
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in REFERENCES),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("reason_shared", sa.Boolean(), nullable=False),
        sa.CheckConstraint("rank between 1 and 10", name=op.f(f"ck_{TABLE}_rank")),
        sa.CheckConstraint("author_id <> other_id", name=op.f(f"ck_{TABLE}_two_people")),
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
        "uq_matching_preference_pair", TABLE, ["organisation_id", "enrolment_id", "other_enrolment_id"], unique=True
    )
    op.create_index(
        "uq_matching_preference_rank",
        TABLE,
        ["organisation_id", "enrolment_id", "rank"],
        unique=True,
        postgresql_where=sa.text("rank is not null"),
    )
    for name, column in INDEXES.items():
        op.create_index(f"ix_{TABLE}_{name}", TABLE, ["organisation_id", column, "id"])
    isolate(TABLE)


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    release(TABLE)
    op.drop_table(TABLE)
