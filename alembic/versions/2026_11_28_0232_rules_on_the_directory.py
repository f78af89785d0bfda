"""Who may join a programme by the directory, and what an enrolment came of."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "b83e5f10d927"
down_revision = "7b1e40c2d9f6"
branch_labels = None
depends_on = None

ORIGINS = ("request", "rule", "group")


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    rules = sa.Column(
        "eligibility", postgresql.JSONB(astext_type=sa.Text()), nullable=False, server_default=sa.text("'[]'")
    )
    op.add_column("programme", rules)
    op.add_column("enrolment", sa.Column("origin", sa.String(40), nullable=False, server_default="request"))
    op.create_check_constraint(op.f("ck_enrolment_enrolmentorigin"), "enrolment", sa.column("origin").in_(ORIGINS))


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.drop_constraint(op.f("ck_enrolment_enrolmentorigin"), "enrolment")
    op.drop_column("enrolment", "origin")
    op.drop_column("programme", "eligibility")
