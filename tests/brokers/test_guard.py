"""The guard between Kite and us, against raw sockets: deadlines, redirects, sizes, encodings, nothing sent twice."""

import asyncio
import gzip
import resource
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest

from app.brokers.base import BrokerPorts, Pasted
from app.brokers.zerodha import session, wire
from app.brokers.zerodha.broker import ZerodhaBroker
from app.brokers.zerodha.desk import Deadlines
from app.brokers.zerodha.errors import Asked
from app.domain import (
    BrokerDown,
    Credentials,
    Exchange,
    Instrument,
    Kind,
    MemoryCallCounts,
    MemoryInstruments,
    NotReachable,
    NotSent,
    OrderRequest,
    OrderSide,
    OrderType,
    OutcomeUnknown,
    Product,
    RateLimited,
    Secret,
    TradingError,
    WireSurprise,
)
from tests.brokers.raw_server import Play, RawServer, answer, drip, raw, raw_server, stall
from tests.fakes.clock import going_clock

PROFILE = b'{"status":"success","data":{"user_id":"AB1234","user_name":"Asha Rao"}}'
ACCEPTED = b'{"status":"success","data":{"order_id":"2411180001"}}'
QUICK = Deadlines(read=0.6, attempt=0.4, exchange=0.6, order=0.5, master=0.6)
OVERRUN = 0.25
KEYS = Credentials(Secret("kitekey-canary"), Secret("secret-canary"), Secret("token-canary"))
ORDER = OrderRequest("RELIANCE", Exchange.NSE, Product.CNC, OrderSide.BUY, OrderType.LIMIT, 1, price=Decimal("2500.05"))

SHARE = Instrument("NSE", "RELIANCE", "738561", "RELIANCE", Kind.CASH, None, None, Decimal("0.05"), 1)


@asynccontextmanager
async def connected(*script: Play, deadlines: Deadlines = QUICK) -> AsyncIterator[tuple[ZerodhaBroker, RawServer]]:
    """A broker that has said yes once, on a server that then plays `script`."""
    async with raw_server(answer(PROFILE), *script) as server:
        clock, instruments = going_clock(), MemoryInstruments()
        await instruments.replace("zerodha", [SHARE], day=clock.now().date())
        broker = ZerodhaBroker(
            BrokerPorts(clock, MemoryCallCounts(), instruments, server.base_url), deadlines=deadlines
        )
        try:
            assert await broker.connect(KEYS)
            yield broker, server
        finally:
            await broker.close()


