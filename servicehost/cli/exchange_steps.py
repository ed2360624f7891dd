"""Steps of an exchange that people take through the API of a running host."""

from typing import Annotated, Literal, TypeAlias

from cyclopts import Parameter

from servicehost.cli.asking import ReasonFlag, UrlFlag, asked
from servicehost.cli.errors import CommandError
from servicehost.cli.tables import OutputFlag, write_one

VerdictWord: TypeAlias = Literal["onsite_swap", "sendback", "declined", "new_supply"]


def override(
    exchange: int,
    verdict: VerdictWord | None = None,
    /,
    *,
    reason: ReasonFlag,
    withdraw: Annotated[bool, Parameter(name="--withdraw", negative="")] = False,
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> None:
    """Decide otherwise than the rules, or take that back, until the exchange is ordered; both stay in the trace.

    Parameters
    ----------
    exchange
        The exchange's number.
    verdict
        What is decided; left out with --withdraw.
    withdraw
        Let the rules decide after all.
    """
    if withdraw == (verdict is not None):
        raise CommandError("give either a verdict or --withdraw")
    path = f"exchanges/{exchange}/override"
    if withdraw:
        write_one(asked(url).call("POST", f"{path}/withdrawal", json={"reason": reason}), output)
        return
    write_one(asked(url).call("POST", path, json={"verdict": verdict, "reason": reason}), output)


def reopen(exchange: int, /, *, saw: str, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Take a closed or failed exchange up again: the next replacement, in the same case.

    Parameters
    ----------
    exchange
        The exchange's number.
    saw
        What was seen that is not well.
    """
    write_one(asked(url).call("POST", f"exchanges/{exchange}/reopening", json={"saw": saw}), output)
