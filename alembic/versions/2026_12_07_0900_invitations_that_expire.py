"""Invitations that expire, and places on each side of a programme."""

import sqlalchemy as sa
from alembic import op

revision = "a71e50c3d9f4"
down_revision = "d06a9c41e7f3"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
BEFORE = tuple(
    "invited applied under_review approved ready matched completed declined waitlisted paused withdrawn removed".split()
)
COLUMNS = {
    "programme": {name: sa.Integer() for name in ("invitation_days", "mentor_places", "mentee_places")},
    "enrolment": dict.fromkeys(("expires_at", "remind_at"), INSTANT),
}
CHECKS = {
    "invitation_days": "invitation_days between 1 and 180",
    "places": "mentor_places between 1 and 100000 and mentee_places between 1 and 100000",
}


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    for table, columns in COLUMNS.items():
        for name, kind in columns.items():
            op.add_column(table, sa.Column(name, kind, nullable=True))
    for name, condition in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_programme_{name}"), "programme", condition)
    for name in COLUMNS["enrolment"]:
        op.create_index(
            f"ix_enrolment_{name}",
            "enrolment",
            ["organisation_id", name, "id"],
            postgresql_where=sa.text("status = 'invited'"),
        )
    _allow((*BEFORE, "expired"))


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.execute("alter table enrolment no force row level security")
    op.execute("update enrolment set status = 'withdrawn' where status = 'expired'")
    op.execute("alter table enrolment force row level security")
    _allow(BEFORE)
    for name in COLUMNS["enrolment"]:
        op.drop_index(f"ix_enrolment_{name}", "enrolment")
    for name in CHECKS:
        op.drop_constraint(op.f(f"ck_programme_{name}"), "programme")
    for table, columns in COLUMNS.items():
        for name in columns:
            op.drop_column(table, name)


def _allow(states: tuple[str, ...]) -> None:
    name = op.f("ck_enrolment_enrolmentstatus")
    op.drop_constraint(name, "enrolment")
    op.create_check_constraint(name, "enrolment", sa.column("status").in_(states))
