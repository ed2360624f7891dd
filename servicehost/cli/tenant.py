"""`servicehost tenant`: whole management contracts, out of a host and into one."""

from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter

from servicehost.cli.asking import ABOUT_HOSTS, ReasonFlag, UrlFlag, asked
from servicehost.cli.sealed_files import read_public, written_anew

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
    """Write everything of a contract into a new file: a ZIP of JSON.

    Without a key the secrets of configs are left out, and such a file cannot be imported again.

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
