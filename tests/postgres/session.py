"""Owns a worker in miniature: takes its session's server as workers do, says where that is, and stays until told.

Run as a program with the session's name as its argument; it ends when its input does.
"""

from __future__ import annotations

import sys

from tests.postgres.shared import server_of

if __name__ == "__main__":
    with server_of(sys.argv[1]) as server, server.connect() as connection:
        print(connection.execute("show data_directory").fetchone()[0], flush=True)  # type: ignore[index]  # one row
        sys.stdin.read()
