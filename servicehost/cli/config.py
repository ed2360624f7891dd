"""`servicehost config`: what adapters shall run, what they run, and how one becomes the other."""

import sys
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from cyclopts import App, Parameter

from servicehost.cli.asking import ABOUT_HOSTS, ReasonFlag, UrlFlag, asked
from servicehost.cli.errors import REFUSED, CommandError
from servicehost.cli.push_progress import ended
from servicehost.cli.tables import OutputFlag, write_items, write_one

__all__ = ["app"]

app = App(name="config", help=f"Save, compare and push the configs of adapters.\n\n{ABOUT_HOSTS}")

_THROUGH: Final = "operating_through_adapter"


@app.command(name="list")
def list_(*, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """List adapters with what they shall run, what was confirmed, and whether their unit runs something else."""
    items = [_listed(one) for one in asked(url).all("adapters")]
    write_items(items, ("service_code", "working", "startup", "drift", "push"), output)


@app.command
def show(service_code: str, /, *, revision: int | None = None, module: int = 0, url: UrlFlag = None) -> None:
    """Write a saved config to standard output, byte for byte.

    Parameters
    ----------
    service_code
        The adapter.
    revision
        Number of the revision; without it the working one.
    module
        Number of the module; 0 is the main one.
    """
    host = asked(url)
    number = _working(host, service_code) if revision is None else revision
    path = f"adapters/{service_code}/config/revisions/{number}/modules/{module}"
    host.copy(path, sys.stdout.buffer.write, {}, seen=None)


@app.command
def history(service_code: str, /, *, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """List every revision: who saved it, when and why.

    Parameters
    ----------
    service_code
        The adapter.
    """
    items = asked(url).all(f"adapters/{service_code}/config/revisions")
    write_items(items, ("revision", "saved_at", "author", "size_bytes", "digest", "reason"), output)


@app.command(name="set")
def set_(
    service_code: str,
    file: Annotated[str, Parameter(allow_leading_hyphen=True)],
    /,
    *,
    module: int = 0,
    binary: Annotated[bool, Parameter(negative="")] = False,
    expect: int | None = None,
    reason: ReasonFlag = "",
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> None:
    """Save a module as a new revision of the whole config. Nothing runs it until it is pushed.

    Parameters
    ----------
    service_code
        The adapter.
    file
        What it shall hold; - reads standard input.
    module
        Number of the module; 0 is the main one.
    binary
        It is no text.
    expect
        The newest revision you have seen (0: none): refused when another one stands. Without it, whatever stands now.
    """
    host, raw = asked(url), _read(file)
    standing = _revision(host, service_code) if expect is None else expect
    query = {"kind": "binary" if binary else "text", "reason": reason}
    headers = {"If-Match": f'"{standing}"', "Content-Type": "application/octet-stream"}
    path = f"adapters/{service_code}/config/modules/{module}"
    write_one(host.call("PUT", path, params=query, data=raw, headers=headers), output)


@app.command
def blank(
    service_code: str,
    /,
    *,
    expect: int | None = None,
    reason: ReasonFlag = "",
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> None:
    """Save blank to every module of the adapter's unit that has no config yet, in one revision; never to the main one.

    Parameters
    ----------
    service_code
        The adapter.
    expect
        The newest revision you have seen; without it, whatever stands now.
    """
    host = asked(url)
    standing = _revision(host, service_code) if expect is None else expect
    path = f"adapters/{service_code}/config/blanks"
    write_one(host.call("POST", path, json={"reason": reason}, headers={"If-Match": f'"{standing}"'}), output)


@app.command
def diff(left: str, right: str | None = None, /, *, module: int = 0, url: UrlFlag = None) -> None:
    """Compare two configs of any adapters of one contract, as a unified diff.

    A side is written CODE, CODE/REVISION, CODE/working, CODE/startup or CODE/running.

    Parameters
    ----------
    left
        One side. Alone: what its unit runs against its working config.
    right
        The other side.
    module
        Number of the module; 0 is the main one.
    """
    code, which = _side(left, "running" if right is None else "working")
    other, against = _side(right or code, "working")
    query = {"left": which, "right": against, "other": other, "module": f"{module}"}
    answer = asked(url).call("GET", f"adapters/{code}/config/diff", params=query)
    if answer["unified"] is None and not answer["same"]:
        sys.stdout.write(f"binary modules differ: {answer['left']['digest']} and {answer['right']['digest']}\n")
    else:
        sys.stdout.buffer.write((answer["unified"] or "").encode())


@app.command
def restore(
    service_code: str,
    revision: int,
    /,
    *,
    expect: int | None = None,
    reason: ReasonFlag = "",
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> None:
    """Bring a revision back as the newest one. Nothing runs it until it is pushed.

    Parameters
    ----------
    service_code
        The adapter.
    revision
        The revision to bring back.
    expect
        The newest revision you have seen; without it, whatever stands now.
    """
    host = asked(url)
    standing = _revision(host, service_code) if expect is None else expect
    path = f"adapters/{service_code}/config/revisions/{revision}/restore"
    answer = host.call("POST", path, json={"reason": reason}, headers={"If-Match": f'"{standing}"'})
    write_one(answer, output)


@app.command
def preview(
    service_code: str, /, *, revision: int | None = None, url: UrlFlag = None, output: OutputFlag = None
) -> None:
    """Show what a push would send: every module, sent or unchanged, with its size and digest.

    Parameters
    ----------
    service_code
        The adapter.
    revision
        Number of the revision; without it the working one.
    """
    query = {} if revision is None else {"revision": f"{revision}"}
    answer = asked(url).call("GET", f"adapters/{service_code}/config/preview", params=query)
    write_items(answer["items"], ("module", "name", "fate", "size_bytes", "digest", "running_digest"), output)


@app.command
def push(
    service_codes: list[str],
    /,
    *,
    revision: int | None = None,
    target: Literal["startup", "running", "both"] = "both",
    wait: Annotated[bool, Parameter(negative="")] = False,
    yes: Annotated[bool, Parameter(negative="")] = False,
    reason: ReasonFlag = "",
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> int:
    """Order that adapters run a saved config.

    Exit codes: 0 ordered, with --wait confirmed by all; 3 when one was refused, or did not end as confirmed; 2 for bad
    input, 4 when the host is not reached.

    Parameters
    ----------
    service_codes
        The adapters.
    revision
        Number of the revision of each; without it the working one of each.
    target
        both: at once, and startup once it is confirmed; running: until the next boot; startup: from the next boot on.
    wait
        Wait until every push has ended.
    yes
        Push also to the adapter that you are operating through, without being asked.
    """
    host = asked(url)
    order: dict[str, Any] = {
        "service_codes": service_codes,
        "target": target,
        "reason": reason,
        "through_acknowledged": yes,
    }
    if revision is not None:
        order["revision"] = revision
    ordered = _ordered(host, order)
    results = ordered["results"]
    if wait:
        results = ended(host, results)
    write_items(results, ("service_code", "push", "phase", "reason", "code", "text"), output)
    if wait:
        return 0 if all(one.get("phase") == "confirmed" for one in results) else REFUSED
    return 0 if not ordered["refused"] else REFUSED


def _ordered(host: Any, order: dict[str, Any]) -> dict[str, Any]:
    from servicehost.cli.host_api import ApiRefused  # noqa: PLC0415 - help needs no HTTP client

    try:
        answer: dict[str, Any] = host.call("POST", "pushes", json=order)
    except ApiRefused as refused:
        if refused.api_code != _THROUGH or not sys.stdin.isatty():
            raise
        sys.stderr.writelines(f"{problem}\n" for problem in refused.problems)
        if input("Push all the same? [y/N] ").strip().lower() != "y":
            raise
        answer = host.call("POST", "pushes", json=order | {"through_acknowledged": True})
    return answer


def _listed(adapter: dict[str, Any]) -> dict[str, Any]:
    """One line of the list."""
    return {
        "service_code": adapter["service_code"],
        "working": adapter["working"]["revision"] if adapter["working"] else None,
        "startup": adapter["startup"]["revision"] if adapter["startup"] else None,
        "drift": adapter["drift"],
        "push": adapter["push"]["phase"] if adapter["push"] else None,
    }


def _revision(host: Any, service_code: str) -> int:
    return int(host.call("GET", f"adapters/{service_code}/config/modules")["revision"] or 0)


def _working(host: Any, service_code: str) -> int:
    number = _revision(host, service_code)
    if not number:
        raise CommandError(f"{service_code} has no config yet", code=REFUSED)
    return number


def _side(text: str, otherwise: str) -> tuple[str, str]:
    code, _, which = text.partition("/")
    return code, which or otherwise


def _read(file: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise CommandError(f"{file}: it cannot be read ({error.strerror})") from error
