"""Which hosts a unit dials, in which order, when it has been sent elsewhere."""

import asyncio
import ssl
from typing import Any

from adapter_sim.caller import Caller
from adapter_sim.dialer import Dialer, HostAddress
from adapter_sim.endings import by_refusal
from adapter_sim.timers import LoopTimers
from adapter_sim.world import World
from protocol.codes import CloseCode, ErrorCode
from protocol.session import RefusedByPeer

A, B, C = (HostAddress(name=name, port=443) for name in ("a.example", "b.example", "c.example"))


def refused(reason: str, **more: Any) -> RefusedByPeer:
    return RefusedByPeer(code=ErrorCode.NOT_ADMITTED, reason=reason, **more)


def a_dialer(*hosts: HostAddress) -> Dialer:
    return Dialer(hosts, ssl.create_default_context(), None)  # type: ignore[arg-type]  # nothing is dialled here


def test_hosts_that_were_told_come_first_and_the_first_ones_behind_them() -> None:
    dialer = a_dialer(A, B)
    dialer.redirect([C, B])
    assert list(dialer._addresses) == [C, B, A]
    dialer.redirect([])
    assert list(dialer._addresses) == [A, B]


def test_a_unit_knows_whether_the_host_that_took_it_in_is_one_it_was_sent_to() -> None:
    dialer = a_dialer(A, B)
    dialer.redirect([B])
    dialer._dialled = B
    assert dialer.stay()
    dialer._dialled = A
    assert not dialer.stay()


async def test_an_address_that_cannot_be_read_is_left_out() -> None:
    world = World(timers=LoopTimers(asyncio.get_running_loop()), tell=lambda happening: None)
    caller = Caller(None, a_dialer(A), world)  # type: ignore[arg-type]  # nobody is called
    assert caller.redirect(["https://c.example", "wss://c.example"]) == ("wss://c.example",)


def test_who_is_sent_elsewhere_dials_there_soon_and_who_is_not_slowly() -> None:
    moved = by_refusal(refused("moved", hosts=("wss://c.example",)))
    assert (moved.code, moved.slow, moved.hosts) == (CloseCode.MOVED, False, ("wss://c.example",))
    assert by_refusal(refused("moved")).slow
    held = by_refusal(refused("duplicate"))
    assert (held.code, held.slow) == (CloseCode.DUPLICATE, True)


def test_a_unit_logs_the_reason_it_was_given() -> None:
    revoked = by_refusal(refused("revoked", because="key_compromise"))
    assert (revoked.code, revoked.fields()["because"]) == (CloseCode.REVOKED, "key_compromise")
    unknown = by_refusal(refused("certificate_unknown"))
    assert (unknown.code, unknown.reason, unknown.slow) == (CloseCode.REVOKED, "certificate_unknown", True)


def test_hosts_that_were_learned_take_the_place_of_the_first_ones() -> None:
    dialer = a_dialer(A)
    assert dialer.walk([B, C])
    assert list(dialer._addresses) == [B, C]
    assert not dialer.walk([B, C])


def test_hosts_that_were_told_come_before_those_that_were_learned() -> None:
    dialer = a_dialer(A)
    dialer.redirect([C])
    dialer.walk([B])
    assert list(dialer._addresses) == [C, B]
    dialer.redirect([])
    assert list(dialer._addresses) == [B]


def test_a_unit_without_hosts_can_be_told_some() -> None:
    dialer = a_dialer()
    dialer.redirect([C])
    assert dialer.hosts == 1
    dialer.redirect([])
    assert dialer.hosts == 0


def test_a_host_that_left_the_list_is_not_stayed_with() -> None:
    dialer = a_dialer(A, B)
    dialer._dialled = B
    dialer.walk([C])
    assert not dialer.stay()
    assert dialer._next == 0
