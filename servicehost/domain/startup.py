"""Whether an adapter's startup config has proved itself, and what is served when it does not.

A config that was confirmed has proved itself: a unit ran it and reached a host with it. One that was pushed to startup
alone has not: it is tried when its unit boots next. And what ran on one unit may fail on the next one. A startup config
that fails so many times on a unit (`pushes.startup_tries`) is given up: the last one that has proved itself takes its
place, and until a person pushes again the one that failed is named and not offered to that unit any more.

A refusal, and a config that the unit could not apply, need no second try: the same would come of it.
"""

from typing import Final

import msgspec

from servicehost.domain.config import Mark
from servicehost.domain.module import ModuleMark
from servicehost.domain.push import Phase, Push

__all__ = ["GivenUp", "Startup", "StartupProof", "after_failure", "is_final", "is_given_up", "stored"]

_FINAL: Final = frozenset({"refused", "apply_failed"})


class StartupProof(msgspec.Struct, frozen=True, kw_only=True):
    """What is known against an adapter's startup config; of one with a clean record there is none.

    `push` stored it, and no unit has run it yet; `good` is the last one that proved itself. `failures` were seen on
    `unit_id`, the last one of a boot in the boot `boot_id`. `failed` was given up.
    """

    service_code: str
    management_code: str
    push: int | None = None
    good: Mark | None = None
    good_modules: tuple[ModuleMark, ...] = ()
    failures: int = 0
    unit_id: int | None = None
    boot_id: str | None = None
    failed: Mark | None = None


class Startup(msgspec.Struct, frozen=True, kw_only=True):
    """An adapter's startup config as it stands."""

    service_code: str
    management_code: str
    mark: Mark | None = None
    modules: tuple[ModuleMark, ...] = ()
    proof: StartupProof | None = None


class GivenUp(msgspec.Struct, frozen=True, kw_only=True):
    """What has become of a startup config that failed once more: what to note; and `startup` when it was given up:
    what takes its place, or itself, where none is known that is better.
    """

    proof: StartupProof
    startup: Startup | None = None


def stored(startup: Startup, push: Push) -> StartupProof:
    """A unit has stored the push as its startup config: it is tried at the next boot."""
    unproven = startup.proof is not None and startup.proof.push is not None
    good, modules = (startup.proof.good, startup.proof.good_modules) if unproven and startup.proof else (None, ())
    return StartupProof(
        service_code=startup.service_code,
        management_code=startup.management_code,
        push=push.push,
        good=good if unproven else startup.mark,
        good_modules=modules if unproven else startup.modules,
    )


def is_final(phase: Phase, reason: str | None) -> bool:
    """Whether a failure would only be repeated."""
    return phase is Phase.REFUSED or reason in _FINAL


def is_given_up(startup: Mark | None, failed: str | None, failed_on: int | None, unit_id: int) -> bool:
    """Whether that digest was given up on that very unit."""
    return startup is not None and failed == startup.digest and failed_on == unit_id


def after_failure(
    startup: Startup, *, unit_id: int, tries: int, final: bool = False, boot_id: str | None = None
) -> GivenUp | None:
    """The startup config failed on a unit; None when that is known already, or there is none.

    `boot_id`: it failed in that boot, which counts once however often it is told.
    """
    before, mark = startup.proof, startup.mark
    if mark is None:
        return None
    before = before or StartupProof(service_code=startup.service_code, management_code=startup.management_code)
    same_unit = before.unit_id == unit_id
    if same_unit and boot_id is not None and before.boot_id == boot_id:
        return None
    if is_given_up(mark, before.failed.digest if before.failed else None, before.unit_id, unit_id):
        return None
    failures = before.failures + 1 if same_unit else 1
    noted = msgspec.structs.replace(before, failures=failures, unit_id=unit_id, boot_id=boot_id)
    if failures < tries and not final:
        return GivenUp(proof=noted)
    good = before.good
    if good is None or good.digest == mark.digest:
        noted = msgspec.structs.replace(noted, failed=mark)
        return GivenUp(proof=noted, startup=msgspec.structs.replace(startup, proof=noted))
    noted = msgspec.structs.replace(noted, failed=mark, push=None, good=None, good_modules=())
    back = msgspec.structs.replace(startup, mark=good, modules=before.good_modules, proof=noted)
    return GivenUp(proof=noted, startup=back)
