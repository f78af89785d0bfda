"""The matching engine: the provably best pairs of a market under a policy. Pure: no database, no doors, no clock."""
