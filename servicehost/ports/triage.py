"""What the store keeps of a triage, and everything it has that is evidence."""

from typing import Protocol

from servicehost.domain.contract import Scope
from servicehost.domain.evidence import TriageFinding, TriageRecord
from servicehost.domain.triage_question import Answer

__all__ = ["TriageBatch", "TriageReads"]


class TriageBatch(Protocol):
    """The part of the batch verb that a triage works with. Within the batch's scope."""

    def triage_record(self, fault: int) -> TriageRecord | None:
        """Everything known that bears on the fault; None when there is no such fault.

        What a unit did after it left the fault's contract is not in it. Neighbours are of that contract alone, those of
        the same declared location first, 500 at most.
        """
        ...

    def add_triage_answer(self, answer: Answer) -> None:
        """Raises NotFound `no_fault` outside the scope."""
        ...

    def add_triage_finding(self, finding: TriageFinding) -> None:
        """Raises NotFound `no_fault` outside the scope."""
        ...


class TriageReads(Protocol):
    """Snapshots, within the caller's scope."""

    async def triage_record(self, scope: Scope, fault: int) -> TriageRecord | None:
        """As in a batch."""
        ...
