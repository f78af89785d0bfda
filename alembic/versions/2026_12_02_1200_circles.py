"""Circles of peers, and their meetings."""

import sqlalchemy as sa
from alembic import op

from app.isolation import isolate, release

revision = "f26d8bac05e3"
down_revision = "e15c7a90b4d2"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
REFERENCES = {
    "circle": {"programme": "programme_id"},
    "circle_member": {"circle": "circle_id", "enrolment": "enrolment_id", "person": "person_id"},
    "circle_meeting": {"circle": "circle_id"},
}
INDEXES = REFERENCES


def _enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, native_enum=False, create_constraint=True, length=40, name=name)


def _texts(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


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
            for other, column in REFERENCES[table].items()
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f(f"pk_{table}")),
    )
    for name, column in INDEXES[table].items():
        op.create_index(f"ix_{table}_{name}", table, ["organisation_id", column, "id"])
    isolate(table)


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    _create(
        "circle",
        *_texts("programme_id", "name"),
        sa.Column("role", _enum("enrolmentrole", "mentor", "mentee"), nullable=False),
        sa.Column("status", _enum("circlestatus", "forming", "active", "closed"), nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.CheckConstraint("members >= 0", name=op.f("ck_circle_members")),
        sa.CheckConstraint("status <> 'active' or members >= 2", name=op.f("ck_circle_of_one")),
    )
    _create("circle_member", *_texts("circle_id", "enrolment_id", "person_id"))
    op.create_index(
        "uq_circle_member_person", "circle_member", ["organisation_id", "circle_id", "person_id"], unique=True
    )
    _create(
        "circle_meeting",
        *_texts("circle_id", "zone", "calendar_uid"),
        sa.Column("status", _enum("meetingstatus", "scheduled", "held", "cancelled"), nullable=False),
        *(sa.Column(name, INSTANT, nullable=False) for name in ("starts_at", "ends_at")),
        *(sa.Column(name, sa.Text(), nullable=True) for name in ("agenda", "url")),
        sa.Column("calendar_sequence", sa.Integer(), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_circle_meeting_times")),
    )
    op.create_index("ix_circle_meeting_list", "circle_meeting", ["organisation_id", "circle_id", "starts_at", "id"])
    op.create_index("ix_circle_meeting_starts_at", "circle_meeting", ["organisation_id", "starts_at", "id"])


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    for table in reversed(REFERENCES):
        release(table)
        op.drop_table(table)
