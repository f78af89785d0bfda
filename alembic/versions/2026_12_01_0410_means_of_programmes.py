"""What a programme may cost in money and in time, and from which rank on somebody counts as a leader."""

import sqlalchemy as sa
from alembic import op

revision = "b1d7540e96fa"
down_revision = "3f84a1c7d902"
branch_labels = None
depends_on = None

COLUMNS = {
    "budget_amount": sa.BigInteger(),
    "budget_currency": sa.Text(),
    "hours_per_month": sa.Integer(),
    "leader_rank": sa.Integer(),
}
CHECKS = {
    "budget": "budget_amount >= 0 and (budget_amount is null) = (budget_currency is null)",
    "hours_per_month": "hours_per_month between 1 and 100",
    "leader_rank": "leader_rank between 1 and 100",
}


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    for name, kind in COLUMNS.items():
        op.add_column("programme", sa.Column(name, kind, nullable=True))
    for name, condition in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_programme_{name}"), "programme", condition)


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    for name in CHECKS:
        op.drop_constraint(op.f(f"ck_programme_{name}"), "programme")
    for name in COLUMNS:
        op.drop_column("programme", name)
