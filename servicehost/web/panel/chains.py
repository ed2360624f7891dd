"""How far the chains of the audit have been verified, since this host has started; it goes on with every look at them.

A chain is read from its first record on, some thousands at a look. What was verified is not read again until somebody
asks for that: whoever changes an earlier record afterwards is found then, by `servicehost audit verify`, and by every
host that starts.
"""

from typing import Final

import msgspec

from servicehost.domain.audit_check import ChainFault, Head, check_chain
from servicehost.domain.contract import Scope
from servicehost.ports.overview import OverviewReads
from servicehost.web.panel.watch import aside

__all__ = ["ChainState", "Chains"]

_AT_ONCE: Final = 5_000


class ChainState(msgspec.Struct, frozen=True, kw_only=True):
    """`verified` is the last record that holds, with all before it; `head` the last there is; `since`: when that
    was begun."""

    chain: str
    since: int
    head: Head | None = None
    verified: Head | None = None
    fault: ChainFault | None = None

    @property
    def whole(self) -> bool:
        """Whether every record there is has been verified."""
        return self.fault is None and (self.verified.number if self.verified else 0) >= (
            self.head.number if self.head else 0
        )


class Chains:
    """On the event loop's thread. Two looks at once may verify the same records twice, which harms nobody."""

    def __init__(self) -> None:
        self._known: dict[str, ChainState] = {}

    async def look(self, reads: OverviewReads, scope: Scope, chain: str, now: int, *, anew: bool = False) -> ChainState:
        """The state after verifying some more. A chain outside the scope looks like one that was never begun."""
        head = await reads.chain_head(scope, chain)
        if head is None:
            return ChainState(chain=chain, since=now)
        known = None if anew else self._known.get(chain)
        if known is None or known.fault is not None:
            known = ChainState(chain=chain, since=now)
        before = known.verified
        rows = await reads.chain_rows(scope, chain, after=before.number if before else 0, limit=_AT_ONCE)
        # The head was read before the rows: all of them are there unless somebody took some away.
        heads = [head] if len(rows) < _AT_ONCE and head.number > (before.number if before else 0) else []
        found = await aside(len(rows), lambda: check_chain(chain, rows, heads, before))
        if isinstance(found, ChainFault):
            state = msgspec.structs.replace(known, head=head, fault=found)
        else:
            newest = head if head.number >= found.head.number else found.head
            state = msgspec.structs.replace(known, head=newest, verified=found.head)
        self._known[chain] = state
        return state
