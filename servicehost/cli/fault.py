"""`servicehost fault`: what is wrong with a unit, found out question by question, through the API of a running host."""

import sys
from typing import Annotated, Any, Final, Literal, TypeAlias

from cyclopts import App, Parameter

from servicehost.cli.asking import ABOUT_HOSTS, ReasonFlag, UrlFlag, asked
from servicehost.cli.tables import OutputFlag, write_items, write_one

COLUMNS: Final = ("fault", "service_code", "phase", "cause", "opened_at", "closed_at", "reason")
Question: TypeAlias = Literal[
    "site_power",
    "power_lamp",
    "line_lamp",
    "others_online",
    "power_cycled",
    "lan_lamp",
    "moved",
    "present",
    "opened",
    "dropped",
    "water",
    "lightning",
]
Reply: TypeAlias = Literal["yes", "no", "lit", "dark", "came_back", "no_change", "not_done", "cannot_say"]
EndWord: TypeAlias = Literal["withdrawn", "no_fault_found"]
CauseWord: TypeAlias = Literal["natural", "negligence", "accident", "disaster", "modification", "loss", "not_hardware"]

app = App(name="fault", help=f"Find out what is wrong with a unit.\n\n{ABOUT_HOSTS}")


@app.command(name="list")
def list_(
    *,
    service_code: str | None = None,
    open_only: Annotated[bool, Parameter(name="--open", negative=())] = False,
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> None:
    """List faults, oldest first.

    Parameters
    ----------
    service_code
        Only those of this adapter.
    open_only
        Only those that are not closed.
    """
    query = {"service_code": service_code, "open_only": "true" if open_only else None}
    named = {name: value for name, value in query.items() if value is not None}
    write_items(asked(url).all("faults", **named), COLUMNS, output)


@app.command
def show(fault: int, /, *, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Show a fault: its unit, what was seen, what is known of it, and its exchanges.

    Parameters
    ----------
    fault
        The fault's number.
    """
    write_one(asked(url).call("GET", f"faults/{fault}"), output)


@app.command
def close(fault: int, end: EndWord, /, *, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Close a fault that needs no exchange. That it came back, or was exchanged, the host finds out by itself.

    Parameters
    ----------
    fault
        The fault's number.
    end
        withdrawn: the customer takes it back; no_fault_found: the provider found none.
    """
    write_one(asked(url).call("POST", f"faults/{fault}/close", json={"end": end}), output)


@app.command
def triage(fault: int, /, *, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Show the guided triage: what is known, what is proposed and why, and the next question to ask.

    Parameters
    ----------
    fault
        The fault's number.
    """
    _write(asked(url).call("GET", f"faults/{fault}/triage"), output)


@app.command
def answer(
    fault: int,
    question: Question,
    reply: Reply,
    /,
    *,
    note: str = "",
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> None:
    """Answer a question of the triage, and show how it stands then.

    Parameters
    ----------
    fault
        The fault's number.
    question
        Which question.
    reply
        What was answered; each question has a few of these, and cannot_say always.
    note
        More, in your own words.
    """
    body = {"question": question, "reply": reply, "note": note}
    _write(asked(url).call("POST", f"faults/{fault}/triage/answers", json=body), output)


@app.command
def decide(
    fault: int,
    cause: CauseWord,
    /,
    *,
    evidence: str,
    reason: ReasonFlag = "",
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> None:
    """Say what caused the fault. A later decision corrects an earlier one.

    Parameters
    ----------
    fault
        The fault's number.
    cause
        What you find.
    evidence
        By what evidence.
    reason
        Why; needed when it is not what was proposed.
    """
    body = {"cause": cause, "evidence": evidence, "reason": reason}
    write_one(asked(url).call("POST", f"faults/{fault}/triage", json=body), output)


def _write(triaged: dict[str, Any], output: str | None) -> None:
    if output == "table" or (output is None and sys.stdout.isatty()):
        sys.stdout.write("\n".join(_sheet(triaged)) + "\n")
    else:
        write_one(triaged, "json")


def _sheet(triaged: dict[str, Any]) -> list[str]:
    fault, proposal = triaged["fault"], triaged["proposal"]
    known = [f"  {line['at'] or '':24}  {line['text_en']}" for line in triaged["evidence"]["lines"]]
    reasons = [f"  {_mark(one['speaks_for'])} {one['text_en']}" for one in proposal["reasons"]]
    said = [
        f"  {one['question']}: {reply['reply_en']} ({reply['source']}, {reply['author']}, {reply['at']})"
        for one in triaged["questions"]
        for reply in one["answers"]
    ]
    found = [f"  {one['cause']} ({one['author']}, {one['at']})" for one in triaged["findings"]]
    return [
        f"fault {fault['fault']} of {fault['service_code']}, {fault['phase']}",
        *_part("known:", known),
        *_part("answered:", said),
        f"proposed: {proposal['cause'] or 'unknown'}. {proposal['text_en']}",
        *reasons,
        *_part("decided:", found),
        *_next(triaged),
    ]


def _mark(speaks_for: bool | None) -> str:
    return " " if speaks_for is None else "+" if speaks_for else "-"


def _part(title: str, lines: list[str]) -> list[str]:
    return [title, *lines] if lines else []


def _next(triaged: dict[str, Any]) -> list[str]:
    name = triaged["next_question"]
    if name is None:
        return ["ask next: nothing; no answer would change what is proposed"]
    question = next(one for one in triaged["questions"] if one["question"] == name)
    command = f"servicehost fault answer {triaged['fault']['fault']} {name}"
    return [f"ask next: {question['text_en']}", f"  {command} {'|'.join(question['replies'])}"]
