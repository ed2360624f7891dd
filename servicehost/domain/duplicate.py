"""Two boxes with one identity: how they are told from one box that flaps.

Two boxes that share a certificate take the session from each other for as long as both have power: each is told
`taken_over`, which is redialled soon, and is back within seconds. That wears down both and serves neither, so both
are held at slow redial until a person has looked. One box alone must never be held, however badly it does. What is
known at a hello, and what it says:

* **The session before it stands and was heard lately.** A session that has ended (goodbye, lost line, silence, our
  own drain) was nobody's to take. One whose host has died stands in the store but is not heard any more. Only a
  standing session that was heard within `ANSWERING_MS` counts: a silent one is ended sooner than that.
* **The boot differs.** A boot id is drawn at random at every start. A line that breaks without a word, a changed
  address, a unit that redials too eagerly: all of them keep the boot id, and none counts.
* **A boot comes back.** A box that starts again and again (a dying power supply, a watchdog) takes over its own
  unfinished sessions with a new boot id each time, and never with an old one. Two boxes alternate: A, B, A, B. Once
  another boot has spoken, the return of an earlier one cannot be the same box.

So: at least `TAKEOVERS` takeovers within `WITHIN_MS` that count, among which a boot came back. Remote addresses are
shown to people but decide nothing: two lines of one box differ, two boxes behind one gateway do not.
Not found by this rule: two boxes of which each starts anew before every dial. The boot-loop symptom names those.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

__all__ = ["ANSWERING_MS", "TAKEOVERS", "WITHIN_MS", "Standing", "Takeover", "is_duplicate", "remembered", "takeover"]

TAKEOVERS: Final = 3
WITHIN_MS: Final = 300_000
ANSWERING_MS: Final = 60_000
"""A report comes every 30 seconds, and a session unheard for 45 is ended."""
_KEPT: Final = 8


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """The unit's last session, as a hello finds it. `boot_id` None: there was none."""

    boot_id: str | None
    heard_at: int
    ended: bool


class Takeover(msgspec.Struct, frozen=True, kw_only=True):
    """A hello took the place of a session that still answered, of another boot."""

    at: int
    of_boot: str
    by_boot: str
    by_address: str = ""


def takeover(last: Standing, boot_id: str, address: str, now: int) -> Takeover | None:
    """What a hello of this boot takes from the session before it, if that counts."""
    if last.boot_id is None or last.ended or now - last.heard_at > ANSWERING_MS or last.boot_id == boot_id:
        return None
    return Takeover(at=now, of_boot=last.boot_id, by_boot=boot_id, by_address=address)


def remembered(before: Sequence[Takeover], new: Takeover | None, now: int) -> tuple[Takeover, ...]:
    """What is worth remembering after this hello: the newest few of the last five minutes, oldest first."""
    fresh = [one for one in (*before, *([new] if new else [])) if now - one.at <= WITHIN_MS]
    return tuple(fresh[-_KEPT:])


def is_duplicate(takeovers: Sequence[Takeover], now: int) -> bool:
    """Whether these are the work of two boxes."""
    recent = [one for one in takeovers if now - one.at <= WITHIN_MS]
    return len(recent) >= TAKEOVERS and _a_boot_came_back(recent)


def _a_boot_came_back(takeovers: Sequence[Takeover]) -> bool:
    gone: set[str] = set()
    for one in takeovers:
        gone.add(one.of_boot)
        if one.by_boot in gone:
            return True
    return False
