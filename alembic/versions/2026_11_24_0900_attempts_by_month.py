"""Attempts lie in monthly partitions, know their endpoint and what was sent; deliveries are found by their state."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.isolation import isolate, let_worker, release, stop_worker
from app.partitioning import ATTEMPTS, months

revision = "3c9d5e17ab42"
down_revision = "5a7e0d93c1b6"
branch_labels = None
depends_on = None

KEPT = (
    "organisation_id, id, version, created_at, updated_at, delivery_id, number, started_at, elapsed_ms, status, error, "
    "address, response"
)
# Nothing is kept for longer than a year.
LONGEST = timedelta(days=366)
AHEAD = timedelta(days=62)
NEW = (
    sa.Column("endpoint_id", sa.Text(), nullable=False),
    sa.Column("request_headers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
)


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    with _replaced():
        _create(*NEW, postgresql_partition_by="RANGE (id)")
        op.create_index("ix_attempt_endpoint", "attempt", ["organisation_id", "endpoint_id", "id"])
        for statement in ATTEMPTS.begin():
            op.execute(statement)
        for month in _months():
            for statement in ATTEMPTS.add(month):
                op.execute(statement)
        op.execute(f"""
            insert into attempt ({KEPT}, endpoint_id, request_headers)
            select {", ".join(f"a.{name.strip()}" for name in KEPT.split(","))}, d.endpoint_id, '{{}}'
            from attempt_before a join delivery d on d.organisation_id = a.organisation_id and d.id = a.delivery_id
        """)
    op.create_index("ix_delivery_status", "delivery", ["organisation_id", "endpoint_id", "status", "id"])


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.drop_index("ix_delivery_status", table_name="delivery")
    with _replaced():
        _create()
        op.execute(f"insert into attempt ({KEPT}) select {KEPT} from attempt_before")


@contextmanager
def _replaced() -> Iterator[None]:
    """Put the old table aside, let a new one be made and filled, and open that to the service."""
    stop_worker("attempt")
    release("attempt")
    op.execute("alter table delivery no force row level security")
    op.execute("alter table attempt rename to attempt_before")
    op.execute("alter table attempt_before rename constraint pk_attempt to pk_attempt_before")
    op.execute("drop index ix_attempt_delivery")
    yield
    op.execute("drop table attempt_before")
    op.execute("alter table delivery force row level security")
    isolate("attempt")
    let_worker("attempt", "select, insert")


def _create(*new: sa.Column, **options: str) -> None:
    op.create_table(
        "attempt",
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivery_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("elapsed_ms", sa.Integer(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("response", sa.Text(), nullable=True),
        *new,
        sa.ForeignKeyConstraint(
            ["organisation_id", "delivery_id"],
            ["delivery.organisation_id", "delivery.id"],
            name=op.f("fk_attempt_delivery_organisation_id_delivery_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_attempt_organisation_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_attempt")),
        **options,
    )
    op.create_index("ix_attempt_delivery", "attempt", ["organisation_id", "delivery_id", "id"])


def _months() -> Iterator[datetime]:
    now, oldest = op.get_bind().execute(sa.text("select now(), min(created_at) from attempt_before")).one()
    first = max(oldest or now, now - LONGEST).astimezone(UTC)
    return months(first, now + AHEAD)
