"""Makers' authorities: there, readable, and none of them our own."""

from collections.abc import Iterator

from servicehost.backends.authority.files import ISSUING, ROOT
from servicehost.backends.authority.key_files import AuthorityFileError
from servicehost.backends.authority.makers import read_makers
from servicehost.cli.checks.finding import Finding, error, fine
from servicehost.settings.enrolment import EnrolmentSettings
from servicehost.settings.store import AuthoritySettings

__all__ = ["check_makers"]


def check_makers(authority: AuthoritySettings, enrolment: EnrolmentSettings) -> Iterator[Finding]:
    """What `enrolment.makers` names. Nothing where it names none, or where our own certificates cannot be read: another
    check says so."""
    if not enrolment.makers:
        return
    try:
        ours = "".join((authority.folder / name).read_text("ascii") for name in (ROOT, ISSUING))
        found = read_makers(enrolment.makers, ours)
    except AuthorityFileError as fault:
        yield error(fault.code.value, f"{fault.path}: {fault.text}", "correct enrolment.makers or the file")
    except (OSError, ValueError):
        return
    else:
        count = len(found.der)
        yield fine("makers_readable", f"birth certificates of {count} makers' authorities enrol registered units")
