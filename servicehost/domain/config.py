"""Configs: immutable numbered revisions of one adapter, and what a unit says of the ones it has."""

from typing import Final

import msgspec

from servicehost.domain.errors import Invalid
from servicehost.domain.masking import refuse_masked

__all__ = [
    "MAX_BODY_BYTES",
    "Mark",
    "ModuleState",
    "Revision",
    "check_body",
    "with_confirmed",
    "with_failed",
    "with_running",
    "with_startup",
]

MAX_BODY_BYTES: Final = 192 * 1024
"""A body travels inside one frame of 256 KiB together with its envelope and JSON escapes."""
_MAX_ESCAPED: Final = 240 * 1024


class Revision(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """One module of one saved config: never changed, never renumbered. A row is an array of these fields.

    A revision is the whole set: every module of it has a row under the same number, also what did not change.
    """

    service_code: str
    management_code: str
    module: int
    revision: int
    digest: str
    size_bytes: int
    saved_at: int
    author: str
    reason: str
    kind: str = "text"
    """`text` or `binary`."""
    name: str = ""
    """What the module is; for people."""
    version: str = ""


class Mark(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A revision by number and digest; `push` and `reason` where the mark has them. The digest decides."""

    revision: int
    digest: str
    push: int | None = None
    reason: str | None = None
    text: str | None = None


class ModuleState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the unit said of one module when it last phoned home."""

    module: int = 0
    running: Mark | None = None
    startup: Mark | None = None
    last_offered: Mark | None = None
    last_failed: Mark | None = None
    confirmed: Mark | None = None
    trial: int | None = None
    name: str = ""
    version: str = ""


def with_confirmed(state: ModuleState, mark: Mark) -> ModuleState:
    """The state after the unit made the revision on trial permanent."""
    return ModuleState(
        module=state.module,
        name=state.name,
        version=state.version,
        running=mark,
        startup=mark,
        confirmed=mark,
        last_offered=state.last_offered,
        last_failed=state.last_failed,
    )


def with_running(state: ModuleState, mark: Mark) -> ModuleState:
    """The state after the unit made what was on trial permanent until it boots: it would start with what it had."""
    return msgspec.structs.replace(with_confirmed(state, mark), startup=state.startup)


def with_startup(state: ModuleState, mark: Mark) -> ModuleState:
    """The state after the unit stored what it would start with; what it runs stays."""
    return msgspec.structs.replace(state, startup=mark)


def with_failed(state: ModuleState, failed: Mark) -> ModuleState:
    """The state after a revision failed on the unit and it runs again what it had confirmed."""
    return ModuleState(
        module=state.module,
        name=state.name,
        version=state.version,
        running=state.confirmed,
        startup=state.startup,
        confirmed=state.confirmed,
        last_offered=Mark(revision=failed.revision, digest=failed.digest, push=failed.push),
        last_failed=failed,
    )


def check_body(body: str) -> bytes:
    """The bytes of a config body. Raises Invalid when it is empty, not UTF-8, or too large for one frame; Conflict
    `masked_value` for one that was masked when it was shown.
    """
    try:
        raw = body.encode()
    except UnicodeEncodeError as error:
        raise Invalid("config_not_utf8", "The config holds a lone surrogate; send it as UTF-8 text") from error
    refuse_masked(body)
    if not raw:
        raise Invalid("config_empty", "The config is empty; an adapter cannot run nothing")
    if len(raw) > MAX_BODY_BYTES or len(msgspec.json.encode(body)) > _MAX_ESCAPED:
        raise Invalid("config_too_large", f"The config is {len(raw)} bytes; at most {MAX_BODY_BYTES} fit in a push")
    return raw
