"""The one HTTP layer under the three brokers, against a server of bytes: every network fault of the list of faults."""

import asyncio
import random
import ssl
import time
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

import pytest

from app.brokers.base import BrokerPorts
from app.brokers.http import Deadlines, Http, Reply, Request
from app.brokers.limiter import Limit
from app.brokers.transport import trust
from app.domain import (
    IST,
    InvalidRequest,
    MemoryCallCounts,
    MemoryInstruments,
    NotReachable,
    NotSent,
    OrderRejected,
    OutcomeUnknown,
    RateLimited,
    TradingError,
    WireSurprise,
)
from app.simulators.tls import Certificates
from tests.brokers.plain_server import BODY, FAULTS, PORTAL, RawServer, answer, reset, say, stall, zipped
from tests.fakes.clock import ManualClock

DEADLINE: Final = 0.6  # seconds, in place of the product's 10
OVERRUN: Final = 0.25  # that a deadline may be late (promise N3)
NOW: Final = datetime(2026, 11, 18, 10, 30, tzinfo=IST)


class Asked(StrEnum):
    READ = "read"
    ORDER = "order"


Make = Callable[..., Http]


@pytest.fixture
async def make() -> AsyncIterator[Make]:
    made: list[Http] = []

    def one(
        url: str,
        *,
        ca_file: str | None = None,
        judge: Any = None,
        calls: int = 1000,
        clock: ManualClock | None = None,
        **deadlines: float,
    ) -> Http:
        ports = BrokerPorts(clock or ManualClock(NOW), MemoryCallCounts(), MemoryInstruments(), ca_file=ca_file)
        limits = {"calls": (Limit(calls, 1.0),)}
        short = Deadlines(**{"read": DEADLINE, "attempt": DEADLINE / 2, "order": DEADLINE} | deadlines)
        http = Http(ports, roots={"api": url}, limits=limits, judge=judge or (lambda *_: None), deadlines=short)
        made.append(http)
        return http

    yield one
    for http in made:
        await http.close()


@pytest.fixture(scope="module")
def certificates() -> Iterator[Certificates]:
    made = Certificates()
    yield made
    made.close()


def get(**changes: Any) -> Request:
    return Request("GET", "/money", Asked.READ, "calls", **changes)


def order(method: str = "POST") -> Request:
    return Request(method, "/orders", Asked.ORDER, "calls", body={"quantity": 1})


async def ending(call: Any) -> tuple[TradingError, float]:
    """What the call ended with, and after how many seconds."""
    began = time.monotonic()
    with pytest.raises(TradingError) as caught:
        await call
    return caught.value, time.monotonic() - began


# ------------------------------------------------------------------ every network fault

SURPRISES: Final = {"redirect-get", "redirect-post"}
WAITS: Final = {"429-seconds": 60.0, "429-date": 60.0, "429-bare": 1.0}
DOWN: Final = {"500", "502-html", "503-bare", "504"}


def expected_of_a_read(fault: str) -> str:
    if fault in SURPRISES:
        return "wire_surprise"
    if fault in WAITS:
        return "rate_limited"
    return "broker_down" if fault in DOWN else "not_reachable"


async def test_our_own_limiter_does_not_hide_what_the_broker_said_before(make: Make) -> None:
    async with RawServer(FAULTS["503-bare"]) as server:
        error, _ = await ending(make(server.url, calls=1).read(get()))  # the clock stands: there is no second turn

    assert error.kind == "broker_down"
    assert len(server.heads) == 1


@pytest.mark.alone
@pytest.mark.parametrize("fault", FAULTS)
async def test_read_meets_the_fault_with_the_right_kind_in_time(fault: str, make: Make) -> None:
    async with RawServer(FAULTS[fault]) as server:
        error, seconds = await ending(make(server.url).read(get()))

    assert error.kind == expected_of_a_read(fault)
    assert seconds <= DEADLINE + OVERRUN
    assert server.heads


