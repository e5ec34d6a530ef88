"""Jobs in PostgreSQL: one database for many workers and many servers."""
