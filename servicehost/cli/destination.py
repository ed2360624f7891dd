"""`servicehost exchange destination`: a dispatcher sends units elsewhere than to the shipping address."""

from typing import Annotated, TypeAlias

from cyclopts import Parameter

from servicehost.cli.address import PostalCode
from servicehost.cli.asking import ReasonFlag, UrlFlag, asked
from servicehost.cli.errors import CommandError
from servicehost.cli.tables import OutputFlag, write_one

DeclaredFlag: TypeAlias = Annotated[bool, Parameter(name="--declared-location", negative="")]


def destination(
    exchange: int,
    /,
    *,
    reason: ReasonFlag,
    declared: DeclaredFlag = False,
    postal_code: PostalCode = "",
    prefecture: str = "",
    municipality: str = "",
    rest: str = "",
    addressee: str = "",
    telephone: str = "",
    word: str = "",
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> None:
    """Send the units of an exchange to the declared location, or to a stand-in address; what was held is ordered.

    Parameters
    ----------
    exchange
        The exchange's number.
    reason
        Why it does not go to the shipping address.
    declared
        To the declared location; then no address is given.
    postal_code
        Of the stand-in: seven digits, with or without a hyphen.
    prefecture
        Its name in full, or its code.
    municipality
        Its name with the ward, or its code.
    rest
        District, house number, building.
    addressee
        Who receives it.
    telephone
        Where they are reached.
    word
        How a postal code that the list does not know was made sure of.
    """
    stand_in = {
        "postal_code": postal_code,
        "prefecture": prefecture,
        "municipality": municipality,
        "rest": rest,
        "addressee": addressee,
        "telephone": telephone,
    }
    if declared == any(stand_in.values()):
        raise CommandError("give either --declared-location or an address")
    body = {"kind": "declared_location", "reason": reason}
    stand = {"kind": "stand_in", "reason": reason, "stand_in": stand_in, "word": word}
    write_one(asked(url).call("POST", f"exchanges/{exchange}/destination", json=body if declared else stand), output)
