"""Owns the proof that whatever is sent, along the document or against it, is answered as the document says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from headway.http.application import Application
from headway.http.loopback import loopback
from headway.http.openapi import document
from headway.stores.memory import MemoryStore
from tests.http.conftest import QUICK, Api, Running

JOB = "0192d3a0-7c00-7000-8000-00000000f022"

schema = schemathesis.openapi.from_dict(document())


@schema.hook
def map_path_parameters(context: Any, path_parameters: Any) -> Any:
    """Most of the time a job that exists; what a wrong id is answered has tests of its own."""
    known = isinstance(path_parameters, dict) and len(str(path_parameters.get("id"))) % 4 > 0
    return {"id": JOB} if known else path_parameters


@schema.hook
def map_query(context: Any, query: Any) -> Any:
    """Nobody waits here: whoever waits for a change that does not come waits long."""
    return _without("wait", query)


@schema.hook
def map_headers(context: Any, headers: Any) -> Any:
    return _without("Prefer", headers)


def _without(name: str, given: Any) -> Any:
    return {key: value for key, value in given.items() if key != name} if isinstance(given, dict) else given


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    application = Application(MemoryStore(), policy=loopback, pace=QUICK, hosted=False)
    with Running(application, [application]) as running:
        api = Api(running.url)
        api.create(id=JOB, steps=["scan"], plan=None)
        api.attach(JOB)
        api.close()
        yield running.url


@schema.parametrize()
# Few, because each is a request over a socket; the soak runs them again with other examples.
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_route_answers_as_the_document_says(case: schemathesis.Case[Any], url: str) -> None:
    # Not every rule can be said in a schema: names that must be unique, a cursor that must be one of ours.
    case.call_and_validate(base_url=url, timeout=10, excluded_checks=[positive_data_acceptance])
