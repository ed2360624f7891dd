"""What an EST request says: credentials, and the PKCS#10 request in its body. What cannot be read is named."""

import binascii
from base64 import b64decode
from typing import Final

from protocol.identity import DistributionId, MalformedDistributionId, parse_distribution_id
from servicehost.bootstrap.http import Request, Response, problem

__all__ = ["CHALLENGE", "Answered", "credentials", "csr_in", "require_method"]

CHALLENGE: Final = (("www-authenticate", 'Basic realm="enrolment", charset="UTF-8"'),)
_WHITE_SPACE: Final = b" \t\r\n"


class Answered(Exception):
    """Carries a refusal out of the reading of a request."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


def require_method(request: Request, method: str) -> None:
    """Raises Answered with a 405."""
    if request.method != method:
        detail = f"this address takes {method} only"
        raise Answered(problem(405, "method_not_allowed", detail, headers=(("allow", method),)))


def credentials(authorization: str) -> tuple[DistributionId, str]:
    """Distribution ID and token, out of HTTP Basic. Raises Answered with a 401."""
    scheme, _, encoded = authorization.partition(" ")
    try:
        user, colon, token = b64decode(encoded.strip(), validate=True).decode("utf-8").partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError) as error:
        raise _unauthorized("credentials_malformed", "the credentials are not HTTP Basic") from error
    if scheme.lower() != "basic" or not colon or not token:
        raise _unauthorized("credentials_malformed", "the credentials are not HTTP Basic with a user and a password")
    try:
        return parse_distribution_id(user), token
    except MalformedDistributionId as error:
        raise _unauthorized(error.code, "the user of HTTP Basic must be the unit's Distribution ID") from error


def csr_in(request: Request) -> bytes:
    """The PKCS#10 request, DER, not looked into. Raises Answered with a 400 or 415."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/pkcs10":
        raise Answered(problem(415, "media_type_unsupported", "send the request as application/pkcs10"))
    try:
        # White space is for the reader's patience, as RFC 8951 asks; anything else is not.
        csr = b64decode(request.body.translate(None, _WHITE_SPACE), validate=True)
    except (binascii.Error, ValueError) as error:
        detail = "the body is not base64 of a PKCS#10 request in DER (no PEM header, no MIME parts)"
        raise Answered(problem(400, "body_not_base64", detail)) from error
    if not csr:
        raise Answered(problem(400, "body_empty", "the body must be base64 of a PKCS#10 request in DER"))
    return csr


def _unauthorized(code: str, detail: str) -> Answered:
    return Answered(problem(401, code, detail, headers=CHALLENGE))