@pytest.mark.alone
@pytest.mark.parametrize("fault", FAULTS)
async def test_order_is_sent_once_and_no_answer_means_unknown(fault: str, make: Make) -> None:
    async with RawServer(FAULTS[fault]) as server:
        error, seconds = await ending(make(server.url).write(order(), tag="KJ1"))

    assert error.kind == ("rate_limited" if fault in WAITS else "outcome_unknown")
    assert server.methods == ["POST"]
    assert seconds <= DEADLINE + OVERRUN


@pytest.mark.parametrize("fault", WAITS)
async def test_wait_that_the_broker_asks_for_is_told(fault: str, make: Make) -> None:
    async with RawServer(FAULTS[fault]) as server:
        error, _ = await ending(make(server.url).read(get()))

    assert error.retry_after == pytest.approx(WAITS[fault], abs=0.01)


async def test_body_longer_than_announced_is_the_good_value(make: Make) -> None:
    async with RawServer(say(answer(200, BODY + b"and more", length=len(BODY)), end=True)) as server:
        reply = await make(server.url).read(get())

    assert reply.body == BODY


@pytest.mark.parametrize("pause", [0.0, 0.05])
async def test_connection_whose_answer_cannot_be_unpacked_carries_no_other_order(pause: float, make: Make) -> None:
    whole = answer(200, b"this is no gzip at all", "Content-Encoding: gzip")

    async def junk(writer: asyncio.StreamWriter, _: RawServer) -> None:
        writer.write(whole[:-5])
        await writer.drain()
        await asyncio.sleep(pause)  # at once, or the end in a packet of its own
        writer.write(whole[-5:])

    async with RawServer(junk) as server:
        http = make(server.url)
        for tag in ("KJ1", "KJ2"):
            error, _ = await ending(http.write(order(), tag=tag))
            assert error.kind == "outcome_unknown"

    assert (server.connections, server.methods) == (2, ["POST", "POST"])


async def test_broken_body_ends_the_call_at_once(make: Make) -> None:
    async with RawServer(FAULTS["bad-chunk"]) as server:
        http = make(server.url, order=30.0)
        sent, of_order = await ending(http.write(order(), tag="KJ1"))
        file, of_file = await ending(http.download(get(), seconds=30.0))

    assert (sent.kind, file.kind) == ("outcome_unknown", "not_reachable")
    assert max(of_order, of_file) < 15.0


async def test_body_that_breaks_later_ends_the_call_at_once(make: Make) -> None:
    async def good_then_bad(writer: asyncio.StreamWriter, server: RawServer) -> None:
        writer.write(b"HTTP/1.1 200 X\r\nContent-Type: text/csv\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nNSE\r\n")
        await writer.drain()
        await asyncio.sleep(0.05)  # a packet of its own
        await say(b"ZZ\r\n")(writer, server)

    async with RawServer(good_then_bad) as server:
        error, seconds = await ending(make(server.url).download(get(), seconds=30.0))

    assert isinstance(error, NotReachable)
    assert seconds < 15.0


async def test_unknown_outcome_names_the_tag_to_look_for(make: Make) -> None:
    async with RawServer(FAULTS["reset-before"]) as server:
        error, _ = await ending(make(server.url).write(order(), tag="KJ42"))

    assert isinstance(error, OutcomeUnknown)
    assert "KJ42" in error.detail


# ------------------------------------------------------------------ nothing left this computer


async def test_refused_connection_is_not_reachable_and_an_order_not_sent(make: Make) -> None:
    async with RawServer(stall()) as server:
        url = server.url
    http = make(url)

    read, _ = await ending(http.read(get()))
    sent, _ = await ending(http.write(order(), tag="KJ1"))

    assert isinstance(read, NotReachable)
    assert isinstance(sent, NotSent)


async def test_name_that_does_not_resolve_is_not_reachable_and_an_order_not_sent(make: Make) -> None:
    http = make("https://api.broker.invalid")

    read, _ = await ending(http.read(get()))
    sent, _ = await ending(http.write(order(), tag="KJ1"))

    assert isinstance(read, NotReachable)
    assert isinstance(sent, NotSent)


