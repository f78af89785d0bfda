"""Consents, copies and erasures of people's data, legal holds, retention policies; who was erased."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from app.isolation import APP, isolate, release

revision = "f4d81c6a3e57"
down_revision = "d41f7c02b9e6"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
TABLES = ("consent", "export", "erasure", "legal_hold", "retention_policy", "break_glass")


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.add_column("person", sa.Column("erased_at", INSTANT, nullable=True))
    # Too old to be kept, feedback loses its author; the number stays for the averages.
    op.alter_column("feedback", "author_id", nullable=True)
    op.create_check_constraint("nobodys_text", "feedback", "author_id is not null or text is null")
    _consent()
    _export()
    _erasure()
    _legal_hold()
    _retention_policy()
    _break_glass()
    _holders("role = 'platform_admin' or ")
    for table in TABLES:
        isolate(table, may="select, insert, update")


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    for table in reversed(TABLES):
        release(table)
        op.drop_table(table)
    op.drop_table("operator")
    op.execute("delete from api_key where role = 'platform_admin'")
    _holders("")
    op.drop_constraint("nobodys_text", "feedback")
    op.execute("delete from feedback where author_id is null")
    op.alter_column("feedback", "author_id", nullable=False)
    op.drop_column("person", "erased_at")


def _consent() -> None:
    purposes = "participation", "matching_preferences", "recognition", "photo", "analytics"
    _create(
        "consent",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("purpose", _words("purpose", *purposes), nullable=False),
        sa.Column("notice_version", sa.Text(), nullable=False),
        sa.Column("given_at", INSTANT, nullable=False),
        sa.Column("withdrawn_at", INSTANT, nullable=True),
        _refers("consent", "person"),
    )
    _index("ix_consent_person", "consent", "person_id", "id")
    _key("uq_consent_live", "consent", "person_id", "purpose", where="withdrawn_at is null")


def _export() -> None:
    _create(
        "export",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("operation_id", sa.Text(), nullable=True),
        sa.Column("size_bytes", sa.Integer(), nullable=True),
        sa.Column("ready_at", INSTANT, nullable=True),
        sa.Column("expires_at", INSTANT, nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        _refers("export", "person"),
    )
    _index("ix_export_person", "export", "person_id", "id")


def _erasure() -> None:
    states = "requested", "withdrawn", "declined", "approved", "completed"
    _create(
        "erasure",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("status", _words("erasurestatus", *states), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.Column("operation_id", sa.Text(), nullable=True),
        sa.Column("steps_done", sa.Integer(), nullable=False),
        sa.Column("completed_at", INSTANT, nullable=True),
        sa.CheckConstraint("decided_by is null or decided_by <> requested_by", name=op.f("ck_erasure_two_people")),
        _refers("erasure", "person"),
    )
    _index("ix_erasure_person", "erasure", "person_id", "id")
    _key("uq_erasure_open", "erasure", "person_id", where="status in ('requested', 'approved')")


def _legal_hold() -> None:
    _create(
        "legal_hold",
        sa.Column("person_id", sa.Text(), nullable=True),
        sa.Column("programme_id", sa.Text(), nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("placed_by", sa.Text(), nullable=False),
        sa.Column("lifted_by", sa.Text(), nullable=True),
        sa.Column("lifted_at", INSTANT, nullable=True),
        sa.CheckConstraint("(person_id is null) <> (programme_id is null)", name=op.f("ck_legal_hold_one_object")),
        _refers("legal_hold", "person"),
        _refers("legal_hold", "programme"),
    )
    _index("ix_legal_hold_person", "legal_hold", "person_id", "id")
    _index("ix_legal_hold_programme", "legal_hold", "programme_id", "id")


def _retention_policy() -> None:
    classes = "notes", "feedback", "sessions", "deliveries", "kept_answers"
    _create(
        "retention_policy",
        sa.Column("data_class", _words("dataclass", *classes), nullable=False),
        sa.Column("keep_days", sa.Integer(), nullable=False),
        sa.CheckConstraint("keep_days between 1 and 1825", name=op.f("ck_retention_policy_keep_days")),
    )
    _key("uq_retention_policy_class", "retention_policy", "data_class")


def _break_glass() -> None:
    _create(
        "break_glass",
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("prefix_text", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("opened_at", INSTANT, nullable=True),
        sa.Column("expires_at", INSTANT, nullable=True),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.CheckConstraint(
            "approved_by is null or approved_by <> requested_by", name=op.f("ck_break_glass_two_operators")
        ),
        sa.CheckConstraint("minutes between 1 and 60", name=op.f("ck_break_glass_minutes")),
    )
    op.create_table(
        "operator",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("removed_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operator")),
    )
    op.execute(f"grant select, insert, update (removed_at) on operator to {APP}")


def _holders(others: str) -> None:
    """Whose keys name a person, and whose a service."""
    op.execute("alter table api_key drop constraint ck_api_key_role_of_holder")
    op.execute(
        "alter table api_key add constraint ck_api_key_role_of_holder "
        f"check ({others}(role = 'service_account') = (service_account is not null))"
    )


def _create(table: str, *items: Any) -> None:
    """A table of rows as every table of an organisation has them."""
    op.create_table(
        table,
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        *items,
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f(f"fk_{table}_organisation_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f(f"pk_{table}")),
    )


def _refers(table: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organisation_id", f"{target}_id"],
        [f"{target}.organisation_id", f"{target}.id"],
        name=op.f(f"fk_{table}_{target}_organisation_id_{target}_id"),
        ondelete="RESTRICT",
    )


def _words(name: str, *words: str) -> Any:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=40)


def _index(name: str, table: str, *columns: str) -> None:
    op.create_index(name, table, ["organisation_id", *columns])


def _key(name: str, table: str, *columns: str, where: str | None = None) -> None:
    condition = None if where is None else sa.text(where)
    op.create_index(name, table, ["organisation_id", *columns], unique=True, postgresql_where=condition)
