"""Coverage traces the service while tests and fixtures run, and not the work of pytest around them.

A line that is traced takes three times as long, whoever's it is. pytest-cov's own `no_cover` does nothing here: in a
process of pytest-xdist it stops one of two tracers.
"""

import pkgutil
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import pytest

import app

# Founds an organisation for every other test, always the same way; the founding of others is traced.
UNTRACED_FIXTURES = {"world"}


@contextmanager
def tracing(tracer: Any) -> Iterator[None]:
    """Trace with this, or with nothing at all, for a while."""
    before = sys.gettrace()
    sys.settrace(tracer)
    try:
        yield
    finally:
        sys.settrace(before)


class Tracing:
    """The plugin: it turns the tracer on for what counts, and off for the rest."""

    def __init__(self) -> None:
        self._tracer: Any = None
        self._wanted = True

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_collection(self, session: pytest.Session) -> Generator[None, object, object]:
        """What modules do when they are imported counts; what the many tests do when they are collected does not."""
        self._tracer = sys.gettrace()
        # With pytest-xdist, the process that hands out the tests runs none.
        runs_tests = session.config.getoption("dist", "no") == "no"
        for module in pkgutil.walk_packages(app.__path__, "app.") if self._tracer and runs_tests else ():
            import_module(module.name)
        with tracing(None):
            return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtestloop(self) -> Generator[None, object, object]:
        """Nothing is traced, but what follows."""
        with tracing(None):
            return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """A marker says that other tests trace the same lines."""
        self._wanted = item.get_closest_marker("untraced") is None
        return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self) -> Generator[None, object, object]:
        """A test."""
        with tracing(self._tracer if self._wanted else None):
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[object]) -> Generator[None, object, object]:
        """A fixture of a test that is traced, and one of many tests, whichever of them came first."""
        wanted = fixturedef.scope == "session" or (self._wanted and fixturedef.argname not in UNTRACED_FIXTURES)
        with tracing(self._tracer if wanted else None):
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self, nextitem: pytest.Item | None) -> Generator[None, object, object]:
        """The end of the fixtures of the whole run."""
        with tracing(None if nextitem else self._tracer):
            return (yield)
