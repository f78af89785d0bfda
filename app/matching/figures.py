"""Statistics in whole numbers: the same bytes on every machine, and no report that depends on a rounding mode."""

from collections.abc import Sequence

# Rates and the Gini coefficient are told in hundredths of a per cent.
WHOLE = 10_000
# Below this many people, a group's figures would point at persons.
SMALLEST_CELL = 10


def divided(part: int, whole: int) -> int:
    """The quotient, halves rounded up: the one rounding of every report."""
    return (2 * part + whole) // (2 * whole)


def rate(part: int, whole: int) -> int | None:
    """Parts per 10,000 of `whole`; nothing of nothing."""
    return divided(WHOLE * part, whole) if whole else None


def mean(values: Sequence[int]) -> int | None:
    """The mean in the unit of the values."""
    return divided(sum(values), len(values)) if values else None


def percentile(values: Sequence[int], per_cent: int) -> int | None:
    """The nearest-rank percentile: the smallest value that at least `per_cent` of the values do not exceed."""
    if not values:
        return None
    return sorted(values)[-(-per_cent * len(values) // 100) - 1]


def gini(values: Sequence[int]) -> int | None:
    """Inequality of non-negative values, 0 (all alike) to 10,000; by ranks, as Sen (1973) writes it."""
    total, count = sum(values), len(values)
    if not total:
        return None
    weighed = sum((2 * rank - count - 1) * value for rank, value in enumerate(sorted(values), start=1))
    return divided(WHOLE * weighed, count * total)
