"""The log: one line each, secrets masked, no local variables."""

import io
import json
import logging
import warnings
from collections.abc import Iterator
from typing import Any, Literal

import pytest
import structlog

from servicehost.runtime.logs import MASK, mask_secrets, set_up_logs

CANARY = "c4n4ry-Hunter2"


@pytest.fixture
def out() -> Iterator[io.StringIO]:
    """The library's own log is put back afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield io.StringIO()
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(False)
    structlog.reset_defaults()


def lines_of(out: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_a_line_is_one_json_object_with_time_level_and_logger(out: io.StringIO) -> None:
    set_up_logs(format="json", level="info", out=out)
    structlog.get_logger("intake").info("batch_done", items=3, of=("a", "b"))
    structlog.get_logger("intake").debug("unheard")
    (line,) = lines_of(out)
    assert (line["event"], line["level"], line["logger"], line["items"]) == ("batch_done", "info", "intake", 3)
    assert line["timestamp"].endswith("Z")


def test_the_standard_library_s_log_and_warnings_come_out_the_same_way(out: io.StringIO) -> None:
    set_up_logs(format="json", level="info", out=out)
    logging.getLogger("aiohttp.server").error("broken %s", "pipe")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("old ways", stacklevel=1)
    lines = lines_of(out)
    assert (lines[0]["event"], lines[0]["level"], lines[0]["logger"]) == ("broken pipe", "error", "aiohttp.server")
    assert "old ways" in lines[1]["event"]


@pytest.mark.parametrize("format_", ["json", "console"])
def test_no_secret_gets_into_the_log(out: io.StringIO, format_: Literal["json", "console"]) -> None:
    set_up_logs(format=format_, level="debug", out=out)
    log = structlog.get_logger("canary")
    log.info("a", password=CANARY, new_password=CANARY, Authorization=CANARY, token=CANARY.encode(), cookies=[CANARY])
    log.info("b", headers={"X-Api-Token": CANARY, "deep": [{"passphrase": CANARY}]})
    log.info(f"sent Authorization: Bearer {CANARY}", note=f"basic: Basic {CANARY}")
    log.info("c", pem=f"-----BEGIN EC PRIVATE KEY-----\n{CANARY}\n-----END EC PRIVATE KEY-----")
    logging.getLogger("library").warning("GET / Authorization: Bearer %s", CANARY)
    assert CANARY not in out.getvalue()
    assert MASK in out.getvalue()


@pytest.mark.parametrize("format_", ["json", "console"])
def test_a_traceback_shows_no_local_variables_and_its_message_is_masked(
    out: io.StringIO, format_: Literal["json", "console"]
) -> None:
    set_up_logs(format=format_, level="info", out=out)

    def log_in(password: str) -> None:
        held = [password]
        raise ValueError(f"Bearer {held[0]}" if held else "")

    try:
        log_in(CANARY)
    except ValueError:
        structlog.get_logger("x").exception("failed")
        logging.getLogger("y").exception("failed too")
    assert "in log_in" in out.getvalue()
    assert CANARY not in out.getvalue()


def test_counts_and_durations_are_no_secrets() -> None:
    line = mask_secrets(None, "", {"token_life_h": 12, "tokens_dropped": 0, "password": None, "event": "x"})
    assert line == {"token_life_h": 12, "tokens_dropped": 0, "password": None, "event": "x"}


def test_a_value_that_json_does_not_know_is_shown_as_text(out: io.StringIO) -> None:
    set_up_logs(format="json", level="info", out=out)
    structlog.get_logger("x").info("y", kind=ValueError, error=ValueError("no"))
    (line,) = lines_of(out)
    assert (line["kind"], line["error"]) == ("<class 'ValueError'>", "no")
