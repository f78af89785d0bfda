"""What a migration says of each new table: whose rows are whose, and what the roles of the service may do with them."""

from alembic import op

APP, WORKER = "flipside_app", "flipside_worker"
# Empty, not null, once a transaction-local setting has ended: nullif closes both.
OWN = "(select nullif(current_setting('app.organisation', true), ''))"


def isolate(table: str, *, may: str = "select, insert, update, delete", column: str = "organisation_id") -> None:
    """Keep each organisation to its own rows of `table`; requests may do `may` with them, and nothing else."""
    op.execute(f"grant {may} on {table} to {APP}")
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(
        f"create policy own_organisation on {table} to {APP} using ({column} = {OWN}) with check ({column} = {OWN})"
    )


def release(table: str) -> None:
    """Take back what `isolate` gave."""
    op.execute(f"drop policy own_organisation on {table}")
    op.execute(f"alter table {table} no force row level security")
    op.execute(f"alter table {table} disable row level security")
    op.execute(f"revoke all on {table} from {APP}")


def let_worker(table: str, may: str) -> None:
    """Let the worker do `may` with the rows of every organisation."""
    op.execute(f"grant {may} on {table} to {WORKER}")
    op.execute(f"create policy queues on {table} to {WORKER} using (true) with check (true)")


def stop_worker(table: str) -> None:
    """Take back what `let_worker` gave."""
    op.execute(f"drop policy queues on {table}")
    op.execute(f"revoke all on {table} from {WORKER}")
