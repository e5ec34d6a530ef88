"""The room of the PostgreSQL that tests bring along: a throwaway server, and a fresh database for each test.

Fixtures, for every test below tests/ (tests/conftest.py hands them out):

    postgres: Server              the session's server, shared by all workers
    database: str                 the URL of a fresh database with Headway's schema, dropped after the test
    empty_database: str           the same without the schema
    private_cluster               makes a server of the test's own, to restart, kill, pause or fill:
        with private_cluster(*, settings: Mapping[str, str] = {}, durable=False, tcp=False, size_mb=None) as Cluster

    Server    url(database="postgres", *, user=None, tcp=False) -> str     role(name, options="login") -> str
              create_database(name, *, template=None)   drop_database(name)   connect(...) -> psycopg.Connection
    Cluster   a Server with  start()  stop(how="fast")  restart(how="fast"|"immediate"|"smart")  kill()
              pause()  go_on()  `with paused()`  running  log  pid  data (its folder)

The server is the one at HEADWAY_TEST_POSTGRES (a URL under which databases and roles may be created), else the
PostgreSQL of this machine in a folder in RAM. A private cluster is always of this machine. Nothing here is ever
skipped: where there is no PostgreSQL, the tests that need one fail and name the command that installs it.
"""
