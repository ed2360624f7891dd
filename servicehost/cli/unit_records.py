"""`servicehost unit bindings | custody | revoke-certificate`: what is on record of a unit, by the API of a host."""

from servicehost.cli.adapter_unit import BINDINGS
from servicehost.cli.asking import UrlFlag, asked
from servicehost.cli.tables import OutputFlag, write_items, write_one
from servicehost.cli.unit_names import RevokedFor, known_as

__all__ = ["bindings", "custody", "revoke_certificate"]


def bindings(distribution_id: str, /, *, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """List the adapters that a unit has served: each from when, until when, and why.

    Parameters
    ----------
    distribution_id
        Eight groups of four hex digits.
    """
    write_items(asked(url).all(f"units/{known_as(distribution_id)}/bindings"), BINDINGS, output)


def custody(distribution_id: str, /, *, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Show where a unit and its main accessories are, through whose hands they went, and what is to come back.

    Parameters
    ----------
    distribution_id
        Eight groups of four hex digits.
    """
    write_one(asked(url).call("GET", f"units/{known_as(distribution_id)}/custody"), output)


def revoke_certificate(
    serial_number: str, /, *, reason: RevokedFor, note: str = "", url: UrlFlag = None, output: OutputFlag = None
) -> None:
    """Revoke one certificate of a unit; its others stay good. `servicehost unit certificates` lists them.

    Parameters
    ----------
    serial_number
        Of the certificate, in hex.
    reason
        Why, in a word of RFC 5280; the unit is told it.
    note
        What people should know of it; kept in the audit.
    """
    order = {"reason": reason, "note": note}
    write_one(asked(url).call("POST", f"certificates/{serial_number}/revocation", json=order), output)
