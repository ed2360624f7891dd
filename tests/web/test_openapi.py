import ast
import inspect
from pathlib import Path
from typing import Any, cast

import jsonschema
import msgspec
import pytest
from aiohttp import web

import servicehost.operations
from servicehost.domain.errors import Busy, Refused, StoreFull
from servicehost.ports.reads import Reads
from servicehost.settings.operators_door import OperatorsDoor
from servicehost.web.app import make_app
from servicehost.web.panel.routes import PANEL_ROUTES
from servicehost.web.problem_codes import STATUS
from servicehost.web.problems import status_of
from servicehost.web.route import PATH_PARAMETERS, Route
from servicehost.web.table import document, route_table
from tests.builders.api import Api
from tests.builders.office import open_office
from tests.fakes.no_cases import no_cases


@pytest.fixture(scope="module")
def spec() -> dict[str, Any]:
    read: dict[str, Any] = msgspec.json.decode(document())
    return read


async def test_the_document_is_served(api: Api, spec: dict[str, Any]) -> None:
    answer = await api.call("GET", "openapi.json")
    assert answer.json == spec
    assert answer.headers["Content-Type"] == "application/json"


async def test_no_route_is_registered_that_is_not_documented(spec: dict[str, Any]) -> None:
    office = await open_office()
    app = make_app(
        office.catalogue,
        no_cases(),
        cast("Reads", office.reads),
        office.clock,
        OperatorsDoor(),
        ready=lambda: True,
        metrics=lambda: b"",
    )
    served = {
        (route.method.lower(), route.resource.canonical)
        for route in app.router.routes()
        if isinstance(route, web.ResourceRoute) and route.resource is not None
    }
    documented = {(method, path) for path, methods in spec["paths"].items() for method in methods}
    assert served == documented | {(method.lower(), path) for method, path, _ in PANEL_ROUTES}


def test_every_schema_is_a_json_schema_and_every_reference_leads_to_one(spec: dict[str, Any]) -> None:
    schemas = spec["components"]["schemas"]
    for schema in schemas.values():
        jsonschema.Draft202012Validator.check_schema(schema)
    named = {part.split('"')[0] for part in document().decode().split("#/components/schemas/")[1:]}
    assert named == named & set(schemas)


def test_operations_have_names_of_their_own(spec: dict[str, Any]) -> None:
    names = [operation["operationId"] for methods in spec["paths"].values() for operation in methods.values()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("route", route_table(), ids=lambda route: route.name)
def test_a_route_documents_all_that_it_takes_and_answers(spec: dict[str, Any], route: Route) -> None:
    operation = spec["paths"][route.path][route.method.lower()]
    in_path = [one["name"] for one in operation.get("parameters", []) if one["in"] == "path"]
    assert in_path == list(route.path_parameters)
    assert set(in_path) <= set(PATH_PARAMETERS)
    assert ("requestBody" in operation) == (route.body is not None or route.raw is not None)
    assert operation["security"] == ([{"token": []}] if route.token else [])
    codes = {code for answer in operation["responses"].values() for code in answer.get("x-codes", [])}
    assert codes == set(route.codes)
    assert str(route.status) in operation["responses"]


def _raised_codes() -> dict[str, str]:
    """Code and kind of every refusal that a use case raises, read from the sources."""
    found: dict[str, str] = {}
    sources = [Path(servicehost.operations.__path__[0]), Path(inspect.getfile(Refused)).parent]
    for path in (path for source in sources for path in source.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            is_refusal = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args
            if is_refusal and node.func.id in {kind.__name__ for kind in Refused.__subclasses__()}:  # type: ignore[attr-defined]  # narrowed just before
                code = node.args[0]  # type: ignore[attr-defined]  # narrowed just before
                if isinstance(code, ast.Constant):
                    found[str(code.value)] = node.func.id  # type: ignore[attr-defined]  # narrowed just before
    return found


def test_every_code_that_a_use_case_raises_is_in_the_table() -> None:
    of_other_doors = {"bad_role", "unknown_push", "unknown_task", "intake_full", "bad_mask_pattern"}
    of_other_doors |= {"no_such_task", "result_too_large"}  # what units upload
    assert set(_raised_codes()) - set(STATUS) == of_other_doors


@pytest.mark.parametrize("kind", Refused.__subclasses__(), ids=lambda kind: kind.__name__)
def test_a_refusal_without_an_entry_still_has_the_status_of_its_kind(kind: type[Refused]) -> None:
    refused: Refused
    if kind is StoreFull:
        refused = StoreFull()
    elif kind is Busy:
        refused = Busy("never_seen", "", 1)
    else:
        refused = kind("never_seen", "")
    assert 400 <= status_of(refused) < 600
