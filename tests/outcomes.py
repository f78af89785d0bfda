"""What comes of a call: a refusal by its code, or one of several calls made side by side."""

import asyncio
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from app.errors import DomainError, Invalid


@contextmanager
def refused(code: str, *pointers: str) -> Iterator[None]:
    """The block is refused with this code; with `pointers`, because of these members of the request."""
    with pytest.raises(DomainError) as caught:
        yield
    assert caught.value.code == code
    if pointers:
        assert tuple(fault.pointer for fault in caught.value.faults) == pointers


@contextmanager
def invalid(code: str, pointer: str) -> Iterator[pytest.ExceptionInfo[Invalid]]:
    """The block is refused as invalid, for this one fault of the request."""
    with pytest.raises(Invalid) as caught:
        yield caught
    assert [(fault.code, fault.pointer) for fault in caught.value.faults] == [(code, pointer)]


async def at_once(*calls: Awaitable[Any]) -> tuple[list[Any], list[str]]:
    """Calls made side by side: the answers, and the codes of the refusals."""
    results = await asyncio.gather(*calls, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException) and not isinstance(result, DomainError):
            raise result
    answers = [result for result in results if not isinstance(result, DomainError)]
    return answers, [result.code for result in results if isinstance(result, DomainError)]
