"""The body that whoever takes an exchange up again shares: the next replacement, in the same case."""

from typing import Final

from servicehost.domain.errand import once_more
from servicehost.domain.exchange import Exchange, Said
from servicehost.operations.casework import Word, move
from servicehost.ports.store import Batch

__all__ = ["begin_again"]

_FRESH: Final = (
    *("new_unit_id", "expected_firmware", "reserved_at", "ordered_at", "swap_now_at", "swap_now_by", "swapped_at"),
    *("old_binding", "binding", "reason", "judged", "method", "charge", "standby_code"),
    *("held", "destination"),
)


def begin_again(batch: Batch, standing: Exchange, word: Word) -> Exchange:
    """The exchange, requested once more, in its next round: it is judged again by what its case says.

    Raises a refusal of the exchange's table.
    """
    binding = batch.binding_of_adapter(standing.service_code)
    after = move(
        batch,
        standing,
        Said.REOPEN,
        word,
        {"round": standing.round + 1},
        round=standing.round + 1,
        reopened_at=word.at,
        old_unit_id=standing.old_unit_id if binding is None else binding.unit_id,
        keeps_old=False,
        **dict.fromkeys(_FRESH),
    )
    again = after or standing
    batch.save_acceptance(again, [])
    errand = batch.errand(standing.exchange)
    if errand is not None:
        batch.save_errand(once_more(errand, word.by[:64], word.at))
    return again
