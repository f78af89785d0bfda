"""More roles: auditors, and staff of the platform."""

from alembic import op

revision = "3c5f0d7a91e2"
down_revision = "b7d1c0a5e2f4"
branch_labels = None
depends_on = None

BEFORE = "'organisation_admin', 'coordinator', 'participant', 'service_account'"


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    _allow(f"{BEFORE}, 'auditor', 'platform_admin'")


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.execute("delete from api_key where role in ('auditor', 'platform_admin')")
    _allow(BEFORE)


def _allow(roles: str) -> None:
    op.execute("alter table api_key drop constraint ck_api_key_role")
    op.execute(f"alter table api_key add constraint ck_api_key_role check (role in ({roles}))")
