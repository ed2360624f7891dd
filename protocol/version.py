"""What both ends must agree on before the first message."""

from typing import Final

SUBPROTOCOL: Final = "servicehost.v1"
"""WebSocket subprotocol; an opening handshake without it is refused."""

PATH: Final = "/session"
"""Path of the WebSocket opening handshake."""

MAX_FRAME_BYTES: Final = 256 * 1024
"""A whole message, reassembled, in either direction."""

MAX_FRAGMENTS: Final = 128
"""A message may come in at most this many WebSocket frames. We never fragment what we send."""
