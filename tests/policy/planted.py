"""Faults planted on purpose, each in a copy of the tree: the test that guards against it has to notice.

That the guards pass where nothing is planted, `make test` shows.
`make test-planted`, or `python -m tests.policy.planted [word ...]` for those whose name holds a word.
"""

import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
_ISOLATION, _LIMITS = "tests/security/test_isolation.py", "tests/graphql/test_limits.py"
_VISIBILITY, _OWN_PAIR = "tests/reading/test_visibility.py", "tests/reading/test_own_pair.py"
_POLICY, _TIERS, _INVENTORY = "tests/auth/test_policy.py", "tests/auth/test_tiers.py", "tests/policy/test_inventory.py"
_DOORS = "tests/policy/test_doors.py::test_operations_are_refused_as_the_policy_says"
_MIGRATION = "alembic/versions/2026_11_21_2142_isolate_organisations.py"
_END_OF_UPGRADE = '    op.execute(f"revoke update, delete on outbox_event from {APP}")\n'
_SECONDS = 300
# What pytest says of tests that ran and failed. Anything else, and the guard did not do its work.
_FAILED = 1


@dataclass(frozen=True)
class Fault:
    """One fault: where `before` becomes `after`, and the tests that guard against it."""

    name: str
    file: str
    before: str
    after: str
    guard: str
    those: str = ""


FAULTS = (
    Fault(
        "a route without a row in the policy",
        "app/routers/api.py",
        "    for resource in RESOURCES:\n",
        '    found.add("GET", "/v1/everything", node)\n    for resource in RESOURCES:\n',
        _INVENTORY,
    ),
    Fault("a resource without a row", "app/auth/policy.py", '    "win": _PARTNERS,\n', "", _POLICY),
    Fault("an operation without a row", "app/auth/policy.py", "delete_note delete_win", "delete_note", _POLICY),
    Fault("a field without a tier", "app/auth/tiers.py", '"topic": {_O: "name', '"topic": {_O: "', _TIERS),
    Fault(
        "a rule that is too wide",
        "app/auth/policy.py",
        '"goal_milestone"), _joined({_SERVICE: (Relation.PUBLISHED,)}',
        '"goal_milestone"), _joined({_SERVICE: (Relation.PUBLISHED,), _ADMIN: _ANY}',
        _VISIBILITY,
        "found_by_those and goal",
    ),
    Fault(
        "a relation that holds too often",
        "app/domain/pairings/resource.py",
        "sa.or_(pairing.c.mentor_id == ME, pairing.c.mentee_id == ME)",
        "sa.or_(pairing.c.mentor_id == ME, pairing.c.mentee_id != ME)",
        "tests/policy/test_matrix.py",
        "lists and nobody",
    ),
    Fault(
        "reads that forget the policy",
        "app/reading/compile.py",
        "return owner(table) == ORGANISATION, visible(resource, table, self._role)",
        "return (owner(table) == ORGANISATION,)",
        _VISIBILITY,
        "found_by_those and note",
    ),
    Fault(
        "a confidential field that is shown",
        "app/reading/compile.py",
        "        if isinstance(allowed, sa.True_):\n",
        "        if allowed is not None:\n",
        _VISIBILITY,
        "hidden_field",
    ),
    Fault(
        "a confidential field in the wrong tier",
        "app/auth/tiers.py",
        '_C: "average_focus",\n        _X: "end_reason",',
        '_C: "average_focus end_reason",',
        _TIERS,
    ),
    Fault(
        "a filter that tells what the answer hides",
        "app/reading/compile.py",
        "return sa.and_(found, shown(listed.resource, table, self._role, rule.field))",
        "return found",
        _VISIBILITY,
        "filter_tells",
    ),
    Fault(
        "a decision on oneself",
        "app/auth/policy.py",
        "    return tuple(relation for relation in party if relation not in granted)\n",
        "    return ()\n",
        _OWN_PAIR,
    ),
    Fault(
        "changes that ask nobody",
        "app/reading/rows.py",
        "may = sa.true() if action is None else admission.permitted(resource, table, role, action)",
        "may = sa.true()",
        f"{_DOORS}[mentor-own]",
    ),
    Fault(
        "one change that asks nobody",
        "app/domain/enrolments/service.py",
        'enrolment_id, f"{move}_enrolment")\n    enrolment.step(move)',
        "enrolment_id, None)\n    enrolment.step(move)",
        f"{_DOORS}[coordinator mentee-coordinator's]",
    ),
    Fault(
        "an organisation that outlives its transaction",
        "app/db.py",
        "BEGIN; SET LOCAL app.organisation",
        "BEGIN; SET app.organisation",
        _ISOLATION,
        "ends_with_its_transaction",
    ),
    Fault(
        "a view that shows everybody's rows",
        _MIGRATION,
        _END_OF_UPGRADE,
        _END_OF_UPGRADE + '    op.execute("create view everybody as select * from person")\n',  # noqa: S608
        _ISOLATION,
        "view_shows",
    ),
    Fault(
        "a role that may empty a table",
        "app/isolation.py",
        "grant {may} on {table} to {APP}",
        "grant {may}, truncate on {table} to {APP}",
        _ISOLATION,
        "may_empty",
    ),
    Fault(
        "a table without row-level security",
        "app/isolation.py",
        '    op.execute(f"alter table {table} enable row level security")\n',
        "",
        _ISOLATION,
        "security_is_on",
    ),
    Fault(
        "a key that is unique over all organisations",
        _MIGRATION,
        _END_OF_UPGRADE,
        _END_OF_UPGRADE + '    op.execute("create unique index uq_planted on person (work_email)")\n',
        _ISOLATION,
        "unique_is_so",
    ),
    Fault(
        "a limiter that takes exponential time",
        "app/graphql/measuring.py",
        "        if name not in known:\n",
        "        if known.get(name, ...) is not None:\n",
        _LIMITS,
        "bomb_is_measured and measure and 18",
    ),
)


