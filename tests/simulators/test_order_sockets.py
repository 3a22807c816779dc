"""Order push sockets: handshakes, greetings, limits, news of every kind, and how they break (section 9)."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp
import pytest
from aiohttp import WSMsgType

from tests.fakes.clock import ManualClock
from tests.fakes.waiting import until
from tests.simulators.desks import DESKS, AngelOneDesk, Desk, DhanDesk, FyersDesk, ZerodhaDesk


async def opened(kind: type[Desk], clock: ManualClock) -> AsyncIterator[Any]:
    desk = kind(clock)
    await desk.start()
    yield desk
    await desk.stop()


@pytest.fixture(params=DESKS)
async def desk(request: pytest.FixtureRequest, clock: ManualClock) -> AsyncIterator[Desk]:
    async for one in opened(DESKS[request.param], clock):
        yield one


def fixture_of(kind: type[Desk]) -> Callable[..., AsyncIterator[Any]]:
    async def one(clock: ManualClock) -> AsyncIterator[Any]:
        async for made in opened(kind, clock):
            yield made

    return pytest.fixture(one)


zerodha, dhan, fyers, angel = map(fixture_of, (ZerodhaDesk, DhanDesk, FyersDesk, AngelOneDesk))


async def refusal(desk: Desk, **changes: str) -> aiohttp.WSServerHandshakeError:
    for name, value in changes.items():
        setattr(desk, name, value)
    with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
        await desk.connect(ready=False)
    return caught.value


async def ended(line: aiohttp.ClientWebSocketResponse) -> aiohttp.WSMessage:
    """How a connection ends, whatever came before."""
    while True:
        message = await line.receive(10)
        if message.type not in {WSMsgType.TEXT, WSMsgType.BINARY}:
            return message


# ---------------------------------------------------------------------- all four


async def test_news_of_an_order_arrive_with_its_tag(desk: Desk) -> None:
    line = await desk.connect()
    order_id = await desk.place("tag5")
    desk.clock.jump(0.3)  # it rests now
    texts = [(await line.receive(10)).data]
    while str(desk.controls.booked(desk.me)[0].status) != "OPEN":
        texts.append((await line.receive(10)).data)
    assert order_id in texts[0]
    assert "tag5" in texts[0]


async def test_other_clients_hear_nothing(desk: Desk) -> None:
    line = await desk.connect()
    await desk.place("mine")
    desk.clock.jump(1)
    stranger = next(one for one in desk.sim._broker.accounts if one != desk.me)
    assert desk.controls.listening(stranger) == 0
    assert "mine" in (await line.receive(10)).data


async def test_sockets_can_be_cut_and_opened_again(desk: Desk) -> None:
    line = await desk.connect()
    desk.controls.cut_sockets()
    assert (await ended(line)).type in {WSMsgType.CLOSED, WSMsgType.ERROR, WSMsgType.CLOSING}
    await until(lambda: desk.controls.listening(desk.me) == 0)
    await desk.connect()


async def test_sockets_can_be_closed_politely(desk: Desk) -> None:
    line = await desk.connect()
    desk.controls.cut_sockets("close")
    last = await ended(line)
    assert (last.type, line.close_code) == (WSMsgType.CLOSE, 1001)


async def test_junk_comes_as_it_is(desk: Desk) -> None:
    line = await desk.connect()
    for junk in ("{", "", "null", b"\x00\xff"):
        desk.controls.push(junk)
        assert (await line.receive(10)).data == junk


async def test_mute_socket_loses_its_news(desk: Desk) -> None:
    line = await desk.connect()
    desk.controls.mute_sockets(yes=True)
    await desk.resting("lost")
    await asyncio.sleep(0.1)  # the time in which an honest one would have spoken
    desk.controls.mute_sockets(yes=False)
    order_id = await desk.place("heard")
    desk.clock.jump(1)
    text = (await line.receive(10)).data
    assert order_id in text
    assert "lost" not in text


async def test_handshake_is_logged_and_can_be_refused_or_broken(desk: Desk) -> None:
    desk.controls.fault("order_updates", "503-bare", times=1)
    assert (await refusal(desk)).status == 503
    desk.controls.fault("order_updates", "reset-before")
    with pytest.raises(aiohttp.ClientError):
        await desk.connect(ready=False)
    desk.controls.clear()
    await desk.connect()
    seen = {(one.status, one.fault) for one in desk.sim.log if one.operation == "order_updates"}
    assert seen == {(503, "503-bare"), (0, "reset-before"), (101, "")}


async def test_muddled_news_come_twice_and_out_of_order(desk: Desk) -> None:
    await desk.place("first")
    await desk.place("second")
    line = await desk.connect()
    desk.controls.muddle_sockets(yes=True)
    desk.clock.jump(1)
    texts = [(await line.receive(10)).data]
    assert "second" in texts[0]
    while len(set(texts)) == len(texts):
        texts.append((await line.receive(10)).data)


async def test_server_stops_with_open_sockets(clock: ManualClock) -> None:
    for kind in DESKS.values():
        desk = kind(clock)
        await desk.start()
        await desk.connect()
        async with asyncio.timeout(10):
            await desk.stop()


# ---------------------------------------------------------------------- Zerodha, section 9


async def test_zerodha_tells_changes_as_messages_of_type_order(zerodha: ZerodhaDesk) -> None:
    line = await zerodha.connect()
    await zerodha.place("abc", price="1600.0")
    zerodha.clock.jump(1)
    texts = await zerodha.news(line, 3)
    assert {text["type"] for text in texts} == {"order"}
    told = [(text["data"]["status"], text["data"]["filled_quantity"]) for text in texts]
    assert told == [("OPEN", 0), ("UPDATE", 5), ("COMPLETE", 10)]
    row = texts[-1]["data"]
    assert (row["tag"], row["user_id"], row["checksum"], row["unfilled_quantity"]) == ("abc", "DEMO01", "", 0)
    assert row["order_id"].isdigit()


async def test_zerodha_tells_a_modification_as_update(zerodha: ZerodhaDesk) -> None:
    order_id = await zerodha.resting()
    line = await zerodha.connect()
    await zerodha.ask(zerodha.modifying(order_id, "1460"))
    zerodha.clock.jump(1)
    texts = await zerodha.news(line, 2)
    assert [(text["data"]["status"], text["data"]["price"]) for text in texts] == [("UPDATE", 1460), ("OPEN", 1460)]


@pytest.mark.parametrize("plan", ["personal", "publisher"])
async def test_zerodha_streams_only_to_the_connect_plan(zerodha: ZerodhaDesk, plan: str) -> None:
    zerodha.controls.plan(zerodha.me, plan)
    assert (await refusal(zerodha)).status == 403


async def test_zerodha_refuses_a_dead_token_with_403(zerodha: ZerodhaDesk) -> None:
    zerodha.controls.expire(zerodha.me)
    assert (await refusal(zerodha)).status == 403


async def test_zerodha_takes_three_connections_of_a_key(zerodha: ZerodhaDesk) -> None:
    lines = [await zerodha.connect() for _ in range(3)]
    assert (await refusal(zerodha)).status == 429
    await lines.pop().close()
    await until(lambda: zerodha.controls.listening(zerodha.me) == 2)
    await zerodha.connect()


async def test_zerodha_beats_its_heart_in_silence_and_takes_subscriptions(zerodha: ZerodhaDesk) -> None:
    zerodha.controls.heartbeat(0.02)
    line = await zerodha.connect()
    await line.send_json({"a": "subscribe", "v": [408065]})
    beat = await line.receive(10)
    assert (beat.type, len(beat.data)) == (WSMsgType.BINARY, 1)


# ---------------------------------------------------------------------- Dhan, section 9.2

DHAN = """
exchange segment source securityId clientId exchOrderNo orderNo product txnType orderType validity discQuantity
discQtyRem remainingQuantity quantity tradedQty price triggerPrice tradedPrice avgTradedPrice algoOrdNo offMktFlag
orderDateTime exchOrderTime lastUpdatedTime remarks mktType reasonDescription legNo instrument symbol productName status
lotSize strikePrice expiryDate optType displayName isin series goodTillDaysDate refLtp tickSize algoId multiplier
correlationId
"""


async def test_dhan_sends_camel_case_and_title_case(dhan: DhanDesk) -> None:
    line = await dhan.connect()
    await dhan.place("abc", price="1600.0")
    dhan.clock.jump(1)
    texts = await dhan.news(line, 4)
    assert {text["Type"] for text in texts} == {"order_alert"}
    assert [(text["Data"]["status"], text["Data"]["tradedQty"]) for text in texts] == [
        ("Transit", 0), ("Pending", 0), ("Part_Traded", 5), ("Traded", 10),
    ]  # fmt: skip
    last = texts[-1]["Data"]
    assert set(last) == set(DHAN.split())
    assert [last[name] for name in ("correlationId", "product", "txnType", "orderType", "source", "legNo")] == [
        "abc", "I", "B", "LMT", "P", 1,
    ]  # fmt: skip


async def test_dhan_can_spell_as_documented(dhan: DhanDesk) -> None:
    dhan.controls.pascal_case(yes=True)
    line = await dhan.connect()
    await dhan.place("abc")
    [text] = await dhan.news(line, 1)
    assert text["Data"]["CorrelationId"] == "abc"


async def test_dhan_resets_after_a_login_with_a_dead_token(dhan: DhanDesk) -> None:
    dhan.controls.expire(dhan.me)
    line = await dhan.connect(ready=False)  # everybody may connect
    await dhan.greet(line)
    assert (await ended(line)).type in {WSMsgType.CLOSED, WSMsgType.ERROR, WSMsgType.CLOSING}
    assert line.close_code == 1006  # no close frame


async def test_dhan_says_nothing_before_the_login(dhan: DhanDesk) -> None:
    line = await dhan.connect(ready=False)
    await dhan.place("early")
    await dhan.greet(line)
    await until(lambda: dhan.controls.listening(dhan.me))
    order_id = await dhan.place("late")
    [text] = await dhan.news(line, 1)
    assert text["Data"]["orderNo"] == order_id


# ---------------------------------------------------------------------- Fyers, section 9.2


async def test_fyers_answers_a_ping_and_a_subscription(fyers: FyersDesk) -> None:
    line = await fyers.connect(ready=False)
    await line.send_str("ping")
    assert (await line.receive(10)).data == "pong"
    await fyers.greet(line)


async def test_fyers_tells_raw_keys_without_what_is_zero(fyers: FyersDesk) -> None:
    line = await fyers.connect()
    order_id = await fyers.place("abc", price="1600.0")
    fyers.clock.jump(1)
    texts = [text["orders"] for text in await fyers.news(line, 4)]
    assert [(text["org_ord_status"], text["ord_status"], text.get("qty_filled")) for text in texts] == [
        (4, 20, None), (6, 23, None), (6, 23, 5), (2, 90, 10),
    ]  # fmt: skip
    assert {text["id"] for text in texts} == {order_id}
    assert (texts[0]["ordertag"], texts[0]["tran_side"], texts[0]["product_type"]) == ("1:abc", 1, "INTRADAY")
    assert "qty_remaining" not in texts[-1]


async def test_fyers_tells_trades_and_positions_to_who_wants_them(fyers: FyersDesk) -> None:
    line = await fyers.connect(ready=False)
    await line.send_json({"T": "SUB_ORD", "SLIST": ["trades", "positions"], "SUB_T": 1})
    await fyers.place("abc", price="1600.0")
    fyers.clock.jump(1)
    answer, *texts = await fyers.news(line, 5)
    assert answer["code"] == 1605
    assert [text["trades"]["qty_traded"] for text in texts[::2]] == [5, 5]
    assert texts[-1]["positions"]["net_qty"] == 10
    assert [text["trades"]["id_fill"].split("-")[0] for text in texts[::2]] == [texts[0]["trades"]["id"]] * 2


async def test_fyers_stops_telling_when_asked(fyers: FyersDesk) -> None:
    line = await fyers.connect()
    await line.send_json({"T": "SUB_ORD", "SLIST": ["orders"], "SUB_T": -1})
    await fyers.news(line, 1)
    await fyers.place()
    await line.send_str("ping")
    assert (await line.receive(10)).data == "pong"


@pytest.mark.parametrize("token", ["", "nonsense"])
async def test_fyers_refuses_a_dead_token_with_a_bare_403(fyers: FyersDesk, token: str) -> None:
    assert (await refusal(fyers, token=token)).status == 403


# ---------------------------------------------------------------------- Angel One, section 9.2


async def test_angel_one_tells_states_by_code(angel: AngelOneDesk) -> None:
    line = await angel.connect()
    await angel.place("abc", price="1600.0")
    angel.clock.jump(1)
    texts = await angel.news(line, 4)
    told = [(one["order-status"], one["orderData"]["orderstatus"], one["orderData"]["filledshares"]) for one in texts]
    assert told == [
        ("AB09", "open pending", "0"), ("AB01", "open", "0"), ("AB01", "open", "5"), ("AB05", "complete", "10"),
    ]  # fmt: skip
    last = texts[-1]
    assert (last["user-id"], last["status-code"], last["error-message"]) == (angel.me, "200", "")
    row = last["orderData"]
    assert (row["ordertag"], row["quantity"], row["price"]) == ("abc", "10", 1600.0)
    assert not {"uniqueorderid", "exchangeorderid"} & set(row)


async def test_angel_one_carries_stale_values_in_a_modification(angel: AngelOneDesk) -> None:
    order_id = await angel.resting()
    line = await angel.connect()
    await angel.ask(angel.modifying(order_id, "1460.0"))
    angel.clock.jump(1)
    texts = await angel.news(line, 4)
    assert [(one["order-status"], one["orderData"]["price"]) for one in texts] == [
        ("AB11", 1450.0), ("AB11", 1450.0), ("AB04", 1450.0), ("AB01", 1460.0),
    ]  # fmt: skip


async def test_angel_one_tells_after_market_orders(angel: AngelOneDesk) -> None:
    angel.controls.market("closed")
    line = await angel.connect()
    order_id = await angel.place()
    await angel.ask(angel.modifying(order_id, "1460.0"))
    await angel.ask(angel.cancelling(order_id))
    angel.clock.jump(1)
    texts = await angel.news(line, 3)
    assert [(one["order-status"], one["orderData"]["orderstatus"]) for one in texts] == [
        ("AB06", "after market order req received"), ("AB08", "modify after market order req received"),
        ("AB07", "cancelled after market order"),
    ]  # fmt: skip


@pytest.mark.parametrize(("token", "status"), [("", 401), ("nonsense", 401), ("*", 403)])
async def test_angel_one_names_the_bad_item_in_a_header(angel: AngelOneDesk, token: str, status: int) -> None:
    if token == "*":
        angel.controls.expire(angel.me)
        token = angel.token
    error = await refusal(angel, token=token)
    assert error.status == status
    assert error.headers
    assert error.headers["x-error-message"]


async def test_angel_one_takes_three_connections_and_answers_pings(angel: AngelOneDesk) -> None:
    lines = [await angel.connect() for _ in range(3)]
    assert (await refusal(angel)).status == 429
    await lines[0].send_str("ping")
    assert (await lines[0].receive(10)).data == "pong"


# ---------------------------------------------------------------------- beside the answers


async def test_news_can_come_before_the_answer(desk: Desk) -> None:
    line = await desk.connect()
    desk.controls.delay("place_order", 30)
    asking = asyncio.create_task(desk.ask(desk.placing("early", "1450.0", 10), 60))
    await until(lambda: desk.sim.order_calls)
    desk.clock.jump(1)
    assert "early" in (await line.receive(10)).data
    assert not asking.done()
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)


async def test_modified_and_cancelled_orders_are_told_to_the_end(desk: Desk) -> None:
    order_id = await desk.resting()
    line = await desk.connect()
    await desk.ask(desk.modifying(order_id, "1460.0"))
    desk.clock.jump(1)
    assert desk.controls.booked(desk.me)[-1].status == "OPEN"
    await desk.ask(desk.cancelling(order_id))
    desk.clock.jump(1)
    while True:  # the last one tells the cancellation in every broker's words
        text = (await line.receive(10)).data
        if any(word in text for word in ("CANCELLED", "Cancelled", '"org_ord_status":1,', "AB02")):
            break
    assert order_id in text
