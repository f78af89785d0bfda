"""What an image is built with: everything compiled is compiled."""

import pytest

from app.matching import kernel, paths, warming

# What compiles is not ours, and slow to trace.
pytestmark = pytest.mark.untraced


def test_one_market_has_everything_compiled() -> None:
    warming.main()

    assert kernel.scan.signatures
    assert paths.search.signatures
