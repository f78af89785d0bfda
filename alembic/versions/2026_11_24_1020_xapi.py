"""Endpoints that are an LRS: statements of xAPI as one more format, its version, and how we say who we are."""

import sqlalchemy as sa
from alembic import op

revision = "c4d18e5f7a32"
down_revision = "8e4b1f6a27d0"
branch_labels = None
depends_on = None

TABLE = "webhook_endpoint"
FORMATS = ("native", "cloudevents_structured", "cloudevents_binary")
ENUMS = {
    "xapi_version": ("xapiversion", "1.0.3", "2.0.0"),
    "auth_kind": ("authkind", "basic", "client_credentials"),
}


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    _allow(*FORMATS, "xapi")
    for column, (name, *values) in ENUMS.items():
        kind = sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)
        op.add_column(TABLE, sa.Column(column, kind, nullable=True))
    op.add_column(TABLE, sa.Column("sealed_auth", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """Fails while an endpoint is an LRS: in any other format it would be sent what it does not understand."""
    op.execute("set local lock_timeout = '2s'")
    op.drop_column(TABLE, "sealed_auth")
    for column in ENUMS:
        op.drop_column(TABLE, column)
    _allow(*FORMATS)


def _allow(*formats: str) -> None:
    name = op.f(f"ck_{TABLE}_format")
    op.drop_constraint(name, TABLE, type_="check")
    op.create_check_constraint(name, TABLE, sa.column("format").in_(formats))
