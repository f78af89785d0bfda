"""The contract: its files, what is kept of it at a release, and what would break whoever relies on it."""


class NothingReleased(RuntimeError):
    """A folder holds no contract to compare with."""