def main() -> int:
    """Plant each fault, and say which were caught; 1 when one was not."""
    chosen = [fault for fault in FAULTS if all(word in fault.name for word in sys.argv[1:])]
    with tempfile.TemporaryDirectory(prefix="flipside-planted-") as folder:
        tree = Path(folder) / "tree"
        shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(".git", ".venv", "var", ".*_cache", "__pycache__"))
        caught = [_is_caught(tree, fault) for fault in chosen]
    print(f"planted: {len(chosen)} faults, {sum(caught)} caught")
    return 0 if all(caught) else 1


def _is_caught(tree: Path, fault: Fault) -> bool:
    said = _planted(tree, fault)
    print(f"{'caught    ' if not said else 'NOT caught'}  {fault.name}{said and f': {said}'}", flush=True)
    return not said


def _planted(tree: Path, fault: Fault) -> str:
    """Why a fault was not caught; empty when it was."""
    place, guard = tree / fault.file, tree / fault.guard.partition("::")[0]
    sound = place.read_text(encoding="utf-8")
    if sound.count(fault.before) != 1:
        return f"{fault.file} does not hold the place once"
    if not guard.is_file():
        return f"there is no {fault.guard}"
    place.write_text(sound.replace(fault.before, fault.after), encoding="utf-8")
    try:
        return "" if _tested(tree, fault) == _FAILED else f"{fault.guard} does not fail"
    finally:
        place.write_text(sound, encoding="utf-8")


def _tested(tree: Path, fault: Fault) -> int:
    """How pytest ends over the guard of a fault."""
    options = ["-q", "-x", "-p", "no:xdist", "-p", "no:cacheprovider", *(["-k", fault.those] if fault.those else [])]
    command = [sys.executable, "-m", "pytest", *options, fault.guard]
    return subprocess.run(command, cwd=tree, capture_output=True, timeout=_SECONDS, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
