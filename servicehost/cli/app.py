"""The root of the command line. Commands are registered by import path, so that only the one that runs is imported."""

import io
import os
import sys
from collections.abc import Sequence

from cyclopts import App

from servicehost.cli.errors import CommandError

EXIT_CANNOT_WRITE = 1  # whoever read our output has gone

app = App(
    name="servicehost",
    help="A service host: it keeps one mutually authenticated session with each service adapter.",
    result_action="return_int_as_exit_code_else_zero",
)
app.command("servicehost.cli.init:init", name="init", help="Make the folder of a new host.")
app.command("servicehost.cli.serve:serve", name="serve", help="Run a host.")
app.command(
    "servicehost.cli.doctor:doctor", name="doctor", help="Look for what is wrong with a host, and say what to do."
)
app.command("servicehost.cli.login:login", name="login", help="Log in at a host.")
app.command("servicehost.cli.customer:customer", name="customer", help="Take up customers, and see their contracts.")
app.command("servicehost.cli.contract:contract", name="contract", help="Take up contracts, and find whose a code is.")
app.command("servicehost.cli.customer:delegate", name="delegate", help="Name who may attend at a customer's sites.")
app.command("servicehost.cli.person:app", name="person", help="Register operation managers, and make their notices.")
app.command("servicehost.cli.unit:app", name="unit", help="Enter units, and say what has become of them.")
app.command("servicehost.cli.enrolment:app", name="enrolment", help="Answer units that ask to be enrolled.")
app.command("servicehost.cli.location:app", name="location", help="Tell units where to call.")
app.command("servicehost.cli.settings:app", name="settings", help="Look at the settings of a host.")
app.command("servicehost.cli.demo:demo", name="demo", help="See it work: a host with simulated adapters.")
app.command(
    "servicehost.cli.authority:app", name="authority", help="Roll the certificate authority of a running host over."
)
app.command("servicehost.cli.exchange:app", name="exchange", help="Judge exchanges, and decide about them.")
app.command("servicehost.cli.stock:app", name="stock", help="See and move the spares of each depot.")
app.command("servicehost.cli.adapter:app", name="adapter", help="Look after adapters, and change their units at once.")
app.command("servicehost.cli.group:app", name="group", help="Sort adapters into groups.")
app.command("servicehost.cli.tag:app", name="tag", help="Put tags on adapters.")
app.command("servicehost.cli.query:app", name="query", help="Find adapters, and keep what is often looked for.")
app.command("servicehost.cli.preset:app", name="preset", help="Keep commands that are run again and again.")
app.command("servicehost.cli.fault:app", name="fault", help="Find out what is wrong with a unit.")
app.command("servicehost.cli.returns:app", name="return", help="Record units that came back after an exchange.")
app.command("servicehost.cli.event:app", name="event", help="Look at what happened, follow it, and export it.")
app.command("servicehost.cli.charge:app", name="charge", help="Decide what is charged, and export it for billing.")
app.command("servicehost.cli.address:app", name="address", help="Check addresses and keep shipping addresses.")
app.command("servicehost.cli.area:app", name="area", help="Close areas to on-site swaps, and open them again.")
app.command("servicehost.cli.places:app", name="places", help="Look into the list of places.")
app.command("servicehost.cli.config:app", name="config", help="Save, compare and push the configs of adapters.")
app.command("servicehost.cli.schedule:app", name="schedule", help="Push configs at a time, once or again and again.")
app.command("servicehost.cli.rollout:app", name="rollout", help="Send a config change to many adapters, in waves.")
app.command("servicehost.cli.task:app", name="task", help="Run tasks on adapters: ping, command, reboot and others.")
app.command("servicehost.cli.backup:backup", name="backup", help="Back the database up, sealed to a key.")
app.command("servicehost.cli.backup:restore", name="restore", help="Make the database anew from a backup.")
app.command("servicehost.cli.tenant:app", name="tenant", help="Export whole contracts, and import them.")
app.command("servicehost.cli.snapshot:app", name="snapshot", help="Keep what adapters have, and have it back.")
app.command("servicehost.cli.consent:app", name="consent", help="Let the provider work on a customer's network.")
app.command("servicehost.cli.proposal:app", name="proposal", help="Propose configs, and answer such proposals.")
app.command("servicehost.cli.call:app", name="call", help="Record calls and what they led to.")
app.command("servicehost.cli.audit:app", name="audit", help="Verify and export the audit.")


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
