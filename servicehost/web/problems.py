"""Problems (RFC 9457): how every error that the API answers with is told; `problem_codes` names them all."""

from http import HTTPStatus
from typing import Any, Final

import msgspec
from msgspec import UNSET, UnsetType

from servicehost.domain.errors import (
    Busy,
    Conflict,
    Forbidden,
    Invalid,
    InvalidTable,
    NotFound,
    Refused,
    StaleEdit,
    StoreFull,
    Unauthenticated,
)
from servicehost.domain.snapshot import StaleMembers
from servicehost.web.problem_codes import STATUS

__all__ = ["MEDIA_TYPE", "Malformed", "Problem", "ProblemError", "ProblemMember", "listed", "problem_for", "status_of"]

MEDIA_TYPE: Final = "application/problem+json"

_BY_KIND: Final[dict[type[Refused], int]] = {
    NotFound: 404,
    Conflict: 409,
    Invalid: 422,
    Unauthenticated: 401,
    Forbidden: 403,
    Busy: 503,
    StoreFull: 507,
}


class Malformed(Refused):
    """A request that cannot be read, as HTTP or as JSON."""


class ProblemError(msgspec.Struct, frozen=True, kw_only=True):
    """One of many things that are wrong: the line of the file, from 1, and its column (null: the whole row)."""

    detail: str
    code: str
    line: int
    column: str | None


class ProblemMember(msgspec.Struct, frozen=True, kw_only=True):
    """An adapter of which the caller has seen another working revision than the one that stands (0: none)."""

    service_code: str
    seen_revision: int
    standing_revision: int


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """What went wrong. `code` is stable and may be relied upon; `detail` is for people and says what to do."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    instance: str
    """This one occurrence: the log has it under the same name."""
    errors: list[ProblemError] | UnsetType = UNSET
    """Everything that is wrong, where one request can be wrong in many places; in the order of the lines."""
    unlisted: int | UnsetType = UNSET
    """How many more there are than `errors` lists."""
    changed: list[ProblemMember] | UnsetType = UNSET
    """Of a stale order for many adapters: those that somebody has changed, with what stands now."""
    standing_revision: int | UnsetType = UNSET
    """Of a stale edit: the revision that stands."""
    expected_revision: int | UnsetType = UNSET
    """And the one that the edit was made upon."""
    links: dict[str, str] | UnsetType = UNSET
    """Where to look: `standing` and `expected` are both versions, `diff` what lies between them."""


def status_of(refused: Refused) -> int:
    """The HTTP status of a refusal: its code's, else its kind's."""
    by_code = STATUS.get(refused.code)
    return by_code if by_code is not None else _BY_KIND.get(type(refused), 400)


def listed(refused: Refused) -> dict[str, Any]:
    """The members that list what is wrong, for a refusal that has more than one thing to say."""
    if isinstance(refused, StaleEdit):
        return _both_versions(refused)
    if isinstance(refused, StaleMembers):
        changed = [
            ProblemMember(service_code=one.service_code, seen_revision=one.seen, standing_revision=one.standing)
            for one in refused.changed
        ]
        return {"changed": changed, "unlisted": refused.unlisted}
    if not isinstance(refused, InvalidTable):
        return {}
    errors = [
        ProblemError(detail=cell.text, code=cell.code, line=cell.line, column=cell.column) for cell in refused.cells
    ]
    return {"errors": errors, "unlisted": refused.unlisted}


def _both_versions(stale: StaleEdit) -> dict[str, Any]:
    base = f"/api/v1/adapters/{stale.service_code}/config"
    links = {"standing": f"{base}/revisions/{stale.standing}"} if stale.standing else {}
    if stale.expected:
        links["expected"] = f"{base}/revisions/{stale.expected}"
    if len(links) == 2:  # noqa: PLR2004 - both of them
        links["diff"] = f"{base}/diff?left={stale.expected}&right={stale.standing}"
    return {"standing_revision": stale.standing, "expected_revision": stale.expected, "links": links}


def problem_for(code: str, status: int, detail: str, request_id: str, **more: Any) -> Problem:
    """The problem document of one refusal; `more` are the members of `listed`."""
    return Problem(
        type=f"urn:servicehost:problem:{code}",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        code=code,
        instance=f"urn:servicehost:request:{request_id}",
        **more,
    )
