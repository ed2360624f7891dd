"""A written address is taken or refused by name: the body that whoever takes addresses shares."""

from servicehost.domain.address import Checked, WrittenAddress, check_address
from servicehost.domain.errors import Conflict
from servicehost.domain.place import Place
from servicehost.domain.places import Places

__all__ = ["place_of", "refuse_wrong"]


def refuse_wrong(checked: Checked, word: str) -> None:
    """Raises Conflict with the first `AddressFault` as its code, and all of them in words. `word` settles doubts."""
    found = checked.wrong or (() if word.strip() else checked.doubts)
    if found:
        raise Conflict(found[0].fault.value, " ".join(one.words.en for one in found))


def place_of(written: WrittenAddress, places: Places, word: str) -> Place:
    """Where it lies. Raises Conflict as `refuse_wrong`."""
    checked = check_address(written, places, place_only=True)
    refuse_wrong(checked, word)
    assert checked.place is not None  # noqa: S101 - nothing is wrong with it
    return checked.place
