"""Sign in: identity providers and standings, keys of our own, networks of API keys."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.isolation import APP, isolate, release

revision = "8d2b6e40c1fa"
down_revision = "e8b3f5d02c41"
branch_labels = None
depends_on = None

# Asked before an organisation is known, so kept apart from any.
OPEN = {"issuer_binding": "select, insert, delete", "signing_key": "select, insert, delete"}


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.add_column(
        "api_key",
        sa.Column("networks", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
    )
    op.alter_column("api_key", "networks", server_default=None)
    _identity_provider()
    _standing()
    op.create_table(
        "issuer_binding",
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("provider_id", sa.Text(), nullable=False),
        sa.Column("bound_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("issuer", "audience", "organisation_id", name=op.f("pk_issuer_binding")),
    )
    op.create_table(
        "signing_key",
        sa.Column("period", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("period", name=op.f("pk_signing_key")),
    )
    for table, may in OPEN.items():
        op.execute(f"grant {may} on {table} to {APP}")
    isolate("identity_provider")
    isolate("standing")


def _row() -> list[sa.Column[Any]]:
    return [
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    ]


def _identity_provider() -> None:
    op.create_table(
        "identity_provider",
        *_row(),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("jwks_uri", sa.Text(), nullable=True),
        sa.Column("algorithms", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "token_type",
            sa.Enum("at_jwt", "jwt", name="tokentype", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("person_claim", sa.Text(), nullable=False),
        sa.Column(
            "person_match",
            sa.Enum(
                "external_id", "work_email", name="personmatch", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_identity_provider_organisation_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_identity_provider")),
    )
    op.create_index(
        "uq_identity_provider_issuer", "identity_provider", ["organisation_id", "issuer", "audience"], unique=True
    )


def _standing() -> None:
    op.create_table(
        "standing",
        *_row(),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "organisation_admin",
                "coordinator",
                "auditor",
                name="office",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_standing_organisation_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["person.organisation_id", "person.id"],
            name=op.f("fk_standing_person_organisation_id_person_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_standing")),
    )
    op.create_index("uq_standing_person", "standing", ["organisation_id", "person_id"], unique=True)


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    for table in ("standing", "identity_provider"):
        release(table)
        op.drop_table(table)
    for table in OPEN:
        op.execute(f"revoke all on {table} from {APP}")
        op.drop_table(table)
    op.drop_column("api_key", "networks")
