"""The packaged list of Japan's municipalities and postal codes, its age, and addresses held against it."""

from typing import Final

from msgspec import UNSET

from servicehost.domain.address import AddressFault, check_address
from servicehost.domain.errors import NotFound
from servicehost.operations.area_catalogue import AreaPolicy
from servicehost.web.call import Call, Reply
from servicehost.web.orders import ByNumber
from servicehost.web.place_answers import (
    AddressCheckAnswer,
    Municipalities,
    MunicipalityAnswer,
    PlacesAnswer,
    PostalCodeAnswer,
    PrefectureAnswer,
    Prefectures,
    ShippingAddressAnswer,
    ShippingAddresses,
)
from servicehost.web.place_orders import AddressOrder, MunicipalitiesQuery, ShippingAddressOrder
from servicehost.web.route import Route

__all__ = ["EXAMPLE", "ROUTES"]

EXAMPLE: Final = {
    "postal_code": "102-0071",
    "prefecture": "東京都",
    "municipality": "千代田区",
    "rest": "富士見 2-10-2",
    "addressee": "株式会社サンプル 情報システム部",
    "telephone": "03-1234-5678",
}


def _policy(call: Call) -> AreaPolicy:
    return call.door.cases.areas.policy


def _listed(call: Call) -> PlacesAnswer:
    return PlacesAnswer.of(_policy(call), call.door.clock.wall())


async def _age(call: Call) -> Reply:
    return Reply(value=_listed(call))


async def _prefectures(call: Call) -> Reply:
    items = [PrefectureAnswer(code=one.code, name=one.name, kana=one.kana) for one in _policy(call).places.prefectures]
    return Reply(value=Prefectures(items=items, list=_listed(call)))


async def _municipalities(call: Call) -> Reply:
    query, places = call.query(MunicipalitiesQuery), _policy(call).places
    every = places.municipalities if query.prefecture is UNSET else tuple(places.within(str(query.prefecture)))
    page = [one for one in every if one.code > query.after][: query.limit + 1]
    following = page[query.limit - 1].code if len(page) > query.limit else None
    items = [MunicipalityAnswer.of(one) for one in page[: query.limit]]
    return Reply(value=Municipalities(items=items, next=following, list=_listed(call)))


async def _postal_code(call: Call) -> Reply:
    digits = call.text("postal_code")
    items = [MunicipalityAnswer.of(one) for one in _policy(call).places.at(digits)]
    return Reply(value=PostalCodeAnswer(postal_code=f"{digits[:3]}-{digits[3:]}", items=items, list=_listed(call)))


async def _check(call: Call) -> Reply:
    checked = check_address(call.body(AddressOrder).written(), _policy(call).places)
    return Reply(value=AddressCheckAnswer.of(checked, _listed(call)))


async def _ship_to(call: Call) -> Reply:
    order, code = call.body(ShippingAddressOrder), call.text("service_code")
    said = await call.door.cases.areas.set_shipping_address(call.actor, code, order.written(), order.word)
    return Reply(value=ShippingAddressAnswer.of(said, _listed(call)))


async def _shipped_to(call: Call) -> Reply:
    query, code = call.query(ByNumber), call.text("service_code")
    if await call.door.reads.adapter(call.scope, code) is None:
        raise NotFound("adapter_not_found", f"There is no adapter {code}")
    found = await call.door.reads.shipping_addresses(call.scope, code, after=query.after, limit=query.limit + 1)
    page, listed = found[: query.limit], _listed(call)
    following = page[-1].number if len(found) > query.limit else None
    items = [ShippingAddressAnswer.of(one, listed) for one in page]
    return Reply(value=ShippingAddresses(items=items, next=following))


ROUTES: Final = (
    Route(
        method="PUT",
        path="/api/v1/adapters/{service_code}/shipping-address",
        handler=_ship_to,
        name="setShippingAddress",
        summary="Say where units of the adapter are shipped to, within Japan",
        tag="places",
        body=ShippingAddressOrder,
        example=EXAMPLE,
        answer=ShippingAddressAnswer,
        problems=("bad_service_code", "adapter_not_found", *(fault.value for fault in AddressFault)),
    ),
    Route(
        method="GET",
        path="/api/v1/adapters/{service_code}/shipping-addresses",
        handler=_shipped_to,
        name="listShippingAddresses",
        summary="Every shipping address of the adapter, in the order in which they were said; the last counts",
        tag="places",
        query=ByNumber,
        answer=ShippingAddresses,
        problems=("bad_service_code", "adapter_not_found"),
    ),
    Route(
        method="GET",
        path="/api/v1/places",
        handler=_age,
        name="readPlaces",
        summary="How old the list of municipalities and postal codes is by which addresses are checked",
        tag="places",
        answer=PlacesAnswer,
    ),
    Route(
        method="GET",
        path="/api/v1/places/prefectures",
        handler=_prefectures,
        name="listPrefectures",
        summary="The prefectures, with the codes by which areas are closed",
        tag="places",
        answer=Prefectures,
    ),
    Route(
        method="GET",
        path="/api/v1/places/municipalities",
        handler=_municipalities,
        name="listMunicipalities",
        summary="The municipalities, with the codes by which areas are closed",
        tag="places",
        query=MunicipalitiesQuery,
        answer=Municipalities,
    ),
    Route(
        method="GET",
        path="/api/v1/places/postal-codes/{postal_code}",
        handler=_postal_code,
        name="lookUpPostalCode",
        summary="The municipalities that a postal code lies in",
        tag="places",
        answer=PostalCodeAnswer,
    ),
    Route(
        method="POST",
        path="/api/v1/places/check",
        handler=_check,
        name="checkAddress",
        summary="What is wrong with an address, and what is doubtful; nothing is kept",
        tag="places",
        body=AddressOrder,
        example=EXAMPLE,
        answer=AddressCheckAnswer,
    ),
)
