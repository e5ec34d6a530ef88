"""The room of what only a database on a server can suffer: roles, migrations, faults of the way to it."""