@pytest.mark.parametrize("mode", ["self-signed", "expired", "wrong-host", "unknown-ca"])
async def test_bad_certificate_is_refused_before_anything_is_sent(
    mode: str, make: Make, certificates: Certificates
) -> None:
    async with RawServer(say(answer()), tls=certificates.context(mode)) as server:
        http = make(server.url, ca_file=certificates.ca_file)
        read, _ = await ending(http.read(get()))
        sent, _ = await ending(http.write(order(), tag="KJ1"))

    assert isinstance(read, NotReachable)
    assert isinstance(sent, NotSent)
    assert server.heads == []


async def test_good_certificate_is_taken(make: Make, certificates: Certificates) -> None:
    async with RawServer(say(answer()), tls=certificates.context("good")) as server:
        reply = await make(server.url, ca_file=certificates.ca_file).read(get())

    assert reply.body == BODY


async def test_plain_server_on_the_tls_port_gets_no_order(make: Make) -> None:
    async with RawServer(say(answer())) as server:
        http = make(server.url.replace("http:", "https:"))
        read, _ = await ending(http.read(get()))
        sent, _ = await ending(http.write(order(), tag="KJ1"))

    assert isinstance(read, NotReachable)
    assert isinstance(sent, NotSent)
    assert server.heads == []


