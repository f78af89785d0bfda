"""How much callers may ask for in a minute, and how they learn of it."""
