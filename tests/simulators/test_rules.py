"""Refusals in the sheet's words, limits, plans, addresses, the master file (protocol sheet sections 2, 4, 6, 7, 8)."""

import csv
import gzip
import io
from datetime import datetime
from urllib.parse import urlsplit

import httpx
import pytest

from app.domain import IST
from app.simulators import DEMO, ZerodhaSimulator
from app.simulators.zerodha.errors import Refusal
from app.simulators.zerodha.limits import Limits
from tests.fakes.clock import ManualClock
from tests.simulators.support import ask, data, error, new_client, signed_in

ORDER = {
    "exchange": "NSE",
    "tradingsymbol": "INFY",
    "transaction_type": "BUY",
    "order_type": "LIMIT",
    "quantity": "1",
    "product": "MIS",
    "price": "1500",
    "validity": "DAY",
}
TOO_MANY = (429, "NetworkException", "Too many requests")


async def place(client: httpx.AsyncClient, variety: str = "regular", **change: str) -> httpx.Response:
    form = {name: value for name, value in {**ORDER, **change}.items() if value}
    return await client.post(f"/orders/{variety}", data=form)


# ------------------------------------------------------------------ limits, section 7


async def test_eleventh_call_of_a_second_is_too_many(client: httpx.AsyncClient, clock: ManualClock) -> None:
    answers = [await client.get("/user/profile") for _ in range(11)]
    assert [answer.status_code for answer in answers] == [200] * 10 + [429]
    assert error(answers[-1]) == TOO_MANY
    assert "Retry-After" not in answers[-1].headers
    clock.jump(1)
    assert (await client.get("/user/profile")).status_code == 200


@pytest.mark.parametrize("path", ["/quote/ltp", "/quote/ohlc", "/quote"])
async def test_second_quote_of_a_second_is_too_many(path: str, client: httpx.AsyncClient) -> None:
    assert data(await client.get("/quote/ltp?i=NSE:INFY"))
    assert error(await client.get(f"{path}?i=NSE:INFY")) == TOO_MANY


