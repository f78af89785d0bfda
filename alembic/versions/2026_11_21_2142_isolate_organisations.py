"""Isolate organisations: roles that own nothing, row-level security on every table."""

from alembic import op

revision = "b7d1c0a5e2f4"
down_revision = "25feb9255497"
branch_labels = None
depends_on = None

APP, WORKER = "flipside_app", "flipside_worker"
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
# Empty, not null, once a transaction-local setting has ended: nullif closes both.
OWN = "(select nullif(current_setting('app.organisation', true), ''))"


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
        _isolate(table, "organisation_id")
    _isolate("organisation", "id")
    for table, may in WORKER_MAY.items():
        op.execute(f"grant {may} on {table} to {WORKER}")
        op.execute(f"create policy queues on {table} to {WORKER} using (true) with check (true)")
    op.execute(f"grant select, insert on credential to {APP}")
    # An event that was written down stays: requests may add, only the relay may number.
    op.execute(f"revoke update, delete on outbox_event from {APP}")


def _isolate(table: str, column: str) -> None:
    op.execute(f"grant select, insert, update, delete on {table} to {APP}")
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(
        f"create policy own_organisation on {table} to {APP} using ({column} = {OWN}) with check ({column} = {OWN})"
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    for table in WORKER_MAY:
        op.execute(f"drop policy queues on {table}")
        op.execute(f"revoke all on {table} from {WORKER}")
    for table in (*ORGANISATION_TABLES, "organisation"):
        op.execute(f"drop policy own_organisation on {table}")
        op.execute(f"alter table {table} no force row level security")
        op.execute(f"alter table {table} disable row level security")
        op.execute(f"revoke all on {table} from {APP}")
    op.execute(f"revoke all on credential from {APP}")
    for role in (APP, WORKER):
        op.execute(f"revoke usage on schema public from {role}")
