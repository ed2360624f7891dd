"""The log: one JSON object a line, or lines for people, on standard error; secrets masked, local variables never shown.

A line is written at once, on the thread that logs. Whoever reads standard error must keep up with it: a reader that
stands still stops the host, as with every program that logs to a pipe.
"""

import logging
import re
import sys
from collections.abc import Callable, Mapping, MutableMapping
from functools import lru_cache
from typing import Any, Final, Literal, TextIO

import msgspec
import structlog

__all__ = ["MASK", "mask_secrets", "set_up_logs"]

MASK: Final = "***"
_SECRET_WORDS: Final = ("password", "passwd", "passphrase", "secret", "token", "authorization", "private_key", "cookie")
_SECRET_TEXT: Final = re.compile(
    r"(?P<head>\b(?:Bearer|Basic)\s+)[A-Za-z0-9+/=._~-]{8,}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)",
    re.DOTALL,
)
_LEVELS: Final = {"debug": 10, "info": 20, "warning": 30, "error": 40}
_TALKATIVE: Final = ("alembic", "asyncio")
"""Libraries that say at every start what concerns nobody but their authors."""
_Line = MutableMapping[str, Any]


def set_up_logs(
    *,
    format: Literal["json", "console"],  # noqa: A002 - the word of the setting
    level: Literal["debug", "info", "warning", "error"],
    out: TextIO | None = None,
) -> None:
    """Set up structlog, and route the standard library's log into it. For the whole process; the last call holds."""
    out = sys.stderr if out is None else out
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _name_the_logger,
            *_rendering(format, out),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
        logger_factory=lambda *names: _Out(out, str(names[0]) if names else ""),
        cache_logger_on_first_use=True,
    )
    root = logging.getLogger()
    root.handlers[:] = [_Bridge()]
    root.setLevel(max(_LEVELS[level], logging.INFO))
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(True)


def mask_secrets(_logger: object, _method: str, line: _Line) -> _Line:
    """A processor: values under names that speak of secrets, and secrets that can be told by their form."""
    for key, value in line.items():
        line[key] = MASK if _is_secret(key) and _can_hide(value) else _masked(value)
    return line


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return _SECRET_TEXT.sub(_keep_head, value)
    if isinstance(value, Mapping):
        return mask_secrets(None, "", {str(key): item for key, item in value.items()})
    if isinstance(value, list | tuple):
        return [_masked(item) for item in value]
    if value is None or isinstance(value, int | float):
        return value
    return _SECRET_TEXT.sub(_keep_head, str(value))


def _can_hide(value: object) -> bool:
    """A number is a count or a duration (`token_life_h`), not a secret."""
    return value is not None and not isinstance(value, int | float)


def _keep_head(found: re.Match[str]) -> str:
    return f"{found.group('head') or ''}{MASK}"


@lru_cache(1024)
def _is_secret(key: str) -> bool:
    key = key.lower().replace("-", "_")
    return any(word in key for word in _SECRET_WORDS)


def _name_the_logger(logger: Any, _method: str, line: _Line) -> _Line:
    if logger.name and "logger" not in line:
        line["logger"] = logger.name
    return line


def _rendering(format: str, out: TextIO) -> list[Callable[[Any, str, _Line], Any]]:  # noqa: A002
    # Tracebacks become text before the masking, so that what an exception says is masked like everything else.
    plain = structlog.processors.ExceptionRenderer()
    if format == "json":
        return [plain, mask_secrets, structlog.processors.JSONRenderer(serializer=_json)]
    console = structlog.dev.ConsoleRenderer(colors=out.isatty(), exception_formatter=structlog.dev.plain_traceback)
    return [plain, mask_secrets, console]


def _json(line: _Line, **_options: object) -> str:
    return msgspec.json.encode(line, enc_hook=str).decode()


class _Out:
    """Writes whole lines to one stream."""

    __slots__ = ("_out", "name")

    def __init__(self, out: TextIO, name: str) -> None:
        self._out = out
        self.name = name

    def msg(self, line: str) -> None:
        self._out.write(f"{line}\n")
        self._out.flush()

    debug = info = warning = error = critical = exception = msg


class _Bridge(logging.Handler):
    """A record of the standard library's log becomes a line of ours."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            log = structlog.get_logger(record.name)
            log.log(record.levelno, record.getMessage(), **({"exc_info": record.exc_info} if record.exc_info else {}))
        except Exception:  # as every handler of the standard library does
            self.handleError(record)
