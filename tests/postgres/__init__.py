"""The room of the PostgreSQL that tests bring along: a throwaway server, and a fresh database for each test.

Fixtures, for every test below tests/ (tests/conftest.py hands them out):

    postgres: Server              the session's server, shared by all workers
    database: str                 the URL of a fresh database with Headway's schema, dropped after the test
    empty_database: str           the same without the schema
    databases: Databases          for tests that need several: `with databases.fresh(template=…) as url`
    pooler: Pooler                a pgbouncer in transaction mode before `database`, which is at `pooler.url` then
    private_cluster               makes a server of the test's own, to restart, kill, pause or fill:
        with private_cluster(*, settings: Mapping[str, str] = {}, durable=False, tcp=False, size_mb=None) as Cluster

    Server      url(database="postgres", *, user=None, tcp=False) -> str     connect(database, **options) -> Connection
                role(name, options="login") -> str: a role's name, unlike any other; url(user=…) knows its password
                create_database(name, *, template=None)   drop_database(name)   drop_role(name)
    Cluster     a Server with  start()  stop(how="fast")  restart(how="fast"|"immediate"|"smart")  kill()
                pause()  go_on()  `with paused()`  running  pid  port  log  data (its folder)
    Pooler      url  start()  stop()  restart()  log;  pooler.pooling(url, size=20) makes one before any address
    FaultProxy  `with proxy.FaultProxy(url) as proxy`: proxy.url  latency(s, "up"|"down")
                swallow(…)  `with swallowing(…)`  cut(after, "up"|"down")  reset()  refuse()  heal()
                passed("up"|"down")  connections  accepted

The server is the one at HEADWAY_TEST_POSTGRES (a URL under which databases and roles may be created), else the
PostgreSQL of this machine in a folder in RAM. A private cluster is always of this machine. Nothing here is ever
skipped: where there is no PostgreSQL, the tests that need one fail and name the command that installs it.
"""
