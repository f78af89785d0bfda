"""Nominations: somebody's word that a colleague should take part, and the invitations that come of it."""

import sqlalchemy as sa
from alembic import op

from app.isolation import isolate, release

revision = "f4a7d2c6910e"
down_revision = "e5c19f7ab042"
branch_labels = None
depends_on = None

TABLE = "nomination"
INSTANT = sa.DateTime(timezone=True)
REFERENCES = {
    "programme_id": "programme",
    "nominator_id": "person",
    "nominee_id": "person",
    "enrolment_id": "enrolment",
}
ORIGINS = ("request", "rule", "group")
INDEXES = {
    "programme": ("programme_id", None),
    "nominator": ("nominator_id", None),
    "nominee": ("nominee_id", "nominee_id is not null"),
    "expires_at": ("expires_at", "status = 'made'"),
    "remind_at": ("remind_at", "status = 'made' and remind_at is not null"),
}


def _enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, native_enum=False, create_constraint=True, length=40, name=name)


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    status = _enum("nominationstatus", "made", "taken_up", "declined", "withdrawn", "expired")
    reasons = ("not_eligible", "no_place", "already_in", "nobody_found", "not_said")
    op.create_table(
        TABLE,
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("organisation_id", "id", "programme_id", "nominator_id")
        ),
        *(sa.Column(name, INSTANT, nullable=False) for name in ("created_at", "updated_at", "expires_at")),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("role", _enum("enrolmentrole", "mentor", "mentee"), nullable=False),
        sa.Column("status", status, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=True) for name in ("nominee_id", "enrolment_id")),
        *(sa.Column(name, sa.LargeBinary(), nullable=True) for name in ("work_email", "reason")),
        sa.Column("decline_reason", _enum("nominationdeclinereason", *reasons), nullable=True),
        sa.Column("remind_at", INSTANT, nullable=True),
        sa.CheckConstraint("(status = 'taken_up') = (enrolment_id is not null)", name=op.f("ck_nomination_taken_up")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_nomination_organisation_organisation_id")
        ),
        *(
            sa.ForeignKeyConstraint(
                ["organisation_id", column],
                [f"{table}.organisation_id", f"{table}.id"],
                name=f"fk_nomination_{column}",
                ondelete="RESTRICT",
            )
            for column, table in REFERENCES.items()
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_nomination")),
    )
    for name, (column, where) in INDEXES.items():
        op.create_index(
            f"ix_nomination_{name}",
            TABLE,
            ["organisation_id", column, "id"],
            postgresql_where=None if where is None else sa.text(where),
        )
    isolate(TABLE)
    _allow(("nomination", *ORIGINS))


def downgrade() -> None:
    """An invitation that came of a nomination was somebody's wish, too."""
    op.execute("set local lock_timeout = '2s'")
    release(TABLE)
    op.drop_table(TABLE)
    op.execute("alter table enrolment no force row level security")
    op.execute("update enrolment set origin = 'request' where origin = 'nomination'")
    op.execute("alter table enrolment force row level security")
    _allow(ORIGINS)


def _allow(origins: tuple[str, ...]) -> None:
    name = op.f("ck_enrolment_enrolmentorigin")
    op.drop_constraint(name, "enrolment")
    op.create_check_constraint(name, "enrolment", sa.column("origin").in_(origins))
