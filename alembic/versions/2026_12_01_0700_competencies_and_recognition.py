"""How people find their competencies, and how taking part is honoured."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from app.isolation import isolate, release

revision = "c08e5b21f7a4"
down_revision = "7d15e0c3b826"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
INDEXES = {
    "competency_rating": {"pairing": "pairing_id", "author": "author_id"},
    "recognition_criterion": {"programme": "programme_id"},
    "recognition": {
        "programme": "programme_id",
        "person": "person_id",
        "author": "author_id",
        "pairing": "pairing_id",
    },
}
REFERENCES = {
    "competency_rating": (("pairing", "pairing_id"), ("person", "author_id")),
    "recognition_criterion": (("programme", "programme_id"),),
    "recognition": (
        ("programme", "programme_id"),
        ("person", "person_id"),
        ("person", "author_id"),
        ("pairing", "pairing_id"),
        ("recognition_criterion", "criterion_id"),
    ),
}


def _enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, native_enum=False, create_constraint=True, length=40, name=name)


def _texts(*names: str, nullable: bool = False) -> list[sa.Column]:
    return [sa.Column(name, sa.Text(), nullable=nullable) for name in names]


def _create(table: str, *more: sa.schema.SchemaItem) -> None:
    op.create_table(
        table,
        *_texts("organisation_id", "id"),
        *(sa.Column(name, INSTANT, nullable=False) for name in ("created_at", "updated_at")),
        sa.Column("version", sa.Integer(), nullable=False),
        *more,
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f(f"fk_{table}_organisation_organisation_id")
        ),
        *(
            sa.ForeignKeyConstraint(
                ["organisation_id", column],
                [f"{other}.organisation_id", f"{other}.id"],
                name=op.f(f"fk_{table}_{other}_organisation_id_{column}"),
                ondelete="RESTRICT",
            )
            for other, column in REFERENCES[table]
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f(f"pk_{table}")),
    )
    for name, column in INDEXES[table].items():
        op.create_index(f"ix_{table}_{name}", table, ["organisation_id", column, "id"])
    isolate(table)


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    _create(
        "competency_rating",
        *_texts("pairing_id", "author_id", "competency"),
        sa.Column("point", _enum("point", "baseline", "mid", "end", "six_months"), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("comment", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("value between 1 and 5", name=op.f("ck_competency_rating_value")),
    )
    op.create_index(
        "uq_competency_rating_once",
        "competency_rating",
        ["organisation_id", "author_id", "pairing_id", "competency", "point"],
        unique=True,
    )
    _create(
        "recognition_criterion",
        *_texts("programme_id", "name", "description"),
        sa.Column("kind", _enum("criterionkind", "badge", "certificate"), nullable=False),
        sa.Column(
            "measure",
            _enum("measure", "sessions_held", "goals_achieved", "pairings_completed", "thanks_received"),
            nullable=False,
        ),
        sa.Column("at_least", sa.Integer(), nullable=False),
        sa.Column("role", _enum("enrolmentrole", "mentor", "mentee"), nullable=True),
        sa.CheckConstraint("at_least between 1 and 1000", name=op.f("ck_recognition_criterion_at_least")),
    )
    op.create_index(
        "uq_recognition_criterion_name",
        "recognition_criterion",
        ["organisation_id", "programme_id", "name"],
        unique=True,
    )
    _create(
        "recognition",
        *_texts("programme_id", "person_id"),
        *_texts("author_id", "pairing_id", "criterion_id", "title", nullable=True),
        sa.Column("kind", _enum("recognitionkind", "thanks", "badge", "certificate", "award"), nullable=False),
        sa.Column(
            "status",
            _enum("recognitionstatus", "nominated", "approved", "awarded", "declined", "revoked"),
            nullable=False,
        ),
        sa.Column("text", sa.LargeBinary(), nullable=True),
        sa.Column("evidence", JSONB(), nullable=False),
        *(sa.Column(name, INSTANT, nullable=True) for name in ("awarded_at", "revoked_at")),
        sa.CheckConstraint(
            "kind <> 'thanks' or (pairing_id is not null and criterion_id is null)", name=op.f("ck_recognition_thanks")
        ),
    )
    op.create_index(
        "uq_recognition_once",
        "recognition",
        ["organisation_id", "criterion_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("criterion_id is not null"),
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    for table in reversed(REFERENCES):
        release(table)
        op.drop_table(table)
