"""Every operation of the API shows what is sent to it and what it answers, and each example fits its own schema."""

from typing import Annotated, Any

import jsonschema
import msgspec
import pytest
from msgspec import UNSET, Meta, UnsetType

from servicehost.web.example_words import RAW_BODIES
from servicehost.web.examples import NoExampleError, answer_example, order_example
from servicehost.web.route import Route
from servicehost.web.table import document, route_table


@pytest.fixture(scope="module")
def spec() -> dict[str, Any]:
    read: dict[str, Any] = msgspec.json.decode(document())
    return read


def _fits(spec: dict[str, Any], content: dict[str, Any]) -> None:
    schema = content["schema"] | {"components": spec["components"]}
    jsonschema.Draft202012Validator(schema).validate(content["example"])


@pytest.mark.parametrize("route", [one for one in route_table() if one.body or one.raw], ids=lambda route: route.name)
def test_every_body_has_an_example_that_fits_its_schema_and_is_taken(spec: dict[str, Any], route: Route) -> None:
    content = spec["paths"][route.path][route.method.lower()]["requestBody"]["content"]
    (only,) = content.values()
    _fits(spec, only)
    if route.body is not None:
        assert isinstance(msgspec.convert(only["example"], route.body), route.body)


@pytest.mark.parametrize(
    "route", [one for one in route_table() if one.answer or one.media_type], ids=lambda route: route.name
)
def test_every_answer_has_an_example_that_fits_its_schema(spec: dict[str, Any], route: Route) -> None:
    (only,) = spec["paths"][route.path][route.method.lower()]["responses"][str(route.status)]["content"].values()
    if route.name == "readOpenApi":
        return  # its answer is this document
    _fits(spec, only)
    if route.answer is not None:
        shown = only["example"]
        fields = {field.encode_name for field in msgspec.structs.fields(route.answer)}
        assert fields == set(shown), "an answer's example has every field"


def test_no_example_is_kept_for_an_operation_that_is_gone() -> None:
    assert set(RAW_BODIES) == {one.name for one in route_table() if one.raw or one.media_type} - {"readOpenApi"}


class _Told(msgspec.Struct, frozen=True, kw_only=True):
    remark_ja: str
    remark_en: str | None
    wind_direction: str


def test_a_free_text_without_a_word_of_its_own_is_told_by_its_name() -> None:
    assert answer_example(_Told) == {
        "remark_ja": "日本語での説明です。",
        "remark_en": "The same in English.",
        "wind_direction": "wind direction",
    }


class _Odd(msgspec.Struct, frozen=True, kw_only=True):
    riddle: Annotated[str, Meta(pattern="^[a-z]{3}7$")]


class _Loop(msgspec.Struct, frozen=True, kw_only=True):
    inner: "_Loop"


class _Choice(msgspec.Struct, frozen=True, kw_only=True):
    model: str
    serial: str | UnsetType = UNSET


@pytest.mark.parametrize("kind", [_Odd, _Loop])
def test_a_field_for_which_nothing_fits_is_named(kind: type[msgspec.Struct]) -> None:
    with pytest.raises(NoExampleError, match=f"{kind.__name__}\\."):
        answer_example(kind)


def test_an_order_shows_what_it_must_have_and_an_answer_everything() -> None:
    assert order_example(_Choice) == {"model": "SA-W2"}
    assert answer_example(_Choice) == {"model": "SA-W2", "serial": "000123"}
