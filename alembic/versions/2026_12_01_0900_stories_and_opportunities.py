"""What pairs tell others, and what taking part opens."""

import sqlalchemy as sa
from alembic import op

from app.isolation import isolate, release

revision = "b5f07c2e91d3"
down_revision = "e1b94d70a35c"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
REFERENCES = {
    "success_story": {"programme": "programme_id", "pairing": "pairing_id", "person": "author_id"},
    "opportunity": {"programme": "programme_id"},
}
INDEXES = {
    "success_story": {"programme": "programme_id", "pairing": "pairing_id", "author": "author_id"},
    "opportunity": {"programme": "programme_id"},
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
    _create(
        "success_story",
        *_texts("programme_id", "pairing_id", "author_id", "title", "text"),
        sa.Column(
            "status",
            _enum("storystatus", "draft", "awaiting_consent", "published", "withdrawn"),
            nullable=False,
        ),
        *(
            sa.Column(name, INSTANT, nullable=True)
            for name in ("mentor_consented_at", "mentee_consented_at", "published_at")
        ),
    )
    _create(
        "opportunity",
        *_texts("programme_id", "title", "description"),
        sa.Column(
            "kind",
            _enum("opportunitykind", "stretch_role", "succession_pool", "promotion_panel"),
            nullable=False,
        ),
        sa.Column("open_until", sa.Date(), nullable=True),
        sa.Column("closed_at", INSTANT, nullable=True),
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    for table in REFERENCES:
        release(table)
        op.drop_table(table)