async def test_eleventh_order_of_a_second_is_too_many(client: httpx.AsyncClient) -> None:
    answers = [await place(client) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [200] * 10 + [429]


async def test_401st_order_of_a_minute_is_too_many(client: httpx.AsyncClient, clock: ManualClock) -> None:
    statuses = []
    for number in range(401):
        if number % 10 == 0:
            clock.jump(1)
        statuses.append((await place(client, price="nonsense")).status_code)
    assert statuses == [400] * 400 + [429]


async def test_daily_cap_counts_refused_orders_too(simulator: ZerodhaSimulator, client: httpx.AsyncClient) -> None:
    simulator.controls.orders_today(DEMO.client_id, 4999)
    assert (await place(client, price="nonsense")).status_code == 400
    assert error(await place(client))[2] == "Maximum allowed order requests exceeded"


async def test_limits_can_be_let_go(simulator: ZerodhaSimulator, client: httpx.AsyncClient) -> None:
    simulator.controls.enforce_limits(yes=False)
    answers = [await client.get("/user/profile") for _ in range(20)]
    assert {answer.status_code for answer in answers} == {200}


async def test_counting_goes_on_for_days_without_growing(clock: ManualClock) -> None:
    limits = Limits(clock)
    limits.take_orders("DEMO01", 4999)
    for _ in range(5000):
        clock.jump(1)
        limits.take("orders", "DEMO01")
    assert len(limits) < 4000
    limits.take_orders("DEMO01", 1)
    with pytest.raises(Refusal, match="Maximum allowed order requests exceeded"):
        limits.take_orders("DEMO01", 1)


# ------------------------------------------------------------------ refusals, sections 4 and 6

PERMISSION = "PermissionException"


@pytest.mark.parametrize("path", ["/quote/ltp", "/quote/ohlc", "/quote"])
async def test_personal_plan_has_no_quotes(path: str, simulator: ZerodhaSimulator, client: httpx.AsyncClient) -> None:
    simulator.controls.plan(DEMO.client_id, "personal")
    answer = await client.get(f"{path}?i=NSE:INFY")
    assert error(answer) == (403, PERMISSION, "Insufficient permission for that call.")
    assert data(await client.get("/portfolio/positions"))["net"]


@pytest.mark.parametrize(("method", "path"), [("POST", "regular"), ("PUT", "regular/1"), ("DELETE", "regular/1")])
async def test_orders_are_refused_from_another_address(
    method: str, path: str, simulator: ZerodhaSimulator, client: httpx.AsyncClient
) -> None:
    simulator.controls.allow_ips("198.51.100.7")
    answer = await client.request(method, f"/orders/{path}")
    assert error(answer) == (403, PERMISSION, "IP (127.0.0.1) is not allowed to place orders for this app")
    assert data(await client.get("/orders")) == []


async def test_orders_are_refused_when_no_address_is_registered(
    simulator: ZerodhaSimulator, client: httpx.AsyncClient
) -> None:
    simulator.controls.allow_ips()
    assert error(await place(client)) == (403, PERMISSION, "No IPs configured for this app")


async def test_wrong_variety_and_wrong_method(client: httpx.AsyncClient) -> None:
    expected = (405, "Request method not allowed")
    for answer in (await place(client, "fancy"), await client.post("/user/profile")):
        status, _, message = error(answer)
        assert (status, message) == expected


async def test_unknown_address(client: httpx.AsyncClient) -> None:
    assert (await client.get("/nowhere")).status_code == 404


REFUSED = [
    ({"exchange": ""}, "InputException", "exchange"),
    ({"tradingsymbol": "NOPE"}, "InputException", "expired or does not exist"),
    ({"tradingsymbol": "NIFTY 50"}, "InputException", "expired or does not exist"),
    ({"transaction_type": "HOLD"}, "InputException", "transaction_type"),
    ({"order_type": "MARKET"}, "InputException", "Market orders without market protection are not allowed via API"),
    ({"order_type": "MARKET", "market_protection": "0"}, "InputException", "market protection"),
    ({"order_type": "SL-M", "trigger_price": "1600"}, "InputException", "market protection"),
    ({"order_type": "SL"}, "InputException", "trigger_price"),
    ({"price": ""}, "InputException", "price"),
    ({"price": "1500.03"}, "InputException", "Tick size"),
    ({"price": "NaN"}, "InputException", "price"),
    ({"quantity": "0"}, "InputException", "quantity"),
    ({"quantity": "1.5"}, "InputException", "quantity"),
    ({"quantity": "100001"}, "MarginException", "Insufficient funds. Required margin"),
    ({"quantity": "100001", "price": "1", "order_type": "LIMIT"}, "InputException", "freeze quantity of 100000"),
    ({"product": "NRML"}, "InputException", "product"),
    ({"tag": "a" * 21}, "InputException", "tag"),
    ({"validity": "TTL"}, "InputException", "validity_ttl"),
    ({"autoslice": "true"}, "InputException", "Quantity should be greater than or equal to 100001 for order slicing"),
    ({"exchange": "NFO", "tradingsymbol": "NIFTY26DECFUT", "product": "NRML", "quantity": "70", "price": "26000"},
     "InputException", "lot size 75"),
    ({"exchange": "NFO", "tradingsymbol": "NIFTY26DECFUT", "product": "CNC", "quantity": "75"},
     "InputException", "product"),
    ({"exchange": "NFO", "tradingsymbol": "RELIANCE26NOV1540CE", "order_type": "MARKET", "product": "NRML",
      "quantity": "500", "market_protection": "-1"}, "OrderException", "MARKET orders are blocked"),
    ({"exchange": "BSE", "order_type": "SL-M", "trigger_price": "1600", "market_protection": "-1"},
     "OrderException", "SL-M orders are blocked"),
    ({"exchange": "NFO", "tradingsymbol": "NIFTY26DEC26000CE", "order_type": "SL-M", "product": "NRML",
      "quantity": "75", "trigger_price": "1600", "market_protection": "-1"}, "OrderException", "SL-M orders are"),
    ({"exchange": "MCX", "tradingsymbol": "CRUDEOIL26DECFUT", "product": "NRML", "validity": "IOC"},
     "InputException", "IOC"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "kind", "text"), REFUSED)
async def test_order_is_refused_before_the_book(
    change: dict[str, str], kind: str, text: str, client: httpx.AsyncClient
) -> None:
    status, error_type, message = error(await place(client, **change))
    assert (status, error_type) == (400, kind)
    assert text in message
    assert data(await client.get("/orders")) == []


async def test_market_order_for_an_index_option_is_taken(client: httpx.AsyncClient) -> None:
    option = {"exchange": "NFO", "tradingsymbol": "NIFTY26D0126000CE", "product": "NRML", "quantity": "75"}
    answer = await place(client, **option, order_type="MARKET", price="", market_protection="-1")
    assert len(data(answer)["order_id"]) == 19


async def test_regular_order_outside_market_hours_is_refused(client: httpx.AsyncClient, clock: ManualClock) -> None:
    clock.jump(6 * 3600)
    status, kind, message = error(await place(client))
    assert (status, kind) == (400, "OrderException")
    assert "Use AMO" in message


async def test_holiday_takes_no_intraday_order(
    simulator: ZerodhaSimulator, client: httpx.AsyncClient, clock: ManualClock
) -> None:
    clock.jump(4 * 86_400)  # Sunday
    await signed_in(simulator, client)
    taken = {"exchange": "NSE", "tradingsymbol": "INFY", "transaction_type": "BUY", "order_type": "LIMIT"}
    form = {**taken, "quantity": "1", "price": "1450", "product": "CNC"}
    assert (await client.post("/orders/amo", data=form)).status_code == 200
    assert error(await client.post("/orders/amo", data={**form, "product": "MIS"}))[:2] == (400, "OrderException")


async def test_sale_that_the_depository_must_authorise(simulator: ZerodhaSimulator, client: httpx.AsyncClient) -> None:
    simulator.controls.authorised(DEMO.client_id, yes=False)
    answer = await place(client, tradingsymbol="TCS", transaction_type="SELL", product="CNC", price="3200")
    assert answer.status_code == 428
    assert "needs authorisation at depository" in answer.json()["message"]
    assert "error_type" not in answer.json()


async def test_broker_can_be_made_to_say_anything(simulator: ZerodhaSimulator, client: httpx.AsyncClient) -> None:
    words = (400, "OrderException", "Order request timed out. Please check the order book.")
    simulator.controls.answer("place_order", *words, times=1, lands=True)
    assert error(await place(client)) == words
    assert len(data(await client.get("/orders"))) == 1
    assert (await place(client)).status_code == 200


async def test_unknown_order_is_not_found(client: httpx.AsyncClient) -> None:
    assert error(await client.get("/orders/1000000000000000001"))[0] == 404


# ------------------------------------------------------------------ quotes and the master, sections 4 and 8


async def test_quotes_of_unknown_keys_are_absent(client: httpx.AsyncClient) -> None:
    keys = ["NSE:INFY", "NSE:M&M", "NSE:NIFTY 50", "NSE:GONE", "junk"]
    quotes = data(await client.get("/quote/ltp", params={"i": keys}))
    assert set(quotes) == {"NSE:INFY", "NSE:M&M", "NSE:NIFTY 50"}
    assert quotes["NSE:INFY"]["instrument_token"] == 408065
    assert set(quotes["NSE:INFY"]) == {"instrument_token", "last_price"}


async def test_full_quote_has_depth(client: httpx.AsyncClient) -> None:
    quote = data(await client.get("/quote", params={"i": "NSE:INFY"}))["NSE:INFY"]
    assert [len(quote["depth"][side]) for side in ("buy", "sell")] == [5, 5]
    assert quote["lower_circuit_limit"] < quote["last_price"] < quote["upper_circuit_limit"]


async def rows_of(client: httpx.AsyncClient, path: str = "/instruments") -> list[dict[str, str]]:
    answer = await client.get(path)
    assert answer.headers["Content-Type"] == "text/csv"
    return list(csv.DictReader(io.StringIO(answer.text)))


async def test_master_is_served_without_a_token_and_holds_every_oddity(stranger: httpx.AsyncClient) -> None:
    rows = await rows_of(stranger)
    symbols = {row["tradingsymbol"] for row in rows}
    assert {"M&M", "J&KBANK", "BAJAJ-AUTO", "S&SPOWER-BE", "NIFTY 50", "NIFTY26DECFUT"} <= symbols
    assert {row["instrument_type"] for row in rows} == {"EQ", "FUT", "CE", "PE"}
    assert 300 <= len(rows) <= 500
    assert len({(row["exchange"], row["tradingsymbol"]) for row in rows}) == len(rows)


async def test_tokens_are_made_as_measured(stranger: httpx.AsyncClient) -> None:
    bytes_of = {"NSE": 1, "NFO": 2, "CDS": 3, "BSE": 4, "BFO": 5, "MCX": 7}
    for row in await rows_of(stranger):
        byte = 9 if row["segment"] == "INDICES" else bytes_of[row["exchange"]]
        assert int(row["instrument_token"]) == int(row["exchange_token"]) * 256 + byte


async def test_weekly_and_monthly_options_are_named_as_the_exchange_does(stranger: httpx.AsyncClient) -> None:
    options = {row["tradingsymbol"]: row for row in await rows_of(stranger, "/instruments/NFO")}
    assert options["NIFTY26D0126000CE"]["expiry"] == "2026-12-01"
    assert options["NIFTY26DEC26000CE"]["expiry"] == "2026-12-29"
    assert options["NIFTY26NOVFUT"]["expiry"] == "2026-11-23"  # the 24th is a holiday
    assert options["TATASTEEL26NOV167.5CE"]["strike"] == "167.5"


async def test_master_is_packed_and_its_names_are_quoted(simulator: ZerodhaSimulator) -> None:
    async with new_client(simulator) as client, client.stream("GET", "/instruments/MCX") as answer:
        raw = b"".join([piece async for piece in answer.aiter_raw()])
    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(raw).splitlines()[1].split(b",")[3] == b'"CRUDEOIL"'


async def test_answers_are_not_packed_for_those_who_do_not_ask(simulator: ZerodhaSimulator) -> None:
    heard = await ask(simulator.base_url, "/instruments/MCX")
    assert "content-encoding" not in heard.headers
    assert heard.body.startswith(b"instrument_token,exchange_token,tradingsymbol,name,last_price,expiry,strike,")


async def test_full_size_master_can_be_asked_for(clock: ManualClock) -> None:
    simulator = ZerodhaSimulator(clock=clock, rows=20_000)
    await simulator.start()
    try:
        heard = await ask(simulator.base_url, "/instruments", patience=5)
        assert heard.body.count(b"\n") == 20_001
    finally:
        await simulator.stop()


async def test_master_follows_the_date() -> None:
    clock = ManualClock(datetime(2026, 11, 23, 10, 0, tzinfo=IST))
    simulator = ZerodhaSimulator(clock=clock)
    await simulator.start()
    try:
        async with new_client(simulator) as client:
            before = {row["tradingsymbol"] for row in await rows_of(client, "/instruments/NFO")}
            clock.jump(24 * 3600)
            after = {row["tradingsymbol"] for row in await rows_of(client, "/instruments/NFO")}
    finally:
        await simulator.stop()
    assert "NIFTY26NOVFUT" in before - after
    assert "NIFTY27FEBFUT" in after - before


async def test_port_can_be_chosen_and_a_taken_one_is_an_error(simulator: ZerodhaSimulator, clock: ManualClock) -> None:
    second = ZerodhaSimulator(clock=clock)
    port = urlsplit(simulator.base_url).port
    assert port is not None
    with pytest.raises(OSError, match=r"(?i)in use"):
        await second.start(port=port)


async def test_stop_lets_go_of_a_signed_in_client(clock: ManualClock) -> None:
    simulator = ZerodhaSimulator(clock=clock)
    await simulator.start()
    async with new_client(simulator) as client:
        await signed_in(simulator, client)
        url = simulator.base_url
        await simulator.stop()
        assert (await ask(url, "/instruments")).end == "refused"
