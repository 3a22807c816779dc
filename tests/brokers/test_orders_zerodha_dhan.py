"""Order calls of Zerodha and Dhan over sockets: how often, in which order, once, and never on a dead connection."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Final

import pytest

from app.brokers import BaseBroker, create_broker
from app.domain import (
    Clock,
    Credentials,
    Exchange,
    Instrument,
    Kind,
    MemoryCallCounts,
    MemoryInstruments,
    Order,
    OrderChange,
    OrderStatus,
    OrderType,
    Secret,
)
from app.simulators.seen import Seen
from tests.brokers.bench import Bench, equip, started
from tests.brokers.dhan import deeds as of_dhan
from tests.brokers.dhan import wire as dhan
from tests.brokers.fault_scene import kind_of
from tests.brokers.plain_server import Play, RawServer, answer, reset, say
from tests.brokers.sheets import let_time_pass
from tests.brokers.windows import most_in_any_window
from tests.brokers.zerodha import books
from tests.brokers.zerodha import deeds as of_zerodha
from tests.brokers.zerodha import wire as zerodha
from tests.fakes.clock import ManualClock, going_clock

KEYS: Final = ("zerodha", "dhan")
CAP: Final = {"zerodha": (5000, ("place",)), "dhan": (7000, ("place", "modify", "cancel"))}
"""Orders or order calls a day, and what counts among them (section 7 of either sheet)."""


# ------------------------------------------------------------------ how often, and who first


@asynccontextmanager
async def at_work(key: str, orders: int, step: float = 0.5) -> AsyncIterator[tuple[Bench, BaseBroker, list[Order]]]:
    """A broker that counts calls as the real one does, and so many orders that rest there."""
    async with started(key) as bench:
        flow = asyncio.create_task(let_time_pass(bench.clock, step))
        broker = bench.broker()
        await equip(bench, broker)
        assert await broker.connect(bench.live())
        price = int(await broker.get_ltp(bench.cash, Exchange.NSE)) * 24 // 25
        for number in range(orders):
            await broker.place_order(bench.order(order_type=OrderType.LIMIT, price=price, quantity=1 + number))
        await bench.clock.advance(60)
        try:
            yield bench, broker, await broker.get_orders()
        finally:
            await broker.close()
            flow.cancel()
            with suppress(asyncio.CancelledError):
                await flow


def moments(bench: Bench, since: int, *operations: str) -> list[float]:
    """When such requests arrived, by the broker's own log."""
    return [seen.at.timestamp() for seen in _log(bench, since) if seen.operation in operations]


def _log(bench: Bench, since: int) -> list[Seen]:
    return list(bench.sim.log)[since:]


CROWDS: Final[dict[str, Callable[[Bench, BaseBroker], Awaitable[object]]]] = {
    "orders": lambda bench, broker: broker.place_order(bench.order()),
    "reads": lambda _, broker: broker.get_funds(),
}


@pytest.mark.parametrize("crowd", CROWDS)
@pytest.mark.parametrize("key", KEYS)
async def test_a_cancel_passes_all_that_waits(key: str, crowd: str) -> None:
    async with at_work(key, 1, step=0.02) as (bench, broker, [order]):
        before = bench.arrived
        waiting = [asyncio.create_task(kind_of(CROWDS[crowd](bench, broker))) for _ in range(30)]
        await asyncio.sleep(0)
        asked_at = bench.clock.now()
        await broker.cancel_order(order)
        await asyncio.gather(*waiting)

        [cancelled] = [seen for seen in _log(bench, before) if seen.operation == "cancel_order"]
        assert cancelled.at - asked_at <= timedelta(seconds=1)
        assert len(_log(bench, before)) > 20


@pytest.mark.parametrize("key", KEYS)
async def test_an_order_that_our_own_limit_keeps_back_was_not_sent(key: str) -> None:
    async with started(key) as bench:  # nobody lets time pass: no second turn ever comes
        broker = bench.broker()
        await equip(bench, broker)
        assert await broker.connect(bench.live())
        bench.hurry(broker, 0.3, 0.3)
        before = bench.arrived
        ends = [await kind_of(broker.place_order(bench.order(quantity=1 + number))) for number in range(9)]

        sent = ends.count("the good value")
        assert ends == ["the good value"] * sent + ["not_sent"] * (9 - sent)
        assert len(moments(bench, before, "place_order")) == sent <= 8
        await broker.close()


# ------------------------------------------------------------------ how often a day


@dataclass(frozen=True, slots=True)
class Counted:
    """An adapter at a plain server, with so many calls behind it today."""

    broker: BaseBroker
    server: RawServer
    calls: MemoryCallCounts


