"""Owns what must be the same whoever reports: the core in Python, and the functions in the database through psql."""