HEADERS = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n"
SLOW = {
    "before-headers": stall(),
    "in-headers": stall(b"HTTP/1.1 200 OK\r\nContent-"),
    "in-body": stall(HEADERS + b"{"),
    "closing-in-body": stall(HEADERS.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n") + b"{"),
    "drip-headers": drip(HEADERS),
    "drip-body": drip(HEADERS + b" " * 5000),
}


@pytest.mark.alone
@pytest.mark.parametrize("how", SLOW)
async def test_a_read_ends_at_its_total_deadline(how: str) -> None:
    async with connected(SLOW[how]) as (broker, _):
        began = time.monotonic()
        with pytest.raises(NotReachable):
            await broker.get_profile()
        assert time.monotonic() - began <= QUICK.read + OVERRUN


@pytest.mark.alone
@pytest.mark.parametrize("how", SLOW)
async def test_an_order_ends_unknown_at_its_total_deadline_and_is_sent_once(how: str) -> None:
    async with connected(SLOW[how]) as (broker, server):
        began = time.monotonic()
        with pytest.raises(OutcomeUnknown, match="tag KJ"):
            await broker.place_order(ORDER)
        assert time.monotonic() - began <= QUICK.order + OVERRUN
        assert [one.method for one in server.arrived] == ["GET", "POST"]


@pytest.mark.alone
async def test_at_the_deadline_the_socket_is_really_closed() -> None:
    closed = asyncio.Event()

    async def hold(writer: asyncio.StreamWriter) -> None:
        writer.write(HEADERS)
        while not writer.is_closing():
            try:
                writer.write(b" ")
                await writer.drain()
            except ConnectionError:
                break
            await asyncio.sleep(0.01)
        closed.set()

    async with connected(hold, deadlines=Deadlines(read=0.3, attempt=0.3)) as (broker, _):
        with pytest.raises(NotReachable):
            await broker.get_profile()
        async with asyncio.timeout(30):  # nothing else would ever close it
            await closed.wait()


@pytest.mark.alone
async def test_the_next_call_is_not_held_up_by_one_that_overran() -> None:
    async with connected(stall(), answer(PROFILE), deadlines=Deadlines(read=0.3, attempt=0.3)) as (broker, _):
        with pytest.raises(NotReachable):
            await broker.get_profile()
        assert (await broker.get_profile()).client_id == "AB1234"


async def test_reads_run_side_by_side() -> None:
    together = asyncio.Barrier(3)

    async def later(writer: asyncio.StreamWriter) -> None:
        await together.wait()
        await answer(PROFILE)(writer)

    async with connected(later, deadlines=Deadlines()) as (broker, server):
        await asyncio.gather(*(broker.get_profile() for _ in range(3)))
        assert server.connections == 3


async def test_one_connection_serves_call_after_call() -> None:
    async with connected(answer(PROFILE)) as (broker, server):
        for _ in range(4):
            await broker.get_profile()
        assert server.connections == 1


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
async def test_redirects_are_never_followed(status: str) -> None:
    async with raw_server(answer(PROFILE)) as other:
        away = answer(b"", status=status, extra=f"Location: {other.base_url}/user/profile\r\n")
        async with connected(away) as (broker, _):
            with pytest.raises(WireSurprise, match="redirect"):
                await broker.get_profile()
            with pytest.raises(OutcomeUnknown):
                await broker.place_order(ORDER)
        assert other.arrived == []


async def test_a_body_beyond_the_cap_is_cut_off() -> None:
    endless = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000000000\r\n\r\n"

    async def flood(writer: asyncio.StreamWriter) -> None:
        writer.write(endless)
        while True:
            writer.write(b" " * 65536)
            await writer.drain()

    async with connected(flood, deadlines=Deadlines()) as (broker, _):
        with pytest.raises(WireSurprise, match="more than"):
            await broker.get_profile()


@pytest.mark.parametrize("body", [b"\0" * 10**8, b"[" * 10**6, b'{"a":' * 10_000 + b"1" + b"}" * 10_000])
async def test_bombs_cost_little_memory(body: bytes) -> None:
    packed = answer(gzip.compress(body), extra="Content-Encoding: gzip\r\n")
    del body
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    async with connected(packed, deadlines=Deadlines()) as (broker, _):
        with pytest.raises(WireSurprise):
            await broker.get_profile()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before <= 64 * 1024


async def test_more_than_the_announced_length_is_not_read_and_not_kept() -> None:
    longer = raw(
        f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(PROFILE)}\r\n\r\n".encode()
        + PROFILE
        + b"HTTP/1.1 500 Evil\r\n\r\n"
    )
    async with connected(longer, answer(PROFILE)) as (broker, _):
        assert (await broker.get_profile()).client_id == "AB1234"
        assert (await broker.get_profile()).client_id == "AB1234"


CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
UNREADABLE = {
    "gzip-junk": answer(b"this is no gzip", extra="Content-Encoding: gzip\r\n"),
    "bad-chunk": raw(CHUNKED + b"zz\r\n{}\r\n"),
    "short-body": raw(HEADERS + PROFILE, close=True),
    "half-a-header": raw(b"HTTP/1.1 200 OK\r\nContent-Ty", close=True),
    "half-the-headers": raw(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n", close=True),
    "headers-without-end": raw(HEADERS.removesuffix(b"\r\n"), close=True),
    "portal": answer(b"<html>Log in to the hotel</html>", kind="text/html"),
    "nothing": raw(b"", close=True),
    "not-http": raw(b"SSH-2.0-OpenSSH\r\n\r\n", close=True),
}  # fmt: skip


@pytest.mark.parametrize("how", UNREADABLE)
async def test_an_unreadable_answer_is_no_answer(how: str) -> None:
    async with connected(UNREADABLE[how], deadlines=Deadlines(read=0.5)) as (broker, _):
        with pytest.raises(NotReachable):
            await broker.get_profile()
        with pytest.raises(OutcomeUnknown):
            await broker.place_order(ORDER)


async def test_a_read_is_tried_three_times_more_and_then_given_up() -> None:
    async with connected(answer(b"", status="503 Down"), deadlines=Deadlines()) as (broker, server):
        with pytest.raises(BrokerDown):
            await broker.get_profile()
        assert len(server.arrived) == 1 + 4


async def test_a_read_that_recovers_is_answered() -> None:
    async with connected(answer(b"", status="502 Bad"), answer(PROFILE), deadlines=Deadlines()) as (broker, _):
        assert (await broker.get_profile()).client_id == "AB1234"


async def test_a_short_wait_that_the_broker_asks_for_is_obeyed() -> None:
    busy = answer(b"", status="429 Busy", extra="Retry-After: 1\r\n")
    async with connected(busy, answer(PROFILE), deadlines=Deadlines()) as (broker, server):
        began = time.monotonic()
        assert (await broker.get_profile()).client_id == "AB1234"
        assert time.monotonic() - began >= 1
        assert len(server.arrived) == 3


@pytest.mark.parametrize(("asked", "told"), [("30", 30), ("86400", 120)])
async def test_a_long_wait_is_told_and_holds_the_whole_bucket(asked: str, told: int) -> None:
    busy = answer(b"", status="429 Busy", extra=f"Retry-After: {asked}\r\n")
    async with connected(busy, answer(PROFILE), deadlines=Deadlines()) as (broker, server):
        with pytest.raises(RateLimited) as caught:
            await broker.get_profile()
        assert caught.value.retry_after == told
        with pytest.raises(RateLimited):
            await broker.get_funds()
        assert len(server.arrived) == 2


async def test_a_failed_order_is_never_sent_again() -> None:
    async with connected(answer(b"", status="503 Down"), deadlines=Deadlines()) as (broker, server):
        with pytest.raises(OutcomeUnknown):
            await broker.place_order(ORDER)
        assert [one.method for one in server.arrived] == ["GET", "POST"]


async def test_a_failed_exchange_is_never_tried_again() -> None:
    async with raw_server(answer(b"", status="503 Down")) as server:
        broker = ZerodhaBroker(
            BrokerPorts(going_clock(), MemoryCallCounts(), MemoryInstruments(), server.base_url), deadlines=QUICK
        )
        sign_in = broker.sign_in(KEYS)
        await sign_in.advance(None)
        with pytest.raises(BrokerDown):
            await sign_in.advance(Pasted("requesttoken1234"))
        await broker.close()
    assert len(server.arrived) == 1


async def test_an_order_is_not_sent_when_nobody_listens() -> None:
    async with connected(answer(PROFILE)) as (broker, server):
        await broker.close()
        with pytest.raises(NotSent):
            await broker.place_order(ORDER)
        assert len(server.arrived) == 1


async def test_an_accepted_order_has_the_brokers_id() -> None:
    async with connected(answer(ACCEPTED)) as (broker, _):
        assert (await broker.place_order(ORDER)).order_id == "2411180001"


async def test_a_success_body_under_a_server_error_is_no_accepted_order() -> None:
    async with connected(answer(ACCEPTED, status="500 Oops")) as (broker, _):
        with pytest.raises(OutcomeUnknown):
            await broker.place_order(ORDER)


async def test_environment_and_netrc_change_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login mallory password stolen\n")
    monkeypatch.setenv("NETRC", str(netrc))
    async with connected(answer(PROFILE)) as (_, server):
        assert server.arrived[0].headers["authorization"] == "token kitekey-canary:token-canary"


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:2/x", "https://127.0.0.1:1/x", "http://127.0.0.1:11/x", "http://localhost:1/x", "file:///x"],
)
def test_no_other_host_can_be_reached(url: str) -> None:
    pool = wire.Wire("http://127.0.0.1:1", ca_file=None)
    guarded = session.GuardedSession(pool, going_clock().now)
    call = wire.Call(Asked.READ, 1.0, 1000)
    with pytest.raises(NotReachable):
        wire.run(call, lambda: guarded.request("GET", url))
    assert not call.sent
    pool.close()


def test_a_header_that_would_begin_another_one_never_leaves() -> None:
    pool = wire.Wire("http://127.0.0.1:1", ca_file=None)
    call = wire.Call(Asked.READ, 1.0, 1000)
    guarded = session.GuardedSession(pool, going_clock().now)
    headers = {"Authorization": "token a:b\r\nX-Kite-Version: 9"}
    with pytest.raises(NotReachable):
        wire.run(call, partial(guarded.request, "GET", "http://127.0.0.1:1/x", headers=headers))
    assert not call.sent
    pool.close()


async def test_a_form_and_a_query_are_written_as_kiteconnect_means_them() -> None:
    async with raw_server(answer(PROFILE), answer(PROFILE)) as server:
        pool = wire.Wire(server.base_url, ca_file=None)
        guarded = session.GuardedSession(pool, going_clock().now)
        fields = {"i": ["NSE:M&M", "NSE:TCS"], "price": 2500.05, "tag": None}
        for how in ({"params": fields}, {"data": fields}):
            call = wire.Call(Asked.READ, 1.0, 1000)
            await asyncio.to_thread(wire.run, call, partial(guarded.request, "PUT", f"{server.base_url}/x", **how))
        pool.close()
        text = "i=NSE%3AM%26M&i=NSE%3ATCS&price=2500.05"
        asked, sent = server.arrived
        assert (asked.target, asked.body) == (f"/x?{text}", b"")
        assert (sent.target, sent.body) == ("/x", text.encode())


async def test_an_order_that_was_too_much_is_not_said_to_go_on_by_itself() -> None:
    async with connected(answer(b"", status="429 Busy", extra="Retry-After: 3\r\n")) as (broker, _):
        with pytest.raises(RateLimited, match="rate_limited") as caught:
            await broker.place_order(ORDER)
        assert caught.value.retry_after == 3
        assert "repeats no order by itself" in caught.value.next_step


async def test_cookies_are_not_kept() -> None:
    baked = answer(PROFILE, extra="Set-Cookie: session=tracked; Path=/\r\n")
    async with connected(baked) as (broker, server):
        await broker.get_profile()
        await broker.get_profile()
        assert all("cookie" not in one.headers for one in server.arrived)


@pytest.mark.alone
async def test_closing_with_calls_in_flight_takes_less_than_a_second() -> None:
    async with connected(stall(), deadlines=Deadlines()) as (broker, server):
        calls = [asyncio.create_task(broker.get_profile()) for _ in range(3)]
        await server.has_received(4)
        began = time.monotonic()
        await broker.close()
        assert time.monotonic() - began <= 1
        ends = await asyncio.gather(*calls, return_exceptions=True)
        assert all(isinstance(end, NotReachable) for end in ends)


async def test_a_cancelled_call_cuts_its_socket_and_leaves_the_broker_usable() -> None:
    async with connected(stall(), answer(PROFILE), deadlines=Deadlines()) as (broker, server):
        call = asyncio.create_task(broker.get_profile())
        await server.has_received(2)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert (await broker.get_profile()).client_id == "AB1234"


async def test_errors_hold_no_frames_and_no_chain() -> None:
    async with connected(answer(b"[]")) as (broker, _):
        with pytest.raises(TradingError) as caught:
            await broker.revoke()
    assert "token-canary" not in repr(caught.value) + str(caught.value.__context__) + str(caught.value.__cause__)
    frame = caught.value.__traceback__
    while frame is not None:
        assert "session.py" not in frame.tb_frame.f_code.co_filename
        frame = frame.tb_next