ANSWERS: Final[dict[str, dict[str, str]]] = {
    "zerodha": {
        "/user/profile": zerodha.success(zerodha.profile()),
        "/orders": zerodha.success([books.order()]),
        "": zerodha.success({"order_id": of_zerodha.resting().order_id}),
    },
    "dhan": {
        "/v2/profile": dhan.text(dhan.profile()),
        "": dhan.text({"orderId": of_dhan.resting().order_id, "orderStatus": "TRANSIT"}),
    },
}
"""By path; whatever else is asked for gets the last."""
DEEDS: Final[dict[str, dict[str, Callable[[BaseBroker], Awaitable[object]]]]] = {
    "zerodha": {name: deed.do for name, deed in of_zerodha.DEEDS.items()},
    "dhan": {name: deed.do for name, deed in of_dhan.DEEDS.items()},
}
SHARE: Final = {"zerodha": ("RELIANCE", "738561"), "dhan": ("NSE_EQ:2885", "NSE_EQ:2885")}


def good(key: str) -> Play:
    """Answer each request as the broker would."""

    async def play(writer: asyncio.StreamWriter, server: RawServer) -> None:
        method, path, _ = server.heads[-1].decode().split(" ", 2)
        known = ANSWERS[key].get(path, "") if method == "GET" else ""
        await say(answer(200, (known or ANSWERS[key][""]).encode()))(writer, server)

    return play


def then(key: str, worse: Play) -> Play:
    """The same, but for calls that change something."""

    async def play(writer: asyncio.StreamWriter, server: RawServer) -> None:
        is_read = server.heads[-1].startswith(b"GET ")
        await (good(key) if is_read else worse)(writer, server)

    return play


@asynccontextmanager
async def counted(key: str, play: Play, *, before: int = 0, clock: Clock | None = None) -> AsyncIterator[Counted]:
    clock = clock or ManualClock()
    calls, instruments = MemoryCallCounts(), MemoryInstruments()
    symbol, token = SHARE[key]
    share = Instrument("NSE", symbol, token, "RELIANCE", Kind.CASH, None, None, Decimal("0.1"), 1)
    await instruments.replace(key, [share], day=clock.now().date())
    client = {"zerodha": zerodha.CLIENT_ID, "dhan": dhan.CLIENT}[key]
    for _ in range(before):
        calls.add(client, f"{key}.orders", clock.now().date())
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(RawServer(play))
        broker = create_broker(key, base_url=server.url, clock=clock, calls=calls, instruments=instruments)
        stack.push_async_callback(broker.close)
        assert await broker.connect(Credentials(Secret("key"), Secret("secret"), Secret("token"), client))
        await broker.get_orders() if key == "zerodha" else None
        server.heads.clear()
        yield Counted(broker, server, calls)


@pytest.mark.alone
@pytest.mark.parametrize("key", KEYS)
async def test_orders_changes_and_cancellations_together_are_at_most_eight_in_any_second(key: str) -> None:
    """On the machine's own time, by the server's watch: what was on its way for a fifth of a second is forgiven."""
    came = list[float]()

    async def play(writer: asyncio.StreamWriter, server: RawServer) -> None:
        came.append(asyncio.get_running_loop().time())
        await good(key)(writer, server)

    async with counted(key, play, clock=going_clock()) as at:
        came.clear()
        await asyncio.gather(*(deed(at.broker) for deed in 7 * [*DEEDS[key].values()]))

    assert len(came) == 21
    assert most_in_any_window(came, 0.8) <= 8
    assert came[-1] - came[0] >= 1.8


