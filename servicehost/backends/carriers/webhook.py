"""A carrier that is told by signed HTTPS requests, and tells by signed requests to the operators' door.

A message is one POST. Only an answer 2xx means that the carrier has it; whatever else happens nothing is known, and the
same message, under the same id, is sent again by whoever asked. No redirect is followed, no answer's body is read, and
what the carrier answers goes into no log but its status.
"""

import asyncio
import ssl
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any, Final

import aiohttp
import msgspec
import structlog

from servicehost.backends.carriers.bodies import call_off_body, collection_body, order_body, recall_body
from servicehost.domain.errors import Busy
from servicehost.domain.webhook import signatures
from servicehost.ports.carrier import CarrierNotice, CarrierOrder, CarrierUnreachable, CollectionOrder
from servicehost.ports.clock import Clock

__all__ = ["WebhookAddress", "WebhookCarrier"]

_AT_ONCE: Final = 8
_log: Final[Any] = structlog.get_logger("servicehost.carrier")


class WebhookAddress(msgspec.Struct, frozen=True, kw_only=True):
    """Where the carrier is, and how long one message may take. `tls` None: whoever the system trusts."""

    url: str
    tls: ssl.SSLContext | None = None
    answer_due_s: float = 10.0


class WebhookCarrier:
    """`ports.carrier.Carrier`. It keeps nothing: what it was asked is in the store, which asks again."""

    def __init__(self, address: WebhookAddress, secrets: Callable[[], Sequence[bytes]], clock: Clock) -> None:
        self._address = address
        self._secrets = secrets
        self._clock = clock
        self._at_once = asyncio.Semaphore(_AT_ONCE)

    async def order(self, order: CarrierOrder) -> None:
        """See the port."""
        await self._send(f"{order.order_id}:ordered", order_body(order, self._clock.wall()))

    async def change(self, order: CarrierOrder) -> None:
        """See the port."""
        body = order_body(order, self._clock.wall(), "errand.changed")
        await self._send(f"{order.order_id}:changed:{order.change}", body)

    async def collect(self, order: CollectionOrder) -> None:
        """See the port."""
        await self._send(f"{order.order_id}:ordered", collection_body(order, self._clock.wall()))

    async def call_off(self, order_id: str) -> None:
        """See the port."""
        await self._send(f"{order_id}:called_off", call_off_body(order_id, self._clock.wall()))

    async def recall(self, order_id: str) -> bool:
        """See the port. 409 says that it is too late."""
        body = recall_body(order_id, self._clock.wall())
        return await self._send(f"{order_id}:recalled", body, no=HTTPStatus.CONFLICT)

    async def notices(self) -> Sequence[CarrierNotice]:
        """None, ever: they come to the operators' door."""
        return ()

    async def acknowledge(self, message_ids: Sequence[str]) -> None:
        """Nothing to do: a notice is acknowledged by the answer it gets."""

    async def _send(self, message_id: str, body: bytes, *, no: int | None = None) -> bool:
        """Whether the answer was a yes; `no` is the status that says no. Raises CarrierUnreachable for any other."""
        headers = self._headers(message_id, body)
        began = self._clock.monotonic()
        async with self._at_once:
            status = await self._posted(headers, body)
        seconds = round(self._clock.monotonic() - began, 3)
        _log.info("carrier_told", message=message_id, status=status, seconds=seconds, bytes=len(body))
        if status == no:
            return False
        if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            raise CarrierUnreachable(f"the carrier answered {_named(status)} to {message_id}", _code(status))
        return True

    def _headers(self, message_id: str, body: bytes) -> dict[str, str]:
        timestamp = self._clock.wall() // 1000
        try:
            secrets = self._secrets()
        except Busy as unusable:
            raise CarrierUnreachable(unusable.text, unusable.code) from unusable
        return {
            "content-type": "application/json",
            "user-agent": "servicehost",
            "webhook-id": message_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signatures(secrets, message_id, timestamp, body),
        }

    async def _posted(self, headers: dict[str, str], body: bytes) -> int:
        """The status of the answer. A connection of its own each time: there are a few messages a day."""
        tls = True if self._address.tls is None else self._address.tls
        try:
            async with (
                aiohttp.ClientSession(
                    connector=aiohttp.TCPConnector(ssl=tls, force_close=True),
                    timeout=aiohttp.ClientTimeout(total=self._address.answer_due_s),
                    cookie_jar=aiohttp.DummyCookieJar(),
                    auto_decompress=False,
                    trust_env=False,
                ) as http,
                http.post(self._address.url, data=body, headers=headers, allow_redirects=False) as answer,
            ):
                return answer.status
        except aiohttp.ClientSSLError as error:
            # Its text would quote the certificate of whoever answered.
            raise CarrierUnreachable("the carrier's certificate is not trusted", "carrier_untrusted") from error
        except TimeoutError as error:
            text = f"the carrier did not answer within {self._address.answer_due_s:g} s"
            raise CarrierUnreachable(text, "carrier_too_slow") from error
        except (aiohttp.ClientError, OSError) as error:
            raise CarrierUnreachable(f"no answer of the carrier: {type(error).__name__}") from error


def _code(status: int) -> str:
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return "carrier_redirects"
    if HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return "carrier_rejects"
    return "carrier_fails"


def _named(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
