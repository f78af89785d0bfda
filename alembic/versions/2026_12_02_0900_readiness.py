"""What people learn and acknowledge before their first partner, and how ready they feel."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.isolation import isolate, release

revision = "c83d1f60a2e7"
down_revision = "b5f07c2e91d3"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
_OF = {"enrolment": "enrolment_id", "programme": "programme_id", "person": "person_id"}
REFERENCES = {
    "training_assignment": _OF | {"programme_resource": "programme_resource_id"},
    "readiness_assessment": _OF,
}
INDEXES = REFERENCES
CHECKS = {
    "enrolment": {"open_trainings": "open_trainings >= 0"},
    "programme_resource": {
        "is_required": "not is_required or kind in ('charter', 'training_module')",
        "due_days": "due_days between 1 and 180",
    },
}
COLUMNS = {
    "enrolment": (("open_trainings", sa.Integer(), "0"),),
    "programme_resource": (("is_required", sa.Boolean(), sa.false()), ("due_days", sa.Integer(), "14")),
    "programme": (("assesses_readiness", sa.Boolean(), sa.false()),),
}


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
    for table, columns in COLUMNS.items():
        for name, kind, default in columns:
            op.add_column(table, sa.Column(name, kind, nullable=False, server_default=default))
        for name, condition in CHECKS.get(table, {}).items():
            op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)
    _create(
        "training_assignment",
        *_texts("enrolment_id", "programme_id", "person_id", "programme_resource_id", "title"),
        sa.Column("kind", _enum("resourcekind", "playbook", "guide", "charter", "training_module"), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            _enum("trainingstatus", "assigned", "started", "overdue", "completed", "waived", "cancelled"),
            nullable=False,
        ),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("completed_at", INSTANT, nullable=True),
        sa.Column("source", _enum("completionsource", "participant", "office"), nullable=True),
        sa.Column("waive_reason", sa.LargeBinary(), nullable=True),
    )
    op.create_index(
        "uq_training_assignment_edition",
        "training_assignment",
        ["organisation_id", "enrolment_id", "programme_resource_id", "edition"],
        unique=True,
    )
    op.create_index(
        "ix_training_assignment_due",
        "training_assignment",
        ["organisation_id", "due_at"],
        postgresql_where=sa.text("status in ('assigned', 'started')"),
    )
    _create(
        "readiness_assessment",
        *_texts("enrolment_id", "programme_id", "person_id"),
        sa.Column("role", _enum("enrolmentrole", "mentor", "mentee"), nullable=False),
        sa.Column("band", _enum("band", "ready", "growing", "support"), nullable=False),
        *(sa.Column(name, postgresql.JSONB(), nullable=False) for name in ("answers", "actions")),
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    for table in REFERENCES:
        release(table)
        op.drop_table(table)
    for table, columns in COLUMNS.items():
        for name in CHECKS.get(table, {}):
            op.drop_constraint(op.f(f"ck_{table}_{name}"), table)
        for name, *_ in columns:
            op.drop_column(table, name)
