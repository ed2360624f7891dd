"""Anybody who may read compares two revisions of any adapters of one contract."""

import asyncio
from typing import Literal

import msgspec

from servicehost.domain.config import ModuleState, Revision
from servicehost.domain.errors import Conflict, NotFound
from servicehost.domain.masking import masked_diff
from servicehost.domain.module import BINARY, MAIN
from servicehost.domain.people import Actor, Right, demand
from servicehost.operations.showing import Showing
from servicehost.ports.differ import Differ
from servicehost.ports.reads import AdapterView, Reads

__all__ = ["Compared", "Which", "compare_configs"]

Word = Literal["working", "startup", "running"]


class Which(msgspec.Struct, frozen=True, kw_only=True):
    """One module of one revision: by its number, or as what the adapter has now."""

    service_code: str
    revision: int | Word
    module: int = MAIN


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """Both sides, and what differs as a unified diff; None for bytes that are no text."""

    left: Revision
    right: Revision
    unified: str | None
    masked: int = 0
    """Secret values of both sides that are not shown to the actor."""

    @property
    def same(self) -> bool:
        """Byte for byte."""
        return self.left.digest == self.right.digest


async def compare_configs(
    actor: Actor, left: Which, right: Which, *, reads: Reads, differ: Differ, showing: Showing
) -> Compared:
    """Raises Forbidden `no_right`; NotFound `adapter_not_found`, `no_config`, `no_such_revision`, `no_such_module`,
    `not_running`; Conflict `across_contracts`, and what the differ raises.
    """
    demand(actor, Right.READ)
    one, two = await _found(actor, left, reads), await _found(actor, right, reads)
    if one.management_code != two.management_code:
        raise Conflict("across_contracts", "The two adapters belong to different contracts: compare within one")
    if BINARY in (one.kind, two.kind):
        return Compared(left=one, right=two, unified=None)
    bodies = [await reads.module_body(actor.scope, row.management_code, row.digest) or b"" for row in (one, two)]
    texts = [body.decode() for body in bodies]
    unified = await differ.unified(*texts, left_name=_name(left, one), right_name=_name(right, two))
    shown = [await showing.text(actor, row.service_code, text) for row, text in zip((one, two), texts, strict=True)]
    masked = sum(side.values for side in shown)
    if masked and unified:
        unified = await asyncio.to_thread(masked_diff, unified, shown[0].text, shown[1].text)
    return Compared(left=one, right=two, unified=unified, masked=masked)


async def _found(actor: Actor, which: Which, reads: Reads) -> Revision:
    code = which.service_code
    view = await reads.adapter(actor.scope, code)
    if view is None:
        raise NotFound("adapter_not_found", f"There is no adapter {code}")
    number = _number(which, view)
    rows = await reads.revision_set(actor.scope, code, number)
    if not rows:
        raise NotFound("no_such_revision", f"There is no config revision {number} of {code}")
    row = next((one for one in rows if one.module == which.module), None)
    if row is None:
        raise NotFound("no_such_module", f"Revision {number} of {code} holds no module {which.module}")
    return row


def _number(which: Which, view: AdapterView) -> int:
    if isinstance(which.revision, int):
        return which.revision
    if which.revision == "running":
        return _running(which, view)
    number = view.working_revision if which.revision == "working" else view.adapter.startup_revision
    if number is None:
        raise NotFound("no_config", f"{which.service_code} has no {which.revision} config yet")
    return number


def _running(which: Which, view: AdapterView) -> int:
    states: tuple[ModuleState, ...] = () if view.unit is None else view.unit.modules
    running = next((state.running for state in states if state.module == which.module), None)
    if running is None:
        text = f"No unit has said what it runs as module {which.module} of {which.service_code}"
        raise NotFound("not_running", text)
    return running.revision


def _name(which: Which, row: Revision) -> str:
    return f"{which.service_code}/{row.revision}/{row.module}"
