"""Signed messages between machines, as the Standard Webhooks convention has them (https://www.standardwebhooks.com).

    webhook-id: the message's name, the same however often it is sent
    webhook-timestamp: seconds since the Unix epoch, of this sending
    webhook-signature: "v1," and the base64 of HMAC-SHA256(secret, id "." timestamp "." body); several, blanks between

A secret is written `whsec_` and the base64 of 24 to 64 random bytes. Two can be in force while one follows the other: a
message is signed with both, and good when one of its signatures is good under one of them.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Sequence
from typing import Final

import msgspec

from servicehost.domain.errors import Invalid, Unauthenticated

__all__ = [
    "MOST_SECRETS",
    "SIGNATURE_CODES",
    "SignedMessage",
    "check_headers",
    "check_message",
    "digest_of",
    "parse_secrets",
    "sign",
    "signatures",
]

MOST_SECRETS: Final = 2
SIGNATURE_CODES: Final = (
    "webhook_headers_missing",
    "webhook_headers_malformed",
    "webhook_signature_wrong",
    "webhook_out_of_time",
)
_PREFIX: Final = "whsec_"
_SECRET_BYTES: Final = range(24, 65)
_MOST_SIGNATURES: Final = 8
# No dot: it is what stands between the signed parts.
_MESSAGE_ID: Final = re.compile(r"[A-Za-z0-9_:/-]{1,128}", re.ASCII)
_TIMESTAMP: Final = re.compile(r"[0-9]{1,12}", re.ASCII)


class SignedMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A message as it came: the three headers (empty for one that is missing) and the bytes of the body."""

    message_id: str
    timestamp: str
    signature: str
    body: bytes


def parse_secrets(text: str) -> tuple[bytes, ...]:
    """One or two secrets, with white space between; from `#` to the end of a line is no secret.

    Raises Invalid `webhook_secrets_malformed`, which holds none of the text.
    """
    words = [word for line in text.splitlines() for word in line.partition("#")[0].split()]
    if not 1 <= len(words) <= MOST_SECRETS:
        raise Invalid("webhook_secrets_malformed", f"one secret is needed, or two, not {len(words)}")
    return tuple(_secret(word, number) for number, word in enumerate(words, 1))


def _secret(word: str, number: int) -> bytes:
    try:
        secret = base64.b64decode(word.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        secret = b""
    if not word.startswith(_PREFIX) or len(secret) not in _SECRET_BYTES:
        text = f"secret {number} must be {_PREFIX} and the base64 of 24 to 64 random bytes"
        raise Invalid("webhook_secrets_malformed", text)
    return secret


def sign(secret: bytes, message_id: str, timestamp: int, body: bytes) -> str:
    """One signature; `timestamp` in seconds."""
    signed = b".".join((message_id.encode(), str(timestamp).encode(), body))
    return "v1," + base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode()


def signatures(secrets: Sequence[bytes], message_id: str, timestamp: int, body: bytes) -> str:
    """What `webhook-signature` says: one for each secret in force."""
    return " ".join(sign(secret, message_id, timestamp, body) for secret in secrets)


def check_message(message: SignedMessage, secrets: Sequence[bytes], now: int, tolerance_ms: int) -> None:
    """Whether it is from somebody who has a secret, and of now. Raises Unauthenticated with one of `SIGNATURE_CODES`.

    The signature is judged before the time: only who has a secret learns what our clock says of theirs.
    """
    check_headers(message)
    if not _signed(message, secrets):
        text = "No signature of this message is good: sign id, timestamp and the very bytes of the body"
        raise Unauthenticated("webhook_signature_wrong", text)
    late_ms = now - int(message.timestamp) * 1000
    if abs(late_ms) > tolerance_ms:
        way = "behind" if late_ms > 0 else "ahead of"
        text = (
            f"webhook-timestamp is {abs(late_ms) // 1000} s {way} our clock; at most {tolerance_ms // 1000} s will do"
        )
        raise Unauthenticated("webhook_out_of_time", text)


def check_headers(message: SignedMessage) -> None:
    """Whether it could be signed at all. Raises Unauthenticated with one of the first two of `SIGNATURE_CODES`."""
    if not (message.message_id and message.timestamp and message.signature):
        text = "Send the headers webhook-id, webhook-timestamp and webhook-signature"
        raise Unauthenticated("webhook_headers_missing", text)
    if not _MESSAGE_ID.fullmatch(message.message_id) or not _TIMESTAMP.fullmatch(message.timestamp):
        text = "webhook-id has 1 to 128 of A-Z a-z 0-9 _ : / -, and webhook-timestamp is whole seconds since 1970"
        raise Unauthenticated("webhook_headers_malformed", text)


def _signed(message: SignedMessage, secrets: Sequence[bytes]) -> bool:
    offered = [one.encode("utf-8", "surrogateescape") for one in message.signature.split(" ")[:_MOST_SIGNATURES]]
    timestamp = int(message.timestamp)
    good = [sign(secret, message.message_id, timestamp, message.body).encode() for secret in secrets]
    # Every pair is compared, so that the time taken tells nothing.
    return any([hmac.compare_digest(one, other) for one in offered for other in good])  # noqa: C419


def digest_of(body: bytes) -> str:
    """By what a message's body is known again: SHA-256, hex."""
    return hashlib.sha256(body).hexdigest()
