"""What says something of a contract's people, room by room: who keeps such a thing adds its eraser here.

An eraser empties, in one contract, everything of one kind that names a person, says how to reach them or where they
are, and destroys the keys under which the audit keeps the same. It is harmless twice. Codes, numbers, instants and
what was done stay: the chain of the audit still verifies, and what was charged can still be explained.
"""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

import msgspec

from servicehost.ports.store import Batch

__all__ = ["ERASERS", "Eraser", "Erasure"]


class Erasure(msgspec.Struct, frozen=True, kw_only=True):
    """Which contract, when, and a password hash to which nobody has the password."""

    management_code: str
    at: int
    nobodys_hash: str


Eraser: TypeAlias = Callable[[Batch, Erasure], int]
"""How many things it has emptied."""

ERASERS: Final[Mapping[str, Eraser]] = {
    "people": lambda batch, of: batch.erase_people_of(of.management_code, of.nobodys_hash, of.at),
    # By name alone: delegates, and who attended exchanges.
    "named": lambda batch, of: batch.erase_named_of(of.management_code, of.at),
    # Site names, memos and declared locations.
    "places": lambda batch, of: batch.erase_places_of(of.management_code, of.at),
    # What the contract was called; and its customer, which may be a person's business, with the last of its contracts.
    "labels": lambda batch, of: batch.erase_labels_of(of.management_code),
    # What people call their groups, tags and saved queries, and what they write into presets.
    "groups": lambda batch, of: batch.erase_groups_of(of.management_code),
    "presets": lambda batch, of: batch.erase_presets_of(of.management_code),
    # Who called, from where, and what was said, also by callers who were not registered.
    "calls": lambda batch, of: batch.erase_calls_of(of.management_code, of.at),
    "addresses": lambda batch, of: batch.erase_shipping_addresses(of.management_code),
    # What units gave for tasks: configs, statuses, debug dumps.
    "task_results": lambda batch, of: batch.remove_results_of(of.management_code, of.at),
    "schedules": lambda batch, of: batch.erase_schedule_notes_of(of.management_code),
    # Stand-in addresses, and where units were sent.
    "destinations": lambda batch, of: batch.erase_destinations_of(of.management_code),
    # What people wrote beside what they did.
    "words": lambda batch, of: batch.erase_words_of(of.management_code),
}
"""By kind, in order: names first, since what is known by name is found by it. All of them run in one transaction."""
