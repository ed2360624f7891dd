import json
from collections.abc import Iterable
from itertools import pairwise

import h11
import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicehost.bootstrap.http import HttpExchange, HttpRefusal, Phase, Request, Response, problem

GET = b"GET /here?x=1 HTTP/1.1\r\nHost: door\r\n\r\n"
POST = b"POST /there HTTP/1.1\r\nHost: door\r\nContent-Length: 5\r\nX-Two: a\r\nx-two: b\r\n\r\nhello"
CHUNKED = b"POST / HTTP/1.1\r\nHost: door\r\nTransfer-Encoding: chunked\r\n\r\n"
FINE = Response(status=200, content_type="text/plain", body=b"fine", headers=(("x-more", "yes"),))


def answers(octets: bytes, requests: int = 1) -> list[tuple[int, dict[str, str], bytes]]:
    """Read the server's octets as a client would, with an independent parser at the other end of the line."""
    client = h11.Connection(h11.CLIENT)
    read = []
    client.receive_data(octets)
    for number in range(requests):
        client.send(h11.Request(method="GET", target="/", headers=[("host", "door")]))
        client.send(h11.EndOfMessage())
        status, headers, body = 0, {}, b""
        while not isinstance(event := client.next_event(), h11.EndOfMessage):
            if isinstance(event, h11.Response):
                status = event.status_code
                headers = {name.decode(): value.decode() for name, value in event.headers}
            elif isinstance(event, h11.Data):
                body += bytes(event.data)
            else:
                raise AssertionError(event)
        read.append((status, headers, body))
        if number + 1 < requests:
            client.start_next_cycle()
    return read


def refusal_of(exchange: HttpExchange) -> tuple[int, str]:
    """The one answer of a refused exchange: its status and its code."""
    assert exchange.phase is Phase.CLOSED
    [(status, headers, body)] = answers(exchange.outgoing())
    assert headers["content-type"] == "application/problem+json"
    assert headers["connection"] == "close"
    document = json.loads(body)
    assert document["status"] == status
    assert document["detail"]
    assert document["code"] == exchange.refusal
    return status, document["code"]


def feed(exchange: HttpExchange, pieces: Iterable[bytes]) -> list[Request]:
    return [request for piece in pieces if (request := exchange.receive(piece)) is not None]


@given(st.lists(st.integers(min_value=0, max_value=len(POST)), max_size=6))
def test_a_request_is_the_same_however_it_is_cut(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(POST)]
    [request] = feed(HttpExchange(), (POST[a:b] for a, b in pairwise(edges)))
    assert (request.method, request.target, request.body) == ("POST", "/there", b"hello")
    assert request.headers["x-two"] == "a, b"


def test_an_answer_is_followed_by_the_next_request() -> None:
    exchange = HttpExchange()
    phases = [exchange.phase]
    assert exchange.receive(GET) is not None
    phases.append(exchange.phase)
    assert exchange.answer(FINE) is None
    phases.append(exchange.phase)
    assert phases == [Phase.HEADER, Phase.ANSWER, Phase.HEADER]
    assert exchange.receive(POST) is not None
    exchange.answer(FINE)
    first, second = answers(exchange.outgoing(), requests=2)
    assert first == second
    assert first[0] == 200
    assert first[1]["x-more"] == "yes"
    assert first[2] == b"fine"


def test_a_request_sent_ahead_waits_for_the_answer_to_the_first() -> None:
    exchange = HttpExchange()
    first = exchange.receive(GET + POST)
    assert first is not None
    assert first.method == "GET"
    second = exchange.answer(FINE)
    assert second is not None
    assert (second.method, second.body) == ("POST", b"hello")


def test_the_last_request_of_a_connection_closes_it() -> None:
    exchange = HttpExchange(requests=2)
    exchange.receive(GET)
    exchange.answer(FINE)
    exchange.receive(GET)
    exchange.answer(FINE)
    assert exchange.phase is Phase.CLOSED
    assert exchange.refusal is None
    first, second = answers(exchange.outgoing(), requests=2)
    assert "connection" not in first[1]
    assert second[1]["connection"] == "close"


def test_a_peer_that_asks_to_close_is_closed_after_its_answer() -> None:
    exchange = HttpExchange()
    exchange.receive(b"GET / HTTP/1.1\r\nHost: door\r\nConnection: close\r\n\r\n")
    exchange.answer(FINE)
    assert exchange.phase is Phase.CLOSED


def test_head_is_answered_without_a_body() -> None:
    exchange = HttpExchange()
    exchange.receive(b"HEAD / HTTP/1.1\r\nHost: door\r\n\r\n")
    exchange.answer(FINE)
    out = exchange.outgoing()
    assert out.endswith(b"\r\n\r\n")
    assert b"content-length: 4" in out.lower()


def test_a_peer_that_waits_to_be_invited_is_invited() -> None:
    exchange = HttpExchange()
    exchange.receive(POST.replace(b"X-Two: a", b"Expect: 100-continue")[:-5])
    assert exchange.outgoing().startswith(b"HTTP/1.1 100 ")
    assert exchange.receive(b"hello") is not None


