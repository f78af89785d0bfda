"""What an image is built with: everything compiled is compiled."""

from app.matching import kernel, paths, warming


def test_one_market_has_everything_compiled() -> None:
    warming.main()

    assert kernel.scan.signatures
    assert paths.search.signatures
