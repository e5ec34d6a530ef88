"""Owns the proof that the document tells every route, and that no request that follows it, or does not, breaks one."""

from __future__ import annotations

import re
from typing import Any

from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from headway.core.items import _TYPES
from headway.http.application import Application
from headway.http.engine import Engine
from headway.http.loopback import loopback
from headway.http.openapi import document
from headway.http.problems import PROBLEMS
from headway.stores.memory import MemoryStore
from tests.house.rules import ROOT
from tests.http.conftest import QUICK, Api

DOCUMENT = document()


async def routes() -> dict[str, set[str]]:
    application = Application(MemoryStore(), policy=loopback, pace=QUICK, hosted=False)
    engine: Engine = await application.engine()
    found = {path: {method.lower() for method in methods} for path, methods in engine.routes.items()}
    await application.close()
    return found


async def test_the_document_has_every_route_and_no_other() -> None:
    told = {path: set(methods) - {"parameters"} for path, methods in DOCUMENT["paths"].items()}
    assert told == await routes()


def test_the_document_is_valid() -> None:
    OpenAPIV31SpecValidator(DOCUMENT).validate()


def test_the_server_sends_it(api: Api) -> None:
    assert api.http.get("/openapi.json").json() == DOCUMENT


def test_it_tells_every_kind_of_report() -> None:
    told = {item["properties"]["type"]["const"] for item in DOCUMENT["components"]["schemas"]["Report"]["oneOf"]}
    assert told == set(_TYPES)


def test_it_tells_every_field_of_a_report() -> None:
    for item in DOCUMENT["components"]["schemas"]["Report"]["oneOf"]:
        command = _TYPES[item["properties"]["type"]["const"]]
        assert set(item["properties"]) - {"type"} == set(command._fields), command


def test_every_error_that_can_be_answered_has_a_status() -> None:
    codes = set()
    for module in ("core/errors.py", "http/refusals.py"):
        codes |= set(re.findall(r'^    code = "(.+)"$', (ROOT / "src" / "headway" / module).read_text(), re.MULTILINE))
    never_answered = {"error", "backward-step", "cancelled", "invalid-setting", "missing-extra"}
    assert codes - never_answered == set(PROBLEMS)
    operations = [entry for path in DOCUMENT["paths"].values() for entry in path.values() if "responses" in entry]
    told = {int(code) for operation in operations for code in operation["responses"]}
    assert {status for status, _ in PROBLEMS.values()} - told == {405}


def test_a_job_on_the_wire_is_as_described(api: Api) -> None:
    schemas = {"components": DOCUMENT["components"]}
    job_id = api.running("scan", labels={"n": 1})
    api.report(job_id, {"type": "start_step", "step": "scan"}, {"type": "update", "current": 3})
    api.report(job_id, {"type": "succeed", "result": {"n": 3}})

    def check(name: str, value: Any) -> None:
        OAS31Validator({"$ref": f"#/components/schemas/{name}", **schemas}).validate(value)

    check("Job", api.job(job_id))
    check("Jobs", api.http.get("/v1/jobs").json())
    check("History", api.http.get(f"/v1/jobs/{job_id}/history").json())
    check("Items", api.http.get("/v1/events").json())
    check("Problem", api.http.get("/v1/jobs/7").json())
