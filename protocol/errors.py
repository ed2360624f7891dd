"""Who is wrong, and what to answer.

ProtocolError
├── LocalProtocolError   our own code broke the protocol: a bug, to be logged; nothing was sent
└── RemoteProtocolError  the peer broke it: `answer` is the frame to send, `close` the code to end with, if any
"""

from typing import Final

from protocol.codes import CloseCode

__all__ = ["MAX_ERROR_TEXT", "LocalProtocolError", "ProtocolError", "RemoteProtocolError"]

MAX_ERROR_TEXT: Final = 512
"""Characters of an error's text, in what we raise and in what we answer: it may quote what the peer sent."""


class ProtocolError(Exception):
    """The protocol was broken."""


class LocalProtocolError(ProtocolError):
    """This end tried to say something unlawful. The session is unchanged."""


class RemoteProtocolError(ProtocolError):
    """The peer said something unlawful.

    `reason` is a stable word, `answer` the error frame to send back (None for a notification or an answer),
    `close` the code to close with, or None when the session goes on.
    """

    def __init__(self, reason: str, text: str, *, answer: bytes | None = None, close: CloseCode | None = None) -> None:
        self.reason = reason
        self.text = text[:MAX_ERROR_TEXT]
        super().__init__(f"{reason}: {self.text}")
        self.answer = answer
        self.close = close
