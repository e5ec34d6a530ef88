"""Jobs in one SQLite file that several processes share."""
