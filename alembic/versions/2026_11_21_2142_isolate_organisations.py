"""Isolate organisations: roles that own nothing, row-level security on every table."""

from alembic import op

from app.isolation import APP, WORKER, isolate, let_worker, release, stop_worker

revision = "b7d1c0a5e2f4"
down_revision = "25feb9255497"
branch_labels = None
depends_on = None

ORGANISATION_TABLES = """
    action_item agenda_item agreement api_key attempt attendance delivery do_not_pair enrolment event_counter feedback goal
    goal_milestone idempotency_record note outbox_event pairing person programme programme_milestone programme_resource
    programme_role rank session session_link signature sponsorship topic webhook_endpoint webhook_secret win
""".split()
# What a worker may do across organisations: move the queues, nothing else.
WORKER_MAY = {
    "outbox_event": "select, insert, update",
    "event_counter": "select, update",
    "webhook_endpoint": "select, update",
    "webhook_secret": "select",
    "delivery": "select, insert, update",
    "attempt": "select, insert",
}


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    for role in (APP, WORKER):
        # Roles belong to the whole server: another database may have made them.
        op.execute(f"""
            do $$ begin
                if not exists (select from pg_roles where rolname = '{role}') then create role {role} nologin; end if;
            end $$
        """)
        op.execute(f"grant {role} to current_user")
        op.execute(f"grant usage on schema public to {role}")
    for table in ORGANISATION_TABLES:
        isolate(table)
    isolate("organisation", column="id")
    for table, may in WORKER_MAY.items():
        let_worker(table, may)
    op.execute(f"grant select, insert on credential to {APP}")
    # An event that was written down stays: requests may add, only the relay may number.
    op.execute(f"revoke update, delete on outbox_event from {APP}")


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    for table in WORKER_MAY:
        stop_worker(table)
    for table in (*ORGANISATION_TABLES, "organisation"):
        release(table)
    op.execute(f"revoke all on credential from {APP}")
    for role in (APP, WORKER):
        op.execute(f"revoke usage on schema public from {role}")
