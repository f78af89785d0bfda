"""Goals that are their author's until they are shared, and which objective of the programme a goal serves."""

import sqlalchemy as sa
from alembic import op

revision = "d06a9c41e7f3"
down_revision = "f26d8bac05e3"
branch_labels = None
depends_on = None

STATUSES = ("active", "achieved", "abandoned")
OBJECTIVES = (
    *("digital_literacy", "innovation", "generational_understanding", "culture", "inclusion"),
    *("technical_skills", "diverse_perspectives"),
)
CHECKS = {
    "objectivetype": sa.column("objective").in_(OBJECTIVES),
    "draft": "status <> 'draft' or author_id is not null and progress = 0",
    "revisions": "revisions >= 0",
}
COLUMNS = (("author_id", sa.Text()), ("objective", sa.String(40)))


def _refer(table: str, other: str, column: str) -> None:
    op.create_foreign_key(
        op.f(f"fk_{table}_{other}_organisation_id_{column}"),
        table,
        other,
        ["organisation_id", column],
        ["organisation_id", "id"],
        ondelete="RESTRICT",
    )


def _allow(*statuses: str) -> None:
    op.drop_constraint(op.f("ck_goal_goalstatus"), "goal")
    op.create_check_constraint(op.f("ck_goal_goalstatus"), "goal", sa.column("status").in_(statuses))


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    for name, kind in COLUMNS:
        op.add_column("goal", sa.Column(name, kind, nullable=True))
    op.add_column("goal", sa.Column("revisions", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("win", sa.Column("goal_id", sa.Text(), nullable=True))
    _allow("draft", *STATUSES)
    for name, condition in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_goal_{name}"), "goal", condition)
    _refer("goal", "person", "author_id")
    _refer("win", "goal", "goal_id")
    op.create_index(
        "ix_win_goal", "win", ["organisation_id", "goal_id", "id"], postgresql_where=sa.text("goal_id is not null")
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.drop_index("ix_win_goal", "win")
    op.drop_constraint(op.f("fk_win_goal_organisation_id_goal_id"), "win")
    op.drop_column("win", "goal_id")
    # Who drafted them would be forgotten, and so everybody would see them. The owner of the table, who may be no
    # superuser, sees the rows of every organisation.
    op.execute("alter table goal no force row level security")
    op.execute("delete from goal where status = 'draft'")
    op.execute("alter table goal force row level security")
    op.drop_constraint(op.f("fk_goal_person_organisation_id_author_id"), "goal")
    for name in CHECKS:
        op.drop_constraint(op.f(f"ck_goal_{name}"), "goal")
    _allow(*STATUSES)
    for name in ("revisions", *(name for name, _ in COLUMNS)):
        op.drop_column("goal", name)
