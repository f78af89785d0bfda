"""Reminders: once for each task, what waits for a person is told to whatever sends their mail."""
