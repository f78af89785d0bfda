"""Opportunities: what taking part opens, and who puts themselves forward for it."""
