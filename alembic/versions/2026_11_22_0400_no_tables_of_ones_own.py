"""No tables of one's own: what a request makes must never stand in front of ours.

PostgreSQL lets everybody make temporary tables, and looks there first: on a pooled connection, one named like ours
would be read and written by whoever is served next.
"""

from alembic import op

revision = "9e41c7b80d35"
down_revision = "8d41c2e6f0b7"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    _everybody("revoke temporary on database %I from public")


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    _everybody("grant temporary on database %I to public")


def _everybody(statement: str) -> None:
    op.execute(f"do $$ begin execute format('{statement}', current_database()); end $$")
