"""How two partners part: what each learned, and thanks."""

import sqlalchemy as sa
from alembic import op

from app.isolation import isolate, release

revision = "c93e5a1b7d28"
down_revision = "b7c2f9d1046e"
branch_labels = None
depends_on = None

TABLE = "farewell"
REFERENCES = {"pairing": "pairing_id", "person": "author_id"}
INDEXES = {"pairing": "pairing_id", "author": "author_id"}


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.create_table(
        TABLE,
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("organisation_id", "id", *REFERENCES.values())),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=False) for name in ("created_at", "updated_at")),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("learned", sa.LargeBinary(), nullable=False),
        sa.Column("thanks", sa.LargeBinary(), nullable=True),
        sa.Column("may_be_told", sa.Boolean(), server_default=sa.false(), nullable=False),
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
            for table, column in REFERENCES.items()
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f(f"pk_{TABLE}")),
    )
    op.create_index(f"uq_{TABLE}_once", TABLE, ["organisation_id", "author_id", "pairing_id"], unique=True)
    for name, column in INDEXES.items():
        op.create_index(f"ix_{TABLE}_{name}", TABLE, ["organisation_id", column, "id"])
    isolate(TABLE)


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    release(TABLE)
    op.drop_table(TABLE)
