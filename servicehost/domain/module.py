"""Modules: the parts of a config that are stored, tried, confirmed and reverted as one.

What a unit says of each module and what a revision holds meet here: `as_one` tells a push's rules about several
modules in the words that they have for one.
"""

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from servicehost.domain.config import MAX_BODY_BYTES, Mark, ModuleState, Revision, check_body
from servicehost.domain.errors import Invalid
from servicehost.domain.masking import refuse_masked

__all__ = [
    "BINARY",
    "BLANK",
    "MAIN",
    "MAX_MODULE",
    "MAX_MODULES",
    "MAX_MODULE_BYTES",
    "TEXT",
    "ModuleContent",
    "ModuleMark",
    "as_one",
    "check_module",
    "differing",
    "drifted",
    "empty_modules",
    "manifest_of",
    "travels_plainly",
]

MAIN: Final = 0
MAX_MODULE: Final = 255
MAX_MODULES: Final = 32
"""As many as a hello or an offer can name."""
MAX_MODULE_BYTES: Final = 16 * 1024 * 1024
TEXT: Final = "text"
BINARY: Final = "binary"
BLANK: Final = b""
"""What "save blank" saves."""


class ModuleMark(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """One module of a revision: by digest, and how it travels."""

    module: int
    revision: int
    digest: str
    size_bytes: int
    kind: str = TEXT

    @classmethod
    def of(cls, revision: Revision) -> "ModuleMark":
        return cls(
            module=revision.module,
            revision=revision.revision,
            digest=revision.digest,
            size_bytes=revision.size_bytes,
            kind=revision.kind,
        )


class ModuleContent(msgspec.Struct, frozen=True, kw_only=True):
    """What one module shall hold from now on, by digest. Name and version left out stay what they were."""

    module: int
    digest: str
    size_bytes: int
    kind: str
    name: str | None = None
    version: str | None = None


def check_module(module: int, kind: str, raw: bytes) -> None:
    """Raises Invalid `module_too_large`, `module_not_utf8`, `config_too_large` for a short text that JSON makes too
    long for a frame, and `config_empty` for a main module without a byte; Conflict `masked_value` for a text that was
    masked when it was shown.

    Every other module may be blank: it is the main one that keeps the way to the host open.
    """
    if len(raw) > MAX_MODULE_BYTES:
        raise Invalid("module_too_large", f"The module has {len(raw)} bytes; at most {MAX_MODULE_BYTES} can be stored")
    if module == MAIN and not raw:
        raise Invalid("config_empty", "The main module is empty; an adapter cannot run nothing")
    if kind == TEXT:
        try:
            text = raw.decode()
        except UnicodeDecodeError as error:
            text = f"Byte {error.start} is no UTF-8: save the module as UTF-8 text, or as binary"
            raise Invalid("module_not_utf8", text) from error
        refuse_masked(text)
        if raw and travels_plainly(len(raw), kind):
            check_body(text)


def travels_plainly(size_bytes: int, kind: str) -> bool:
    """Whether a body of this size is kept, and may be sent, as the text that it is."""
    return kind == TEXT and size_bytes <= MAX_BODY_BYTES


def manifest_of(main: Revision, others: Sequence[Revision]) -> tuple[ModuleMark, ...]:
    """Every module of a revision in the order of their numbers; empty when there is the main one alone, and small."""
    if not others and travels_plainly(main.size_bytes, main.kind):
        return ()
    return tuple(ModuleMark.of(one) for one in sorted((main, *others), key=lambda one: one.module))


def as_one(states: Sequence[ModuleState], manifest: Sequence[ModuleMark]) -> ModuleState:
    """What a unit says of all its modules, told as if there were one.

    It *runs* the manifest's main digest when it runs every module of the manifest, else nothing that is known; the same
    for *confirmed* and *startup*. On *trial* is whatever one module says; *last failed* is the youngest failure, and
    one of a module of the manifest counts as the manifest's own. Without a manifest the main module speaks for itself.
    """
    by_module = {state.module: state for state in states}
    main = by_module.get(MAIN, ModuleState())
    if len(by_module) <= 1 and not manifest:
        return main
    trial = next((state.trial for state in states if state.trial is not None), None)
    failed = _youngest_failure(states, manifest)
    if not manifest:
        return msgspec.structs.replace(main, trial=trial, last_failed=failed)
    set_mark = Mark(revision=max(one.revision for one in manifest), digest=_main_digest(manifest))
    runs = all(_digest(by_module.get(one.module, ModuleState()).running) == one.digest for one in manifest)
    confirmed = all(_digest(by_module.get(one.module, ModuleState()).confirmed) == one.digest for one in manifest)
    starts = all(_digest(by_module.get(one.module, ModuleState()).startup) == one.digest for one in manifest)
    return msgspec.structs.replace(
        main,
        running=set_mark if runs else None,
        confirmed=set_mark if confirmed else None,
        startup=_main_startup(main, set_mark, starts=starts),
        trial=trial,
        last_failed=failed,
    )


def differing(states: Sequence[ModuleState], manifest: Sequence[ModuleMark]) -> tuple[ModuleMark, ...]:
    """The modules of the manifest that the unit does not run, by digest; all the same: the first, so that what already
    runs can be pushed again.
    """
    running = {state.module: _digest(state.running) for state in states}
    differ = tuple(one for one in manifest if running.get(one.module) != one.digest)
    return differ or tuple(manifest[:1])


def drifted(
    states: Sequence[ModuleState], startup: Mark | None, manifest: Sequence[ModuleMark]
) -> tuple[int, ...] | None:
    """The modules that run something else than the startup config has; None while that cannot be said: nothing was
    confirmed yet, or no unit has said what it runs. A module on trial is under way, and no drift.
    """
    if startup is None or not any(state.running for state in states):
        return None
    wanted = {one.module: one.digest for one in manifest} or {MAIN: startup.digest}
    running = {state.module: state for state in states}
    return tuple(
        module
        for module, digest in wanted.items()
        if (state := running.get(module, ModuleState())).trial is None and _digest(state.running) != digest
    )


def empty_modules(states: Iterable[ModuleState], saved: Iterable[int]) -> list[ModuleState]:
    """The unit's modules that never had a config saved, the main one left out: it is never made blank."""
    known = {*saved, MAIN}
    return [state for state in states if state.module not in known]


def _main_startup(main: ModuleState, set_mark: Mark, *, starts: bool) -> Mark | None:
    """A unit that would start with other modules starts with something else: never with the manifest's own digest."""
    if starts:
        return set_mark
    stays = main.startup is None or main.startup.digest != set_mark.digest
    return main.startup if stays else Mark(revision=set_mark.revision, digest="")


def _youngest_failure(states: Sequence[ModuleState], manifest: Sequence[ModuleMark]) -> Mark | None:
    failures = [(state.last_failed, state.module) for state in states if state.last_failed is not None]
    if not failures:
        return None
    failed, module = max(failures, key=lambda one: one[0].push or 0)
    if any((one.module, one.digest) == (module, failed.digest) for one in manifest):
        return msgspec.structs.replace(failed, digest=_main_digest(manifest))
    return failed


def _main_digest(manifest: Sequence[ModuleMark]) -> str:
    return next((one.digest for one in manifest if one.module == MAIN), "")


def _digest(mark: Mark | None) -> str | None:
    return None if mark is None else mark.digest
