"""What a programme is matched by, the runs that match it, and the pairs that they propose."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.isolation import isolate, release

revision = "7c9e4d0b3f62"
down_revision = "6b8d3fac2e51"
branch_labels = None
depends_on = None

TABLES = ("matching_policy", "match_run", "match_run_matter", "match_proposal")


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.create_table(
        "matching_policy",
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("programme_id", sa.Text(), nullable=False),
        sa.Column("template", sa.Text(), nullable=True),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "programme_id"],
            ["programme.organisation_id", "programme.id"],
            name=op.f("fk_matching_policy_programme_organisation_id_programme_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_matching_policy_organisation_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_matching_policy")),
    )
    op.create_index(
        "uq_matching_policy_programme",
        "matching_policy",
        ["organisation_id", "programme_id"],
        unique=True,
        postgresql_where=None,
    )
    op.create_table(
        "match_run",
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("programme_id", sa.Text(), nullable=False),
        sa.Column(
            "mode",
            sa.Enum(
                "full",
                "incremental",
                "dry_run",
                "what_if",
                name="runmode",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "queued",
                "running",
                "proposed",
                "approved",
                "discarded",
                "superseded",
                "failed",
                "cancelled",
                name="runstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("policy", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("budget_seconds", sa.Integer(), nullable=True),
        sa.Column("stop_gap", sa.Integer(), nullable=True),
        sa.Column("pins", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("base_run_id", sa.Text(), nullable=True),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("operation_id", sa.Text(), nullable=True),
        sa.Column("phase", sa.Text(), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("objective", sa.BigInteger(), nullable=True),
        sa.Column("bound", sa.BigInteger(), nullable=True),
        sa.Column(
            "solution",
            sa.Enum("optimal", "bounded", name="solution", native_enum=False, create_constraint=True, length=40),
            nullable=True,
        ),
        sa.Column("mentor_count", sa.Integer(), nullable=True),
        sa.Column("mentee_count", sa.Integer(), nullable=True),
        sa.Column("pair_count", sa.Integer(), nullable=True),
        sa.Column("unmatched_count", sa.Integer(), nullable=True),
        sa.Column("report", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("versions", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("input_hash", sa.Text(), nullable=True),
        sa.Column("result_hash", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("failure_code", sa.Text(), nullable=True),
        sa.Column("faults", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(mode = 'what_if') = (base_run_id is not null)", name=op.f("ck_match_run_base")),
        sa.CheckConstraint("done >= 0 and (total is null or done <= total)", name=op.f("ck_match_run_progress")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "base_run_id"],
            ["match_run.organisation_id", "match_run.id"],
            name=op.f("fk_match_run_match_run_organisation_id_base_run_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "programme_id"],
            ["programme.organisation_id", "programme.id"],
            name=op.f("fk_match_run_programme_organisation_id_programme_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_match_run_organisation_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_match_run")),
    )
    op.create_index(
        "ix_match_run_base",
        "match_run",
        ["organisation_id", "base_run_id"],
        unique=False,
        postgresql_where=sa.text("base_run_id is not null"),
    )
    op.create_index(
        "ix_match_run_operation", "match_run", ["organisation_id", "operation_id"], unique=False, postgresql_where=None
    )
    op.create_index(
        "ix_match_run_programme",
        "match_run",
        ["organisation_id", "programme_id", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        "uq_match_run_live",
        "match_run",
        ["organisation_id", "programme_id"],
        unique=True,
        postgresql_where=sa.text("status in ('queued', 'running')"),
    )
    op.create_table(
        "match_run_matter",
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("match_run_id", sa.Text(), nullable=False),
        sa.Column("market", sa.LargeBinary(), nullable=True),
        sa.Column("plan", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "match_run_id"],
            ["match_run.organisation_id", "match_run.id"],
            name=op.f("fk_match_run_matter_match_run_organisation_id_match_run_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_match_run_matter_organisation_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "match_run_id", name=op.f("pk_match_run_matter")),
    )
    op.create_table(
        "match_proposal",
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("match_run_id", sa.Text(), nullable=False),
        sa.Column("programme_id", sa.Text(), nullable=False),
        sa.Column("mentor_enrolment_id", sa.Text(), nullable=False),
        sa.Column("mentee_enrolment_id", sa.Text(), nullable=False),
        sa.Column("mentor_id", sa.Text(), nullable=False),
        sa.Column("mentee_id", sa.Text(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "suggested",
                "offered",
                "half_accepted",
                "confirmed",
                "declined",
                "expired",
                "vetoed",
                "superseded",
                name="proposalstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("mentor_points", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("mentee_points", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mentor_accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mentee_accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("declined_by", sa.Text(), nullable=True),
        sa.Column("decline_reason", sa.LargeBinary(), nullable=True),
        sa.Column("is_reason_shared", sa.Boolean(), nullable=True),
        sa.Column("veto_reason", sa.LargeBinary(), nullable=True),
        sa.Column("pairing_id", sa.Text(), nullable=True),
        sa.CheckConstraint("mentor_id <> mentee_id", name=op.f("ck_match_proposal_two_people")),
        sa.CheckConstraint("score between 0 and 100000", name=op.f("ck_match_proposal_score")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "declined_by"],
            ["person.organisation_id", "person.id"],
            name=op.f("fk_match_proposal_person_organisation_id_declined_by"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "match_run_id"],
            ["match_run.organisation_id", "match_run.id"],
            name=op.f("fk_match_proposal_match_run_organisation_id_match_run_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "mentee_enrolment_id"],
            ["enrolment.organisation_id", "enrolment.id"],
            name=op.f("fk_match_proposal_enrolment_organisation_id_mentee_enrolment_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "mentee_id"],
            ["person.organisation_id", "person.id"],
            name=op.f("fk_match_proposal_person_organisation_id_mentee_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "mentor_enrolment_id"],
            ["enrolment.organisation_id", "enrolment.id"],
            name=op.f("fk_match_proposal_enrolment_organisation_id_mentor_enrolment_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "mentor_id"],
            ["person.organisation_id", "person.id"],
            name=op.f("fk_match_proposal_person_organisation_id_mentor_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "pairing_id"],
            ["pairing.organisation_id", "pairing.id"],
            name=op.f("fk_match_proposal_pairing_organisation_id_pairing_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "programme_id"],
            ["programme.organisation_id", "programme.id"],
            name=op.f("fk_match_proposal_programme_organisation_id_programme_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_match_proposal_organisation_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_match_proposal")),
    )
    op.create_index(
        "ix_match_proposal_due",
        "match_proposal",
        ["organisation_id", "expires_at", "id"],
        unique=False,
        postgresql_where=sa.text("status in ('offered', 'half_accepted')"),
    )
    op.create_index(
        "ix_match_proposal_mentee",
        "match_proposal",
        ["organisation_id", "mentee_id", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        "ix_match_proposal_mentee_enrolment",
        "match_proposal",
        ["organisation_id", "mentee_enrolment_id", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        "ix_match_proposal_mentor",
        "match_proposal",
        ["organisation_id", "mentor_id", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        "ix_match_proposal_mentor_enrolment",
        "match_proposal",
        ["organisation_id", "mentor_enrolment_id", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        "ix_match_proposal_pairing",
        "match_proposal",
        ["organisation_id", "pairing_id"],
        unique=False,
        postgresql_where=sa.text("pairing_id is not null"),
    )
    op.create_index(
        "ix_match_proposal_programme",
        "match_proposal",
        ["organisation_id", "programme_id", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        "ix_match_proposal_run",
        "match_proposal",
        ["organisation_id", "match_run_id", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        "uq_match_proposal_offered",
        "match_proposal",
        ["organisation_id", "mentor_enrolment_id", "mentee_enrolment_id"],
        unique=True,
        postgresql_where=sa.text("status in ('offered', 'half_accepted')"),
    )
    op.create_index(
        "uq_match_proposal_pair",
        "match_proposal",
        ["organisation_id", "match_run_id", "mentor_enrolment_id", "mentee_enrolment_id"],
        unique=True,
        postgresql_where=None,
    )
    for table in TABLES:
        isolate(table)


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    for table in reversed(TABLES):
        release(table)
        op.drop_table(table)
