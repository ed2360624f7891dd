"""`servicehost person`: operation managers and what they are handed, through the API of a running host."""

from pathlib import Path
from typing import Final

from cyclopts import App

from servicehost.cli.asking import ABOUT_HOSTS, ReasonFlag, UrlFlag, asked
from servicehost.cli.code_names import management_named
from servicehost.cli.errors import CommandError
from servicehost.cli.tables import OutputFlag, write_items, write_one

PEOPLE: Final = ("master_id", "name", "organisation", "telephone", "mail", "first_log_in_waits")
_OWN: Final = 0o600

app = App(name="person", help=f"Register operation managers, and make what they are handed.\n\n{ABOUT_HOSTS}")
app.command("servicehost.cli.login:password", name="password", help="Change your own password.")


@app.command
def add(
    contract: str,
    name: str,
    /,
    *,
    organisation: str | None = None,
    telephone: str | None = None,
    mail: str | None = None,
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> None:
    """Register an operation manager. `servicehost person notice` makes what they are handed.

    Parameters
    ----------
    contract
        The management code.
    name
        The person's name.
    organisation
        Where they work.
    telephone
        How they are reached.
    mail
        Their mail address.
    """
    given = {"organisation": organisation, "telephone": telephone, "mail": mail}
    order = {"name": name} | {key: value for key, value in given.items() if value is not None}
    write_one(asked(url).call("POST", f"contracts/{management_named(contract)}/people", json=order), output)


@app.command(name="list")
def list_(contract: str, /, *, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """List the operation managers of a contract.

    Parameters
    ----------
    contract
        The management code.
    """
    answer = asked(url).call("GET", f"contracts/{management_named(contract)}/people")
    write_items(answer["items"], PEOPLE, output)


@app.command
def notice(master_id: str, /, *, file: Path, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Make the notice for somebody registered: a page to print, with a one-time link to their first password.

    A notice made before is void from then on. The link stands in the file alone, which only you can read.

    Parameters
    ----------
    master_id
        Whose notice it is.
    file
        Where the page is written: HTML, which needs nothing from anywhere. It must not be there yet.
    """
    try:
        file.touch(mode=_OWN, exist_ok=False)
    except OSError as error:
        raise CommandError(f"{file} cannot be made ({error.strerror}); name a file that is not there yet") from error
    try:
        answer = asked(url).call("POST", f"people/{master_id}/notice")
        file.write_text(answer.pop("html"), encoding="utf-8")
    except BaseException:
        file.unlink(missing_ok=True)
        raise
    del answer["link"]
    write_one(answer | {"file": str(file)}, output)


@app.command
def erase(master_id: str, /, *, reason: ReasonFlag, url: UrlFlag = None) -> None:
    """Erase what is kept of a person, for good: their log-in ends, and the audit shows their words no more.

    Parameters
    ----------
    master_id
        Who is erased.
    """
    asked(url).call("POST", f"people/{master_id}/erasure", json={"reason": reason})


@app.command
def me(*, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Show who you are at a host: your Master ID, your role, your contract."""
    write_one(asked(url).call("GET", "people/me"), output)


@app.command(name="erase-named")
def erase_named(contract: str, name: str, /, *, reason: ReasonFlag, url: UrlFlag = None) -> None:
    """Erase what is kept of somebody who is not registered, such as an attendee, by their name; for good.

    Parameters
    ----------
    contract
        The management code.
    name
        The name, as it was written down.
    """
    order = {"name": name, "reason": reason}
    asked(url).call("POST", f"contracts/{management_named(contract)}/erasures", json=order)
