"""Problem documents."""

import pytest

from protocol.wire.problems import CONTENT_TYPE, problem, read_code


def test_what_the_host_writes_the_unit_reads() -> None:
    assert read_code(f"{CONTENT_TYPE}; charset=utf-8", problem(503, "busy", "")) == "busy"


def test_a_status_unknown_to_http_is_a_mistake_of_the_owner() -> None:
    with pytest.raises(ValueError, match="799"):
        problem(799, "busy", "")


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"code": 1}', b"\xff", b"[" * 100_000])
def test_a_body_that_names_nothing_has_no_code(body: bytes) -> None:
    assert read_code(CONTENT_TYPE, body) is None


def test_another_kind_of_document_has_no_code() -> None:
    assert read_code("application/json", problem(503, "busy", "")) is None
