"""`servicehost unit`, about sessions: who dialled, with which certificates, who is held, who is carried elsewhere."""

from typing import Final, Literal

from servicehost.cli.asking import UrlFlag, asked
from servicehost.cli.errors import CommandError
from servicehost.cli.given import queried
from servicehost.cli.tables import OutputFlag, write_items, write_one
from servicehost.cli.unit_names import known_as

__all__ = ["attempts", "certificates", "move", "release", "renew"]

ATTEMPT_COLUMNS: Final = ("at", "address", "outcome", "reason", "detail", "tls_version", "certificate")
CERTIFICATE_COLUMNS: Final = ("serial_number", "way", "issued_at", "not_after", "revoked_at", "revoked_reason")


def attempts(
    distribution_id: str | None = None,
    /,
    *,
    since: str | None = None,
    outcome: Literal["welcomed", "refused", "broken"] | None = None,
    address: str | None = None,
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> None:
    """List attempts to open a session, oldest first: when, from where, and what came of each.

    Parameters
    ----------
    distribution_id
        Only those of this unit: eight groups of four hex digits. Without it also those of boxes that nobody knows.
    since
        From this time on, as 2026-11-23T04:05:06Z.
    outcome
        Only those that ended so.
    address
        Only those from this address.
    """
    query = queried(since=since, outcome=outcome, address=address)
    if distribution_id is None:
        write_items(asked(url).all("attempts", **query), ("distribution_id", *ATTEMPT_COLUMNS), output)
    else:
        write_items(asked(url).all(f"units/{known_as(distribution_id)}/attempts", **query), ATTEMPT_COLUMNS, output)


def certificates(distribution_id: str, /, *, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """List a unit's certificates in the order of their issue.

    Parameters
    ----------
    distribution_id
        Eight groups of four hex digits.
    """
    found = asked(url).call("GET", f"units/{known_as(distribution_id)}/certificates")
    write_items(found["items"], CERTIFICATE_COLUMNS, output)


def release(distribution_id: str, /, *, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Let a unit call again that was held because two boxes used its identity. First find out which one is right.

    Parameters
    ----------
    distribution_id
        Eight groups of four hex digits.
    """
    path, api = f"units/{known_as(distribution_id)}", asked(url)
    api.call("DELETE", f"{path}/hold")
    write_one(api.call("GET", path), output)


def renew(*distribution_ids: str, note: str = "", url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Want every certificate that these units hold now renewed: those in session begin at once, the others when they
    come.

    Parameters
    ----------
    distribution_ids
        Up to a thousand, each of eight groups of four hex digits.
    note
        Why.
    """
    if not distribution_ids:
        raise CommandError("name at least one unit")
    body = {"units": [known_as(one) for one in distribution_ids], "note": note}
    write_one(asked(url).call("POST", "units/renewals", json=body), output)


def move(
    distribution_id: str, /, *hosts: str, back: bool = False, url: UrlFlag = None, output: OutputFlag = None
) -> None:
    """Send a unit to other hosts, up to five in order, or take it back.

    Parameters
    ----------
    distribution_id
        Eight groups of four hex digits.
    hosts
        Where it shall call: wss://name:port.
    back
        It shall call here again.
    """
    if bool(hosts) == back:
        raise CommandError("say which hosts carry the unit, or --back")
    path, api = f"units/{known_as(distribution_id)}", asked(url)
    if back:
        api.call("DELETE", f"{path}/hosts")
    else:
        api.call("PUT", f"{path}/hosts", json={"hosts": list(hosts)})
    write_one(api.call("GET", path), output)
