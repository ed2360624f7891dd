"""The root of the command line. Commands are registered by import path, so that only the one that runs is imported."""

import io
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Final

from cyclopts import App, Group, Parameter

from servicehost.cli.errors import CommandError

EXIT_CANNOT_WRITE = 1  # whoever read our output has gone

_COMMANDS: Final[Mapping[str, Mapping[str, tuple[str, str]]]] = {
    "The host": {
        "init": ("init:init", "Make the folder of a new host."),
        "serve": ("serve:serve", "Run a host."),
        "doctor": ("doctor:doctor", "Look for what is wrong with a host, and say what to do."),
        "settings": ("settings:app", "Look at the settings of a host."),
        "authority": ("authority:app", "Roll the certificate authority of a running host over."),
        "location": ("location:app", "Tell units where to call."),
        "backup": ("backup:backup", "Back the database up, sealed to a key."),
        "restore": ("backup:restore", "Make the database anew from a backup."),
        "demo": ("demo:demo", "See it work: a host with simulated adapters."),
    },
    "Contracts and people": {
        "login": ("login:login", "Log in at a host."),
        "logout": ("login:logout", "Log out, and forget the token."),
        "customer": ("customer:customer", "Take up customers, and see their contracts."),
        "contract": ("contract:contract", "Take up contracts, and find whose a code is."),
        "person": ("person:app", "Register operation managers, and make their notices."),
        "delegate": ("customer:delegate", "Name who may attend at a customer's sites."),
        "call": ("call:app", "Record calls and what they led to."),
        "consent": ("consent:app", "Let the provider work on a customer's network."),
        "tenant": ("tenant:app", "Export whole contracts, and import them."),
    },
    "Units and adapters": {
        "unit": ("unit:app", "Enter units, and say what has become of them."),
        "enrolment": ("enrolment:app", "Answer units that ask to be enrolled."),
        "adapter": ("adapter:app", "Look at adapters, bind units to them, and look after both."),
        "group": ("group:app", "Sort adapters into groups."),
        "tag": ("tag:app", "Put tags on adapters."),
        "query": ("query:app", "Find adapters, and keep what is often looked for."),
    },
    "Configs and tasks": {
        "config": ("config:app", "Save, compare and push the configs of adapters."),
        "push": ("push:app", "Look at pushes, and take them back."),
        "snapshot": ("snapshot:app", "Keep what adapters have, and have it back."),
        "proposal": ("proposal:app", "Propose configs, and answer such proposals."),
        "schedule": ("schedule:app", "Push configs and run tasks later, once or again and again."),
        "rollout": ("rollout:app", "Send a config change to many adapters, in waves."),
        "task": ("task:app", "Run tasks on adapters: ping, command, reboot and others."),
        "preset": ("preset:app", "Keep commands that are run again and again."),
    },
    "Faults and exchanges": {
        "fault": ("fault:app", "Find out what is wrong with a unit."),
        "exchange": ("exchange:app", "Ask for exchanges, judge them and carry them out."),
        "reaction": ("reaction:app", "Send steps of a case again that failed."),
        "stock": ("stock:app", "See and move the spares of each depot."),
        "address": ("address:app", "Check addresses and keep shipping addresses."),
        "area": ("area:app", "Close areas to on-site swaps, and open them again."),
        "places": ("places:app", "Look into the list of places."),
        "return": ("returns:app", "Record units that came back after an exchange."),
        "charge": ("charge:app", "Decide what is charged, and export it for billing."),
    },
    "What happened": {
        "event": ("event:app", "Look at what happened, follow it, and export it."),
        "audit": ("audit:app", "Read, verify and export the audit."),
    },
}
"""By what they are about: where each command is, below this folder, and what it is for."""

app = App(
    name="servicehost",
    help="A service host: it keeps one mutually authenticated session with each service adapter.",
    # A list that is left out is empty: nobody has to be able to say so.
    default_parameter=Parameter(negative_iterable=""),
    result_action="return_int_as_exit_code_else_zero",
)
for number, (about, commands) in enumerate(_COMMANDS.items()):
    group = Group(about, sort_key=number)
    for name, (place, purpose) in commands.items():
        app.command(f"servicehost.cli.{place}", name=name, help=purpose, group=group)


def main(tokens: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 2 bad input (named on standard error), else the command's own.

    `tokens` defaults to the process's arguments. A command line that cannot be understood ends by SystemExit(2).
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal without Japanese shows escapes, not a traceback
    try:
        code: int = app(list(sys.argv[1:] if tokens is None else tokens))
        sys.stdout.flush()
    except CommandError as error:
        sys.stderr.writelines(f"servicehost: {problem}\n" for problem in error.problems)
        return error.code
    except BrokenPipeError:
        # The interpreter flushes standard output once more on its way out: give it somewhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_CANNOT_WRITE
    return code
