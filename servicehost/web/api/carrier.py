"""The carrier's bell: its messages, signed. Nobody logs in here; who has no secret of the carrier's is told no more."""

from typing import Final

import msgspec

from servicehost.domain.errors import Invalid
from servicehost.domain.instant import rfc3339
from servicehost.domain.webhook import SignedMessage, digest_of
from servicehost.web.call import Call, Reply
from servicehost.web.carrier_orders import CARRIER_EXAMPLE, NoticeAnswer, NoticeOrder
from servicehost.web.problems import Malformed
from servicehost.web.route import Route

__all__ = ["ROUTES"]

_MOST_BYTES: Final = 65_536
_order: Final = msgspec.json.Decoder(NoticeOrder)


async def _take(call: Call) -> Reply:
    message = _message(call)
    call.door.cases.errands.check_carrier(message)
    order = _decoded(message.body)
    kept = await call.door.cases.errands.take_signed_notice(order.notice(message.message_id), digest_of(message.body))
    return Reply(
        value=NoticeAnswer(message=kept.message_id, errand=order.data.errand, taken_at=rfc3339(kept.at)),
    )


def _message(call: Call) -> SignedMessage:
    if len(call.raw) > _MOST_BYTES:
        raise Malformed("body_too_large", f"A carrier's message has at most {_MOST_BYTES} bytes")
    headers = call.request.headers
    return SignedMessage(
        message_id=headers.get("webhook-id", ""),
        timestamp=headers.get("webhook-timestamp", ""),
        signature=headers.get("webhook-signature", ""),
        body=call.raw,
    )


def _decoded(body: bytes) -> NoticeOrder:
    try:
        return _order.decode(body)
    except msgspec.ValidationError as error:
        raise Invalid("body_invalid", f"The body does not fit: {error}") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed("body_not_json", "The body is not JSON") from error


ROUTES: Final = (
    Route(
        method="POST",
        path="/api/v1/carrier/notices",
        handler=_take,
        name="takeCarrierNotice",
        summary="A message of the carrier, signed with its secret; answered once it is kept, and taken once",
        tag="carrier",
        right=None,
        token=False,
        signed=True,
        body=NoticeOrder,
        example=CARRIER_EXAMPLE,
        answer=NoticeAnswer,
        problems=("no_carrier_here", "time_malformed", "webhook_secrets_unusable", "unknown_order", "webhook_id_used"),
    ),
)
