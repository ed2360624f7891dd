"""`servicehost tenant`: whole management contracts, out of a host and into one."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Annotated, Any, Final

from cyclopts import App, Parameter

from servicehost.cli.asking import ABOUT_HOSTS, ReasonFlag, UrlFlag, asked
from servicehost.cli.errors import REFUSED, CommandError
from servicehost.cli.sealed_files import (
    KeyFlag,
    PassphraseFlag,
    opened_parts,
    owner_of,
    parts_of,
    read_public,
    written_anew,
)
from servicehost.cli.tables import OutputFlag, write_items

__all__ = ["app"]

app = App(name="tenant", help=f"Export whole management contracts, and import them.\n\n{ABOUT_HOSTS}")


@app.command
def export(
    contract: str,
    file: Path,
    /,
    *,
    to_key: Annotated[Path | None, Parameter(name="--to-key")] = None,
    reason: ReasonFlag = "",
    url: UrlFlag = None,
) -> None:
    """Write a contract into a new file, a ZIP of JSON: people, adapters, configs, snapshots, and what was done.

    Its manifest.json counts what is in it and names what is not. Without a key the secrets of configs are left out, and
    such a file cannot be imported again.

    Parameters
    ----------
    contract
        The management contract.
    file
        The file to make; only you may read it.
    to_key
        A public key, X25519 or RSA, in PEM: the export is whole, and sealed to it (openssl genpkey -algorithm x25519).
    """
    order: dict[str, Any] = {"reason": reason}
    if to_key is not None:
        order["to_key"] = read_public(to_key)
    with written_anew(file) as out:
        asked(url).copy(f"contracts/{contract}/export", out.write, {}, seen=None, order=order)


_PATIENCE_S: Final = 1_800


@app.command(name="import")
def import_(
    contract: str,
    file: Path,
    /,
    *,
    key: KeyFlag | None = None,
    passphrase: PassphraseFlag = None,
    rename: Annotated[list[str] | None, Parameter(name="--rename")] = None,
    apply: Annotated[bool, Parameter(negative="")] = False,
    reason: ReasonFlag = "",
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> int:
    """Take an export into a contract: without --apply it says what would be done, and does nothing.

    Lines of kind history name what was done on the other host and stays in the archive, schedules among it: order those
    anew. Lines of kind left_out name what the archive does not hold.

    It is opened here and sent to the host part by part; no plain copy is written to a disk. The exit code is 3 when
    something was refused; everything else is done all the same.

    Parameters
    ----------
    contract
        The management contract to take it into; it must be there.
    file
        The export.
    rename
        OLD=NEW: a service code in the export, and what it is to be called here; may be repeated.
    apply
        Do it.
    """
    parts = parts_of(file) if key is None else opened_parts(file, owner_of(key, passphrase))
    query = {"apply": "true" if apply else "false", "map": ",".join(rename or ()).replace("=", ":"), "reason": reason}
    headers = {"Content-Type": "application/zip"}
    path = f"contracts/{contract}/import"
    sending = _Sending(parts)
    try:
        answer = asked(url).call(
            "POST", path, source=str(file), due_s=_PATIENCE_S, params=query, data=sending.sent(), headers=headers
        )
    except CommandError as error:
        raise sending.failed or error from error
    write_items(answer["items"], ("kind", "key", "fate", "revisions", "count", "code", "text"), output)
    return REFUSED if any(one["fate"] == "refuse" for one in answer["items"]) else 0


class _Sending:
    """Parts on their way; what fails in reading them is told, and not what the line makes of it."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        self._parts = parts
        self.failed: CommandError | None = None

    async def sent(self) -> AsyncIterator[bytes]:
        """Each part."""
        try:
            for part in self._parts:
                yield part
        except CommandError as error:
            self.failed = error
            raise