@pytest.mark.alone
async def test_handshake_that_stalls_ends_as_not_sent(make: Make) -> None:
    held = asyncio.Event()

    async def silent(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await held.wait()
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        error, seconds = await ending(make(f"https://127.0.0.1:{port}").write(order(), tag="KJ1"))
        held.set()

    assert isinstance(error, NotSent)
    assert seconds <= DEADLINE + OVERRUN


@pytest.mark.parametrize("value", ["caf\u00e9-\u20b9", "caf\r\nX-Other: 1", "caf\n", "caf\0"])
async def test_value_that_no_header_can_carry_is_an_invalid_request(value: str, make: Make) -> None:
    async with RawServer(say(answer())) as server:
        error, _ = await ending(make(server.url).write(_with_header(value), tag="KJ1"))

    assert isinstance(error, InvalidRequest)
    assert "caf" not in str(error)
    assert server.heads == []


def _with_header(value: str) -> Request:
    return Request("POST", "/orders", Asked.ORDER, "calls", headers={"access-token": value})


@pytest.mark.parametrize("status", [100, 102, 103])
async def test_answer_follows_what_is_only_said_before_it(status: int, make: Make) -> None:
    async with RawServer(say(b"HTTP/1.1 %d Wait\r\n\r\n" % status + answer())) as server:
        reply = await make(server.url).read(get())

    assert (reply.status, reply.body) == (200, BODY)


async def test_request_names_its_host_and_announces_its_body(make: Make) -> None:
    async with RawServer(say(answer())) as server:
        host = server.url.removeprefix("http://")
        await make(server.url).write(order(), tag="KJ1")

    lines = server.heads[0].split(b"\r\n")
    assert lines[0] == b"POST /orders HTTP/1.1"
    assert f"Host: {host}".encode() in lines
    assert b"Content-Length: 14" in lines


# ------------------------------------------------------------------ once, and again


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_order_call_is_not_sent_again_on_a_kept_connection_that_died(method: str, make: Make) -> None:
    async def good_then_reset(writer: asyncio.StreamWriter, server: RawServer) -> None:
        await (say(answer()) if len(server.heads) == 1 else reset())(writer, server)

    async with RawServer(good_then_reset) as server:
        http = make(server.url)
        await http.read(get())
        error, _ = await ending(http.write(order(method), tag="KJ1"))

    assert isinstance(error, OutcomeUnknown)
    assert server.methods == ["GET", method]
    assert server.connections == 1


async def test_read_on_a_kept_connection_that_died_is_tried_again(make: Make) -> None:
    async def reset_second(writer: asyncio.StreamWriter, server: RawServer) -> None:
        await (reset() if len(server.heads) == 2 else say(answer()))(writer, server)

    async with RawServer(reset_second) as server:
        http = make(server.url, read=5.0, attempt=2.0)
        await http.read(get())
        reply = await http.read(get())

    assert reply.body == BODY
    assert len(server.heads) == 3


async def test_answer_that_nobody_asked_for_is_not_taken_for_the_next(make: Make) -> None:
    late = asyncio.Event()

    async def twice(writer: asyncio.StreamWriter, server: RawServer) -> None:
        await say(answer())(writer, server)
        if server.connections == 1:
            await late.wait()
            await say(answer(body=b'{"status":"success","data":{"money":99}}'))(writer, server)

    async with RawServer(twice) as server:
        http = make(server.url, read=5.0, attempt=2.0)
        await http.read(get())
        late.set()
        for _ in range(10):  # turns of the loop: it is said, and it is here
            await asyncio.sleep(0)
        reply = await http.read(get())

    assert reply.body == BODY
    assert server.connections == 2


@pytest.fixture
def spread(monkeypatch: pytest.MonkeyPatch) -> list[tuple[float, float]]:
    """Between what the pauses before retries are drawn; they are not waited for."""
    drawn: list[tuple[float, float]] = []

    def none_at_all(low: float, high: float) -> float:
        drawn.append((low, high))
        return 0.0

    monkeypatch.setattr(random, "uniform", none_at_all)
    return drawn


async def test_read_is_tried_four_times_at_most_after_pauses_that_vary(
    make: Make, spread: list[tuple[float, float]]
) -> None:
    async with RawServer(say(answer(503, b""))) as server:
        await ending(make(server.url, read=15.0, attempt=2.0).read(get()))

    assert len(server.heads) == 4
    assert spread == [(0.5, 1.5)] * 3


def test_reads_have_fifteen_seconds_at_most() -> None:
    assert Deadlines().read <= 15.0


@pytest.mark.parametrize("status", [429, 500, 502, 503])
async def test_order_that_was_refused_or_lost_is_never_sent_again(status: int, make: Make) -> None:
    async with RawServer(say(answer(status, b""))) as server:
        await ending(make(server.url, order=5.0).write(order(), tag="KJ1"))

    assert server.methods == ["POST"]


async def test_wait_that_the_broker_asks_for_is_kept_before_the_next_try(make: Make) -> None:
    async def refuse_once(writer: asyncio.StreamWriter, server: RawServer) -> None:
        first = len(server.heads) == 1
        await say(answer(429, b"", "Retry-After: 2") if first else answer())(writer, server)

    clock = ManualClock(NOW)
    async with RawServer(refuse_once) as server:
        call = asyncio.create_task(make(server.url, clock=clock, read=10.0, attempt=5.0).read(get()))
        while not clock.sleeping:  # noqa: ASYNC110 - the clock tells nobody
            await asyncio.sleep(0)
        await clock.advance(1.9)
        early = len(server.heads)
        await clock.advance(0.2)
        reply = await call

    assert (early, len(server.heads), reply.status) == (1, 2, 200)


async def test_wait_of_an_hour_is_taken_as_two_minutes(make: Make) -> None:
    async with RawServer(say(answer(429, b"", "Retry-After: 3600"))) as server:
        error, _ = await ending(make(server.url).read(get()))

    assert error.retry_after == pytest.approx(120.0)


@pytest.mark.parametrize("body", [b"null", b"[]", b"no JSON"])
async def test_definite_answer_is_not_asked_for_again(body: bytes, make: Make) -> None:
    def refuse(_: StrEnum, __: Reply) -> None:
        raise OrderRejected("no")

    async with RawServer(say(answer(400, body))) as server:
        await ending(make(server.url, judge=refuse).read(get()))

    assert len(server.heads) == 1


async def test_definite_refusal_of_an_order_stays_what_it_is(make: Make) -> None:
    def refuse(_: StrEnum, __: Reply) -> None:
        raise OrderRejected("no")

    async with RawServer(say(answer(400))) as server:
        error, _ = await ending(make(server.url, judge=refuse).write(order(), tag="KJ1"))

    assert isinstance(error, OrderRejected)


async def test_pause_after_429_holds_the_next_call_back(make: Make) -> None:
    async with RawServer(FAULTS["429-seconds"]) as server:
        http = make(server.url)
        await ending(http.read(get()))
        error, _ = await ending(http.read(get()))

    assert isinstance(error, RateLimited)
    assert len(server.heads) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirect_is_not_followed(status: int, make: Make) -> None:
    async with RawServer(say(answer())) as other:
        redirect = say(answer(status, b"", f"Location: {other.url}/orders"))
        async with RawServer(redirect) as server:
            http = make(server.url)
            endings = (http.write(order(), tag="KJ1"), http.read(get()), http.download(get(), seconds=2.0))
            kinds = [(await ending(call))[0].kind for call in endings]

    assert other.heads == []
    assert kinds == ["outcome_unknown", "wire_surprise", "wire_surprise"]


async def test_proxy_variables_are_ignored(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    set_proxies(monkeypatch)
    async with RawServer(say(answer())) as server:
        reply = await make(server.url).read(get())

    assert reply.status == 200


async def test_proxy_variables_are_ignored_over_tls(
    make: Make, monkeypatch: pytest.MonkeyPatch, certificates: Certificates
) -> None:
    set_proxies(monkeypatch)
    async with RawServer(say(answer()), tls=certificates.context("good")) as server:
        reply = await make(server.url, ca_file=certificates.ca_file).read(get())

    assert reply.status == 200


def set_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")


async def test_host_that_the_adapter_did_not_list_is_not_asked(make: Make) -> None:
    async with RawServer(say(answer())) as server:
        with pytest.raises(KeyError):
            await make(server.url).read(get(host="elsewhere"))

    assert server.heads == []


def test_every_connection_checks_certificate_and_name_over_tls_of_today() -> None:
    context = trust()

    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2


# ------------------------------------------------------------------ bodies


async def test_gzip_is_unpacked(make: Make) -> None:
    async with RawServer(say(zipped(BODY))) as server:
        reply = await make(server.url).read(get())

    assert reply.json() == {"status": "success", "data": {"money": pytest.approx(12.5)}}


async def test_gzip_bomb_is_noticed_before_it_goes_off(make: Make) -> None:
    async with RawServer(say(zipped(bytes(64 * 1024 * 1024)))) as server:
        error, _ = await ending(make(server.url, read=5.0, attempt=5.0).read(get(largest=1024 * 1024)))

    assert isinstance(error, WireSurprise)
    assert "1048576" in error.detail


async def test_gzip_that_breaks_off_is_no_answer(make: Make) -> None:
    whole = zipped(BODY * 100)
    head, _, body = whole.partition(b"\r\n\r\n")
    cut = body[:-20]
    head = head.replace(f"Content-Length: {len(body)}".encode(), f"Content-Length: {len(cut)}".encode())
    async with RawServer(say(head + b"\r\n\r\n" + cut)) as server:
        error, _ = await ending(make(server.url).read(get()))

    assert isinstance(error, NotReachable)


async def test_coding_that_nobody_asked_for_is_a_surprise(make: Make) -> None:
    async with RawServer(say(answer(200, BODY, "Content-Encoding: br"))) as server:
        error, _ = await ending(make(server.url).read(get()))

    assert isinstance(error, WireSurprise)


async def test_endless_body_is_cut_at_the_cap(make: Make) -> None:
    async with RawServer(say(answer(200, bytes(3 * 1024 * 1024)))) as server:
        error, _ = await ending(make(server.url, read=5.0, attempt=5.0).read(get(largest=1024 * 1024)))

    assert isinstance(error, WireSurprise)


async def test_page_with_a_refusal_status_never_reaches_a_conclusion(make: Make) -> None:
    async with RawServer(say(PORTAL.replace(b"200 X", b"403 X"))) as server:
        error, _ = await ending(make(server.url).read(get()))

    assert isinstance(error, NotReachable)


async def test_status_that_nobody_knows_is_a_surprise(make: Make) -> None:
    async with RawServer(say(answer(418))) as server:
        error, _ = await ending(make(server.url).read(get()))

    assert isinstance(error, WireSurprise)


async def test_query_arrives_as_it_was_meant(make: Make) -> None:
    async with RawServer(say(answer())) as server:
        await make(server.url).read(get(query={"symbol": "M&M/x +1%", "state": "a=b"}))

    assert server.heads[0].startswith(b"GET /money?symbol=M%26M%2Fx+%2B1%25&state=a%3Db HTTP/1.1\r\n")


# ------------------------------------------------------------------ large files


async def test_download_keeps_a_large_file_packed(make: Make) -> None:
    rows = b"NSE,E,2885,RELIANCE\n" * 100_000
    async with RawServer(say(answer(200, rows, kind="text/csv"))) as server:
        packed = await make(server.url).download(get(largest=4_000_000), seconds=5.0)

    with packed.open() as file:
        assert file.read() == rows
    assert packed.size == len(rows)


async def test_download_of_a_page_is_not_the_file(make: Make) -> None:
    async with RawServer(say(PORTAL)) as server:
        error, _ = await ending(make(server.url).download(get(), seconds=2.0))

    assert isinstance(error, NotReachable)


async def test_file_without_a_content_type_is_not_the_brokers(make: Make) -> None:
    async with RawServer(say(answer(200, b"NSE,E,2885", kind=""))) as server:
        error, _ = await ending(make(server.url).download(get(), seconds=2.0))

    assert isinstance(error, WireSurprise)


@pytest.mark.parametrize("kind", ["text/csv", "application/octet-stream", "binary/octet-stream", "text/plain"])
async def test_file_may_come_with_any_content_type_that_file_servers_use(kind: str, make: Make) -> None:
    async with RawServer(say(answer(200, b"NSE,E,2885", kind=kind))) as server:
        packed = await make(server.url).download(get(), seconds=2.0)

    assert packed.size == 10


async def test_download_that_breaks_off_is_no_file(make: Make) -> None:
    async with RawServer(FAULTS["short-body"]) as server:
        error, _ = await ending(make(server.url).download(get(), seconds=2.0))

    assert isinstance(error, NotReachable)


async def test_download_asks_the_judge_about_a_refusal_only(make: Make) -> None:
    def refuse(_: StrEnum, reply: Reply) -> None:
        raise OrderRejected(reply.body.decode())

    async with RawServer(say(answer(404, b"gone"))) as server:
        error, _ = await ending(make(server.url, judge=refuse).download(get(), seconds=2.0))

    assert error.detail == "gone"


# ------------------------------------------------------------------ leaving


async def test_close_cuts_what_is_in_flight(make: Make) -> None:
    async with RawServer(stall()) as server:
        http = make(server.url, read=30.0, attempt=30.0)
        call = asyncio.create_task(ending(http.read(get())))
        await server.arrived.wait()
        began = time.monotonic()
        await http.close()
        error, _ = await call

    assert isinstance(error, NotReachable)
    assert time.monotonic() - began < 15


async def test_order_in_flight_at_close_is_unknown(make: Make) -> None:
    async with RawServer(stall()) as server:
        http = make(server.url, order=30.0)
        call = asyncio.create_task(ending(http.write(order(), tag="KJ1")))
        await server.arrived.wait()
        await http.close()
        error, _ = await call

    assert isinstance(error, OutcomeUnknown)


async def test_nothing_leaves_after_close(make: Make) -> None:
    async with RawServer(say(answer())) as server:
        http = make(server.url)
        await http.close()
        error, _ = await ending(http.write(order(), tag="KJ1"))

    assert isinstance(error, NotSent)
    assert server.heads == []


async def test_default_executor_is_never_used(make: Make) -> None:
    loop = asyncio.get_running_loop()
    async with RawServer(say(answer())) as server:
        await make(server.url.replace("127.0.0.1", "localhost")).read(get())

    assert getattr(loop, "_default_executor", None) is None


def test_request_does_not_show_what_it_carries() -> None:
    shown = repr(Request("GET", "/", Asked.READ, "calls", headers={"k": "hush"}, query={"k": "hush"}, body="hush"))

    assert "hush" not in shown


async def test_log_of_the_libraries_shows_no_address(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    async with RawServer(say(answer())) as server:
        await make(server.url).read(get(query={"pin": "482913"}))

    assert "482913" not in caplog.text
