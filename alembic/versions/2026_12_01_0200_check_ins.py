"""What partners say, every other month, of how their pair is."""

import sqlalchemy as sa
from alembic import op

from app.isolation import isolate, release

revision = "a41d07c95e02"
down_revision = "e7a35c1f9d24"
branch_labels = None
depends_on = None

TABLE = "check_in"
NUMBERS = ("usefulness", "openness", "time_found")
REFERENCES = {"pairing": "pairing_id", "programme": "programme_id", "person": "author_id"}
INDEXES = {"pairing": "pairing_id", "programme": "programme_id", "author": "author_id"}


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.create_table(
        TABLE,
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("organisation_id", "id")),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=False) for name in ("created_at", "updated_at")),
        sa.Column("version", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("pairing_id", "programme_id")),
        sa.Column("author_id", sa.Text(), nullable=True),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("round", *NUMBERS)),
        sa.Column("asks_for_help", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("comment", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("round >= 1", name=op.f(f"ck_{TABLE}_round")),
        *(sa.CheckConstraint(f"{name} between 1 and 5", name=op.f(f"ck_{TABLE}_{name}")) for name in NUMBERS),
        sa.CheckConstraint(
            "author_id is not null or (comment is null and not asks_for_help)", name=op.f(f"ck_{TABLE}_nobodys_word")
        ),
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
    op.create_index(f"uq_{TABLE}_once", TABLE, ["organisation_id", "author_id", "round", "pairing_id"], unique=True)
    for name, column in INDEXES.items():
        op.create_index(f"ix_{TABLE}_{name}", TABLE, ["organisation_id", column, "id"])
    isolate(TABLE)


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    release(TABLE)
    op.drop_table(TABLE)
