"""Encryption at rest: who writes in confidence has a key of their own, and without it their words are noise."""
