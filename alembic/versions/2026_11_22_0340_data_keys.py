"""Data keys; what is written in confidence becomes bytes. Its texts are sealed by the next migration."""

import sqlalchemy as sa
from alembic import op

from app.isolation import isolate, let_worker, release, stop_worker

revision = "d2a7c4e91b30"
down_revision = "3c5f0d7a91e2"
branch_labels = None
depends_on = None

COLUMNS = (("note", "text"), ("feedback", "text"), ("do_not_pair", "reason"), ("pairing", "shared_manager_waiver"))


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.create_table(
        "data_key",
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=True),
        sa.Column("kek_id", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shredded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(wrapped is null) = (shredded_at is not null)", name="ck_data_key_shredded"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_data_key_organisation_organisation_id"
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name="pk_data_key"),
    )
    op.create_index("uq_owner_generation", "data_key", ["organisation_id", "owner", "generation"], unique=True)
    # A key is made, wrapped anew or shredded, and the fact stays: nobody deletes one.
    isolate("data_key", may="select, insert, update (wrapped, kek_id, shredded_at)")
    let_worker("data_key", "select, update (wrapped, kek_id)")
    for table, column in COLUMNS:
        op.execute(f"alter table {table} alter column {column} type bytea using convert_to({column}, 'UTF8')")


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    for table, column in COLUMNS:
        op.execute(f"alter table {table} alter column {column} type text using convert_from({column}, 'UTF8')")
    stop_worker("data_key")
    release("data_key")
    op.drop_table("data_key")