@pytest.mark.parametrize(
    ("octets", "expected"),
    [
        (b"\x16\x03\x01 not HTTP\r\n\r\n", (400, HttpRefusal.MALFORMED)),
        (b"GET / HTTP/1.1\r\n\r\n", (400, HttpRefusal.MALFORMED)),
        (b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", (400, HttpRefusal.MALFORMED)),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", (400, HttpRefusal.MALFORMED)),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", (400, HttpRefusal.MALFORMED)),
        (CHUNKED + b"zz\r\n", (400, HttpRefusal.MALFORMED)),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 16_384 + b"\r\n\r\n", (431, HttpRefusal.HEADER_TOO_LARGE)),
        (b"GET /" + b"x" * 20_000, (431, HttpRefusal.HEADER_TOO_LARGE)),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 65537\r\n\r\n", (413, HttpRefusal.BODY_TOO_LARGE)),
        (
            b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + b"9" * 9 + b"\r\n\r\n",
            (413, HttpRefusal.BODY_TOO_LARGE),
        ),
        (CHUNKED + b"10001\r\n" + b"x" * 65_537, (413, HttpRefusal.BODY_TOO_LARGE)),
    ],
)
def test_what_breaks_the_bounds_is_refused_by_name(octets: bytes, expected: tuple[int, str]) -> None:
    exchange = HttpExchange()
    assert exchange.receive(octets) is None
    assert refusal_of(exchange) == expected
    assert exchange.receive(GET) is None


def test_a_body_of_exactly_the_bound_is_taken() -> None:
    exchange = HttpExchange(body_bytes=100)
    request = exchange.receive(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n" + b"x" * 100)
    assert request is not None
    assert len(request.body) == 100


def test_a_proven_peer_may_send_more() -> None:
    exchange = HttpExchange(body_bytes=100, requests=1)
    exchange.widen(body_bytes=101, requests=2)
    for _ in range(2):
        request = exchange.receive(b"PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 101\r\n\r\n" + b"x" * 101)
        assert request is not None
        exchange.answer(Response(status=204, content_type=""))
    assert b"content-length" not in exchange.outgoing()
    assert exchange.phase is Phase.CLOSED


def test_a_header_that_dribbles_in_is_refused_before_it_ends() -> None:
    exchange = HttpExchange(header_bytes=1000)
    exchange.receive(b"GET / HTTP/1.1\r\nHost: a\r\n")
    for _ in range(100):
        exchange.receive(b"X: " + b"x" * 20 + b"\r\n")
    assert refusal_of(exchange) == (431, HttpRefusal.HEADER_TOO_LARGE)


def test_a_late_header_and_a_late_body_have_their_own_names() -> None:
    header, body = HttpExchange(), HttpExchange()
    header.receive(GET[:10])
    body.receive(POST[:-1])
    assert (header.phase, body.phase) == (Phase.HEADER, Phase.BODY)
    header.late()
    body.late()
    assert refusal_of(header) == (408, HttpRefusal.HEADER_LATE)
    assert refusal_of(body) == (408, HttpRefusal.BODY_LATE)


def test_an_idle_connection_that_was_served_ends_without_a_word() -> None:
    exchange = HttpExchange()
    exchange.receive(GET)
    exchange.answer(FINE)
    exchange.outgoing()
    exchange.late()
    assert (exchange.phase, exchange.refusal, exchange.outgoing()) == (Phase.CLOSED, None, b"")


def test_no_deadline_of_the_peers_runs_while_the_answer_is_ours_to_give() -> None:
    exchange = HttpExchange()
    exchange.receive(GET)
    exchange.late()
    assert exchange.phase is Phase.ANSWER


def test_a_peer_that_floods_while_it_waits_is_answered_and_closed() -> None:
    exchange = HttpExchange()
    exchange.receive(GET)
    for _ in range(10):
        assert exchange.receive(b"x" * 4096) is None
    assert exchange.answer(FINE) is None
    assert (exchange.phase, exchange.refusal) == (Phase.CLOSED, HttpRefusal.PIPELINED)
    assert answers(exchange.outgoing())[0][0] == 200


def test_the_end_of_the_stream_within_a_request_is_named_and_not_answered() -> None:
    exchange = HttpExchange()
    exchange.receive(POST[:-2])
    exchange.receive_eof()
    assert (exchange.phase, exchange.refusal, exchange.outgoing()) == (Phase.CLOSED, HttpRefusal.CUT_OFF, b"")


def test_the_end_of_the_stream_between_requests_is_a_plain_end() -> None:
    exchange = HttpExchange()
    exchange.receive_eof()
    assert (exchange.phase, exchange.refusal) == (Phase.CLOSED, None)


def test_a_half_closed_peer_still_gets_its_answer() -> None:
    exchange = HttpExchange()
    exchange.receive(GET)
    exchange.receive_eof()
    exchange.answer(FINE)
    assert exchange.phase is Phase.CLOSED
    assert answers(exchange.outgoing())[0][0] == 200


@given(st.binary(max_size=400), st.binary(max_size=400))
def test_no_octets_raise(first: bytes, second: bytes) -> None:
    exchange = HttpExchange()
    for octets in (first, second):
        request = exchange.receive(octets)
        while request is not None:
            request = exchange.answer(FINE)
    exchange.receive_eof()
    assert exchange.phase is Phase.CLOSED


def test_a_problem_names_its_code_for_machines_and_says_it_for_people() -> None:
    response = problem(403, "token_of_another_unit", "the token is another's", headers=(("x", "y"),))
    assert json.loads(response.body) == {
        "type": "about:blank",
        "title": "token of another unit",
        "status": 403,
        "code": "token_of_another_unit",
        "detail": "the token is another's",
    }
    assert response.headers == (("x", "y"),)
