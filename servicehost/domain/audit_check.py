"""Whether the chains of the audit still hold: every record is read again, and the heads that were carried away."""

import enum
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

import msgspec

from servicehost.domain.audit import BEGINNING, canonical, chain_of, follow_hash

__all__ = ["ChainFault", "ChainHolds", "ChainRow", "FaultKind", "Head", "check_chain", "verify"]


class FaultKind(enum.StrEnum):
    """What is wrong with a chain."""

    CHANGED = "changed"
    """The record is not the one that was hashed."""
    MISSING = "missing"
    """There is a hole before a later record."""
    REORDERED = "reordered"
    """The record belongs to another place, or to another chain."""
    CUT = "cut"
    """Records at the end are gone: a head that was exported, or the chain's own, names more."""
    REWRITTEN = "rewritten"
    """The chain holds in itself and is not the one whose head was exported."""


class ChainRow(msgspec.Struct, frozen=True, kw_only=True):
    """One record as the store has it; `at` and `management_code` are copies for looking up."""

    chain: str
    number: int
    at: int
    management_code: str | None
    record: bytes
    hash: str


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """How far a chain had come at some time: its last record and that one's hash."""

    chain: str
    number: int
    hash: str


class ChainFault(msgspec.Struct, frozen=True, kw_only=True):
    """The first thing wrong with a chain, at the first number concerned."""

    chain: str
    number: int
    kind: FaultKind
    text: str


class ChainHolds(msgspec.Struct, frozen=True, kw_only=True):
    """A chain in which nothing was found: its head, and how many exported heads agree with it."""

    head: Head
    agreed: int


def verify(rows: Iterable[ChainRow], heads: Sequence[Head]) -> Iterator[ChainHolds | ChainFault]:
    """One finding for each chain, in the order of their names. `rows` come in the order of chain and number.

    `heads` are all that were exported, and those that the store keeps beside the chains. A chain of which only a head
    is left is one that was cut to nothing. Cutting off records younger than every head given is not seen.
    """
    of_chain: Mapping[str, list[Head]] = _by_chain(heads)
    seen = set()
    for chain, records in groupby(rows, key=lambda row: row.chain):
        for lost in sorted(name for name in of_chain if name < chain and name not in seen):
            seen.add(lost)
            yield check_chain(lost, (), of_chain[lost])
        seen.add(chain)
        yield check_chain(chain, records, of_chain.get(chain, []))
    for lost in sorted(of_chain.keys() - seen):
        yield check_chain(lost, (), of_chain[lost])


def _by_chain(heads: Sequence[Head]) -> dict[str, list[Head]]:
    found: dict[str, list[Head]] = {}
    for head in heads:
        found.setdefault(head.chain, []).append(head)
    return found


def check_chain(
    chain: str, rows: Iterable[ChainRow], heads: Sequence[Head], start: Head | None = None
) -> ChainHolds | ChainFault:
    """The first fault of one chain, else where it ends. `rows` come in the order of their numbers.

    `start` is how far it was verified before; the rows then go on after it, and `heads` are those after it.
    """
    wanted: dict[int, set[str]] = {}
    for head in heads:
        wanted.setdefault(head.number, set()).add(head.hash)
    previous, last, agreed, first = BEGINNING, 0, 0, 1
    if start is not None:
        previous, last, first = bytes.fromhex(start.hash), start.number, start.number + 1
    for row in rows:
        fault = _at_its_place(row, chain, last + 1) or _unchanged(row, previous)
        if fault is not None:
            return fault
        previous, last = bytes.fromhex(row.hash), row.number
        if last in wanted:
            if wanted[last] != {row.hash}:
                text = f"a head gives record {last} another hash: one of the records {first} to {last} was written anew"
                return ChainFault(chain=chain, number=first, kind=FaultKind.REWRITTEN, text=text)
            agreed, first = agreed + 1, last + 1
    beyond = [number for number in wanted if number > last]
    if beyond:
        text = f"the chain ends with record {last}, and there was a record {max(beyond)}"
        return ChainFault(chain=chain, number=last + 1, kind=FaultKind.CUT, text=text)
    return ChainHolds(head=Head(chain=chain, number=last, hash=previous.hex()), agreed=agreed)


def _at_its_place(row: ChainRow, chain: str, expected: int) -> ChainFault | None:
    if row.number > expected:
        text = f"record {expected} is missing; the next one there is has number {row.number}"
        return ChainFault(chain=chain, number=expected, kind=FaultKind.MISSING, text=text)
    if row.number < expected:
        text = f"record {row.number} stands again, or after a later one"
        return ChainFault(chain=chain, number=row.number, kind=FaultKind.REORDERED, text=text)
    said = _decoded(row.record)
    if said is None:
        text = f"record {expected} is no record in its one encoding"
        return ChainFault(chain=chain, number=expected, kind=FaultKind.CHANGED, text=text)
    if (said.get("chain"), said.get("number")) != (chain, expected):
        text = f"record {expected} says that it is {said.get('chain')}'s {said.get('number')}"
        return ChainFault(chain=chain, number=expected, kind=FaultKind.REORDERED, text=text)
    if said.get("at") != row.at or chain_of(row.management_code) != chain:
        text = f"record {expected} is filed under another time or contract than it says"
        return ChainFault(chain=chain, number=expected, kind=FaultKind.CHANGED, text=text)
    return None


def _unchanged(row: ChainRow, previous: bytes) -> ChainFault | None:
    if follow_hash(previous, row.record).hex() == row.hash:
        return None
    text = f"record {row.number} has not the hash it was written with: it, or the one before, was changed"
    return ChainFault(chain=row.chain, number=row.number, kind=FaultKind.CHANGED, text=text)


def _decoded(record: bytes) -> dict[str, object] | None:
    try:
        said = json.loads(record)
        placed = isinstance(said, dict) and isinstance(said.get("chain"), str) and isinstance(said.get("number"), int)
        whole = placed and canonical(said) == record
    except (ValueError, RecursionError):
        return None
    return said if whole else None
