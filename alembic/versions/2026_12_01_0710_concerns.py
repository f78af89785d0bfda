"""What somebody is worried about, between them and the one who looks after it."""

import sqlalchemy as sa
from alembic import op

from app.isolation import isolate, release

revision = "b7c2f9d1046e"
down_revision = "c08e5b21f7a4"
branch_labels = None
depends_on = None

TABLE = "concern"
TEXTS, OPTIONAL = ("organisation_id", "id", "programme_id", "reporter_id"), ("pairing_id", "handler_id")
SEVERITIES = ("low", "medium", "high")
STATES = ("raised", "acknowledged", "in_review", "escalated", "resolved")
REFERENCES = {
    "programme_id": ("programme", f"fk_{TABLE}_programme_organisation_id_programme_id"),
    "pairing_id": ("pairing", f"fk_{TABLE}_pairing_organisation_id_pairing_id"),
    "reporter_id": ("person", f"fk_{TABLE}_reporter"),
    "handler_id": ("person", f"fk_{TABLE}_handler"),
}
INSTANTS = {"created_at": False, "updated_at": False, "acknowledged_at": True, "resolved_at": True}


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.create_table(
        TABLE,
        *(sa.Column(name, sa.Text(), nullable=False) for name in TEXTS),
        *(sa.Column(name, sa.Text(), nullable=True) for name in OPTIONAL),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=nullable) for name, nullable in INSTANTS.items()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("severity", sa.String(40), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("notes", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(sa.column("severity").in_(SEVERITIES), name=op.f(f"ck_{TABLE}_concernseverity")),
        sa.CheckConstraint(sa.column("status").in_(STATES), name=op.f(f"ck_{TABLE}_concernstatus")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f(f"fk_{TABLE}_organisation_organisation_id")
        ),
        *(
            sa.ForeignKeyConstraint(
                ["organisation_id", column],
                [f"{to}.organisation_id", f"{to}.id"],
                name=op.f(name),
                ondelete="RESTRICT",
            )
            for column, (to, name) in REFERENCES.items()
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f(f"pk_{TABLE}")),
    )
    for column in REFERENCES:
        name = column.removesuffix("_id")
        op.create_index(f"ix_{TABLE}_{name}", TABLE, ["organisation_id", column, "id"])
    op.create_index(
        f"ix_{TABLE}_open",
        TABLE,
        ["organisation_id", "id"],
        postgresql_where=sa.text("status <> 'resolved'"),
    )
    isolate(TABLE)


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    release(TABLE)
    op.drop_table(TABLE)