@pytest.mark.parametrize(("key", "name"), [(key, name) for key in KEYS for name in DEEDS[key]])
async def test_at_four_fifths_of_the_day_only_cancels_go_out_where_they_count(key: str, name: str) -> None:
    calls, counts = CAP[key]
    async with counted(key, good(key), before=calls * 4 // 5) as at:
        ends = await kind_of(DEEDS[key][name](at.broker))

        kept_back = name in counts and name != "cancel"
        assert (ends, len(at.server.heads)) == (("daily_cap", 0) if kept_back else ("the good value", 1))


@pytest.mark.parametrize(("key", "name"), [(key, name) for key in KEYS for name in DEEDS[key]])
async def test_what_counts_for_the_day_is_noted_before_it_is_sent(key: str, name: str) -> None:
    async with counted(key, then(key, reset())) as at:
        client = {"zerodha": zerodha.CLIENT_ID, "dhan": dhan.CLIENT}[key]
        assert await kind_of(DEEDS[key][name](at.broker)) == "outcome_unknown"

        noted = at.calls.count(client, f"{key}.orders", ManualClock().now().date())
        assert noted == (1 if name in CAP[key][1] else 0)


# ------------------------------------------------------------------ once, also where a connection was kept


@pytest.mark.parametrize(("key", "name"), [(key, name) for key in KEYS for name in DEEDS[key]])
async def test_a_kept_connection_that_dies_under_a_call_is_no_reason_to_send_it_again(key: str, name: str) -> None:
    async with counted(key, then(key, reset())) as at:
        assert await kind_of(DEEDS[key][name](at.broker)) == "outcome_unknown"

        assert len(at.server.heads) == 1


@pytest.mark.parametrize(("key", "name"), [(key, name) for key in KEYS for name in DEEDS[key]])
async def test_a_kept_connection_that_was_closed_meanwhile_is_replaced_or_nothing_is_sent(key: str, name: str) -> None:
    """The server closes behind each answer, without a word: whoever keeps the connection finds it dead."""

    async def play(writer: asyncio.StreamWriter, server: RawServer) -> None:
        await good(key)(writer, server)
        writer.close()

    async with counted(key, play) as at:
        await asyncio.sleep(0.02)
        ends = await kind_of(DEEDS[key][name](at.broker))

        sent = len(at.server.heads)
        assert (ends, sent) in {("the good value", 1), ("not_sent", 0), ("outcome_unknown", 0)}


@pytest.mark.parametrize(("key", "name"), [(key, name) for key in KEYS for name in DEEDS[key]])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_no_redirect_is_followed(key: str, name: str, status: int) -> None:
    async with RawServer(say(answer())) as elsewhere:
        there = answer(status, b"", f"Location: {elsewhere.url}/orders")
        async with counted(key, then(key, say(there))) as at:
            assert await kind_of(DEEDS[key][name](at.broker)) == "outcome_unknown"
            assert len(at.server.heads) == 1
        assert elsewhere.connections == 0


# ------------------------------------------------------------------ through the broker's own desk


@pytest.mark.parametrize("key", KEYS)
async def test_slices_are_orders_of_their_own_each_with_its_tag_and_its_request(key: str) -> None:
    async with at_work(key, 0) as (bench, broker, _):
        contract = next(row for row in await broker.get_positions() if row.exchange is bench.derivative)
        known = await bench.instruments.by_symbol(key, contract.exchange.value, contract.symbol)
        assert known is not None
        rows = bench.instruments._rows[key]
        frozen = known._replace(freeze_quantity=2 * known.lot_size)
        bench.instruments._rows[key] = {**rows, (known.exchange, known.broker_symbol): frozen}
        price = await broker.get_ltp(contract.symbol, contract.exchange)
        asked = bench.order(
            symbol=known.broker_symbol,
            exchange=contract.exchange,
            product=contract.product,
            order_type=OrderType.LIMIT,
            price=price - price % known.tick_size,
            quantity=5 * known.lot_size,
        )
        before = bench.arrived
        tags = []
        for part in (await broker.plan_order(asked)).orders:
            tags.append(broker.fresh_tag())
            await broker.place_order(replace(part, tag=tags[-1]))

        assert len(moments(bench, before, "place_order")) == 3
        assert [seen.operation for seen in _log(bench, before)].count("slice_order") == 0
        found = {order.tag: order.quantity // known.lot_size for order in await broker.get_orders()}
        assert [found[tag] for tag in tags] == [2, 2, 1]


@pytest.mark.parametrize("key", KEYS)
async def test_an_after_market_order_is_taken_while_the_market_is_closed_changed_and_ended(key: str) -> None:
    async with at_work(key, 0) as (bench, broker, _):
        price = int(await broker.get_ltp(bench.cash, Exchange.NSE)) * 24 // 25
        asked = bench.order(order_type=OrderType.LIMIT, price=price, tag=broker.fresh_tag(), amo=True)
        bench.controls.market("closed")

        assert await kind_of(broker.place_order(replace(asked, amo=False))) in {"market_closed", "order_rejected"}
        await broker.place_order(asked)
        [order] = await broker.find_orders(asked.tag)
        await broker.modify_order(order, OrderChange(2, OrderType.LIMIT, price + Decimal(1)))
        [changed] = await broker.find_orders(asked.tag)
        await broker.cancel_order(changed)
        await bench.clock.advance(60)

        assert (changed.quantity, changed.price) == (2, Decimal(price + 1))
        [ended] = await broker.find_orders(asked.tag)
        assert ended.status is OrderStatus.CANCELLED
