"""Nominations: who thinks that somebody should take part says so, and learns nothing of the directory by it."""
