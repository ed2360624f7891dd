"""What both ends must agree on before the first message: names and limits of the wire."""

from typing import Final

SUBPROTOCOL: Final = "servicehost.v1"
"""The WebSocket subprotocol. A peer that does not speak it is refused by name."""

PATH: Final = "/session"
"""Where the host takes sessions."""

MAX_FRAME_BYTES: Final = 256 * 1024
"""The largest message, whole or put together from fragments."""

MAX_FRAGMENTS: Final = 128
"""The most fragments that one message may come in."""
