"""External ids, e-mail addresses, employee numbers and departments in small letters and in columns, as logins are.

Row-level security lets an index answer only what cannot leak, and `lower()` is not declared so: each look-up by one of
these read the whole organisation. Writing the columns locks the table for as long as a copy of it takes.
"""

import sqlalchemy as sa
from alembic import op

revision = "e7a35c1f9d24"
down_revision = "5b0e83d7c264"
branch_labels = None
depends_on = None

NAMES = ("external_id", "work_email", "employee_number", "department")
UNIQUE = ("external_id", "work_email")
NUMBER, DEPARTMENT = "ix_person_employee_number", "ix_person_department_key"


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    # One statement, one copy.
    op.execute(
        "alter table person "
        + ", ".join(f"add column {name}_key text generated always as (lower({name})) stored" for name in NAMES)
    )
    for name in UNIQUE:
        op.drop_index(f"uq_person_{name}", "person")
        op.create_index(f"uq_person_{name}", "person", ["organisation_id", f"{name}_key"], unique=True)
    op.drop_index(NUMBER, "person")
    op.create_index(NUMBER, "person", ["organisation_id", "employee_number_key", "id"])
    op.create_index(DEPARTMENT, "person", ["organisation_id", "department_key", "id"])


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.drop_index(DEPARTMENT, "person")
    op.drop_index(NUMBER, "person")
    op.create_index(NUMBER, "person", ["organisation_id", sa.text("lower(employee_number)"), "id"])
    for name in UNIQUE:
        op.drop_index(f"uq_person_{name}", "person")
        op.create_index(f"uq_person_{name}", "person", ["organisation_id", sa.text(f"lower({name})")], unique=True)
    for name in NAMES:
        op.drop_column("person", f"{name}_key")
