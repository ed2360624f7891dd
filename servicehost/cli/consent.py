"""`servicehost consent`: what the customer allows the provider's people, through the API of a running host."""

from typing import Annotated, Any, Final, Literal, TypeAlias

from cyclopts import App, Parameter

from servicehost.cli.asking import ABOUT_HOSTS, ReasonFlag, UrlFlag, asked
from servicehost.cli.tables import OutputFlag, write_items, write_one

COLUMNS: Final = (
    "consent",
    "management_code",
    "state",
    "given_by",
    "recorded_by",
    "rights",
    "to_role",
    "to_person",
    "service_codes",
    "begins_at",
    "ends_at",
)
State: TypeAlias = Literal["planned", "in_force", "expired", "withdrawn"]
Allowed: TypeAlias = Literal["edit_config", "push_config", "operate", "see_secrets", "exchange"]
Grantee: TypeAlias = Literal["support", "dispatcher"]

app = App(name="consent", help=f"Allow the provider's people what is the customer's, for a while.\n\n{ABOUT_HOSTS}")


@app.command
def give(
    management_code: str,
    /,
    *,
    allow: Annotated[list[Allowed], Parameter(name="--allow")],
    reason: ReasonFlag,
    to_role: Annotated[Grantee | None, Parameter(name="--to-role")] = None,
    to_person: Annotated[str | None, Parameter(name="--to-person")] = None,
    adapter: Annotated[list[str] | None, Parameter(name="--adapter")] = None,
    begins_at: Annotated[str | None, Parameter(name="--begins-at")] = None,
    ends_at: Annotated[str | None, Parameter(name="--ends-at")] = None,
    call: Annotated[int | None, Parameter(name="--call")] = None,
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> None:
    """Give a consent as an operation manager, or record the one that a manager gave in a call.

    Parameters
    ----------
    management_code
        The management contract.
    allow
        What is allowed; may be given several times.
    to_role
        Everybody of this role of the provider.
    to_person
        One person of the provider, by Master ID, instead of a role.
    adapter
        A service code; may be given several times. Without it every adapter of the contract.
    begins_at
        From when on, as 2026-11-23T09:00:00+09:00; without it from now.
    ends_at
        Until when; without it for the usual time of the host's settings.
    call
        The number of the call in which it was given; needed unless you are the operation manager.
    """
    given: dict[str, Any] = {
        "to_role": to_role,
        "to_person": to_person,
        "service_codes": adapter,
        "begins_at": begins_at,
        "ends_at": ends_at,
        "call": call,
    }
    body = {"rights": allow, "reason": reason} | {name: value for name, value in given.items() if value is not None}
    write_one(asked(url).call("POST", f"contracts/{management_code}/consents", json=body), output)


@app.command(name="list")
def list_(
    *,
    contract: Annotated[str | None, Parameter(name="--contract")] = None,
    adapter: Annotated[str | None, Parameter(name="--adapter")] = None,
    state: State | None = None,
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> None:
    """List consents, oldest first.

    Parameters
    ----------
    contract
        Only those of this management contract.
    adapter
        Only those that reach this adapter, by service code.
    state
        Only those that stand so now.
    """
    wanted = {"management_code": contract, "service_code": adapter, "state": state}
    query = {name: value for name, value in wanted.items() if value is not None}
    write_items(asked(url).all("consents", **query), COLUMNS, output)


@app.command
def show(consent: int, /, *, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Show a consent: who may do what where, from when until when, and whose word it is.

    Parameters
    ----------
    consent
        The consent's number.
    """
    write_one(asked(url).call("GET", f"consents/{consent}"), output)


@app.command
def withdraw(consent: int, /, *, reason: ReasonFlag = "", url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Withdraw a consent, or give it back. What was done under it stays done.

    Parameters
    ----------
    consent
        The consent's number.
    """
    write_one(asked(url).call("POST", f"consents/{consent}/withdrawal", json={"reason": reason}), output)
