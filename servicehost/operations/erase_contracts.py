"""The clock's door: some time after a contract's end what says something of its people is erased for good."""

import secrets
from functools import partial

from servicehost.domain.audit import Action, AuditEntry
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.event import Event, EventClass, Severity
from servicehost.operations.casework import HOST
from servicehost.operations.erasing import ERASERS, Erasure
from servicehost.ports.clock import Clock
from servicehost.ports.hasher import Hasher
from servicehost.ports.store import Batch, Store

__all__ = ["erase_contracts"]

_SECRET_BYTES = 32
_WHY = "contract_ended"


async def erase_contracts(limit: int, *, store: Store, clock: Clock, hasher: Hasher, after_ms: int) -> int:
    """How many contracts were erased whose end was carried out at least `after_ms` ago, at most `limit`.

    One contract is one transaction, with the mark that it was done: a host that is killed does it whole or not at all.
    """
    now = clock.wall()
    due = await store.batch(EVERYTHING, lambda batch: batch.contracts_to_erase(now - after_ms, limit))
    if not due:
        return 0
    # No password leads to this hash, for nobody has it.
    nobodys = await hasher.hash(secrets.token_urlsafe(_SECRET_BYTES))
    for contract in due:
        erasure = Erasure(management_code=contract.management_code, at=now, nobodys_hash=nobodys)
        await store.batch(EVERYTHING, partial(_erase, erasure=erasure))
    return len(due)


def _erase(batch: Batch, erasure: Erasure) -> None:
    contract = batch.contract(erasure.management_code)
    if contract is None or contract.erased_at is not None:
        return  # another host was quicker
    counts = {kind: erase(batch, erasure) for kind, erase in ERASERS.items()}
    code = erasure.management_code
    batch.mark_contract_erased(code, erasure.at)
    told = Event(
        at=erasure.at,
        class_=EventClass.OPERATION,
        sub_type="contract_erased",
        severity=Severity.NOTICE,
        management_code=code,
        actor=HOST,
        reason=_WHY,
        detail=counts,
    )
    batch.add_events([told])
    entry = AuditEntry(
        management_code=code,
        at=erasure.at,
        action=Action.ERASE_CONTRACT,
        subject=code,
        actor=HOST,
        before={"erased_at": None},
        after={"erased_at": erasure.at, **counts},
        reason=_WHY,
    )
    batch.append_audit([entry])
