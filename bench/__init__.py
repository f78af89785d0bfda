"""What the service costs, against the least that the same answers can cost in Python (docs/performance.md)."""
