"""A role for whoever holds a token for one webhook endpoint."""

from alembic import op

revision = "e2d80a6c4b17"
down_revision = "9c41f7be2a06"
branch_labels = None
depends_on = None

BEFORE = "'organisation_admin', 'coordinator', 'participant', 'auditor', 'service_account', 'platform_admin'"
TABLES = ("api_key", "audit_entry", "operation")


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    _allow(f"{BEFORE}, 'webhook_portal'")


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    # The trail stays as it is, whoever acted.
    _allow(BEFORE)


def _allow(roles: str) -> None:
    for table in TABLES:
        op.execute(f"alter table {table} drop constraint ck_{table}_role")
        # Rows that are there were checked when they came.
        op.execute(f"alter table {table} add constraint ck_{table}_role check (role in ({roles})) not valid")
