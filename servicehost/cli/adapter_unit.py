"""`servicehost adapter add | bind | unbind | bindings`: adapters taken up, and which units serve them, by the API."""

from typing import Annotated, Final

from cyclopts import Parameter

from servicehost.cli.asking import ReasonFlag, UrlFlag, asked
from servicehost.cli.code_names import management_named, service_named
from servicehost.cli.given import given, queried
from servicehost.cli.tables import OutputFlag, write_items, write_one
from servicehost.cli.unit_names import known_as

__all__ = ["BINDINGS", "add", "bind", "bindings", "unbind"]

BINDINGS: Final = ("binding", "service_code", "distribution_id", "bound_at", "reason", "unbound_at", "unbound_reason")


def add(
    management_code: str,
    /,
    *,
    code: str | None = None,
    site: str | None = None,
    memo: str | None = None,
    brought_in: Annotated[str | None, Parameter(name="--brought-in")] = None,
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> None:
    """Take up an adapter of a contract; for dispatchers. A unit serves it once one is bound to it.

    Parameters
    ----------
    management_code
        The management contract.
    code
        The service code, if it is not to be chosen.
    site
        The name of the site, as in the order.
    memo
        The memo beside it.
    brought_in
        Distribution ID of the unit that the customer brings in; no other is bound to it by mistake.
    """
    order = given(
        management_code=management_named(management_code),
        service_code=None if code is None else service_named(code),
        site_name=site,
        memo=memo,
        brought_in=None if brought_in is None else known_as(brought_in),
    )
    write_one(asked(url).call("POST", "adapters", json=order), output)


def bind(
    service_code: str,
    distribution_id: str,
    /,
    *,
    override: Annotated[bool, Parameter(name="--override", negative="")] = False,
    reason: ReasonFlag = "",
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> None:
    """Let a unit serve an adapter; it is told to dial again. To change a unit that serves, see replace.

    Parameters
    ----------
    service_code
        The adapter.
    distribution_id
        The unit: eight groups of four hex digits.
    override
        Bind it although the customer brings in another; --reason says why.
    """
    order = {"distribution_id": known_as(distribution_id), "override": override, "reason": reason}
    write_one(asked(url).call("PUT", f"adapters/{service_named(service_code)}/unit", json=order), output)


def unbind(service_code: str, /, *, reason: ReasonFlag = "", url: UrlFlag = None) -> None:
    """Take the unit off an adapter: it dials again and is then on stand-by, without a config.

    Parameters
    ----------
    service_code
        The adapter.
    """
    path = f"adapters/{service_named(service_code)}/unit"
    asked(url).call("DELETE", path, params=queried(reason=reason or None))


def bindings(service_code: str, /, *, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """List the units that have served an adapter: each from when, until when, and why.

    Parameters
    ----------
    service_code
        The adapter.
    """
    write_items(asked(url).all(f"adapters/{service_named(service_code)}/bindings"), BINDINGS, output)
