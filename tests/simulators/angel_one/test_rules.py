"""Limits, unknown paths, shapes of trouble, faults and the instrument file (protocol sheet sections 6 to 8)."""

import json
from itertools import pairwise
from typing import Any

import httpx
import pytest

from app.simulators import FAULTS
from app.simulators.angel_one.master import AngelMaster
from app.simulators.angel_one.odd import ODDITIES
from app.simulators.angel_one.padding import FULL_SIZE
from app.simulators.angel_one.server import AngelOneSimulator
from app.simulators.answers import Answer, encode
from app.simulators.faults import CONNECTION_FAULTS, Fault
from app.simulators.gateways import substitute
from app.simulators.threads import in_thread
from tests.fakes.clock import ManualClock, going_clock
from tests.simulators.angel_one.support import (
    ALL_HOLDINGS,
    CANCEL,
    FILE,
    FUNDS,
    HOLDINGS,
    LTP,
    ME,
    ORDERS,
    POSITIONS,
    PROFILE,
    QUOTE,
    TRADES,
    data,
    error,
    place,
    placed,
)
from tests.simulators.support import ask

RATE = (403, "Access denied because of exceeding access rate")
QUOTED: dict[str, Any] = {"mode": "LTP", "exchangeTokens": {"NSE": ["2885"]}}
OLD_LTP = {"exchange": "NSE", "tradingsymbol": "RELIANCE-EQ", "symboltoken": "2885"}


# ------------------------------------------------------------------ section 7


@pytest.mark.parametrize(
    ("path", "most"),
    [(PROFILE, 3), (FUNDS, 2), (ORDERS, 1), (TRADES, 1), (POSITIONS, 1), (HOLDINGS, 1), (ALL_HOLDINGS, 1)],
)
async def test_reads_of_a_second(path: str, most: int, client: httpx.AsyncClient, clock: ManualClock) -> None:
    answers = [await client.get(path) for _ in range(most + 1)]
    clock.jump(1)

    assert [answer.status_code for answer in answers] == [200] * most + [403]
    assert (answers[-1].status_code, answers[-1].text) == RATE
    assert data(await client.get(path)) is not False


@pytest.mark.parametrize(("path", "body", "most"), [(QUOTE, QUOTED, 1), (LTP, OLD_LTP, 10)])
async def test_prices_of_a_second(path: str, body: Any, most: int, client: httpx.AsyncClient) -> None:
    answers = [await client.post(path, json=body) for _ in range(most + 1)]

    assert [answer.status_code for answer in answers] == [200] * most + [403]


async def test_each_path_has_a_budget_of_its_own(client: httpx.AsyncClient) -> None:
    assert [(await client.get(path)).status_code for path in (ORDERS, TRADES, POSITIONS, HOLDINGS)] == [200] * 4


async def test_window_rolls(client: httpx.AsyncClient, clock: ManualClock) -> None:
    clock.jump(0.9)
    first = await client.get(ORDERS)
    clock.jump(0.2)
    across_the_second = await client.get(ORDERS)
    clock.jump(0.8)

    assert (first.status_code, across_the_second.status_code) == (200, 403)
    assert (await client.get(ORDERS)).status_code == 200


async def test_orders_share_nine_a_second(client: httpx.AsyncClient) -> None:
    statuses = [(await place(client)).status_code for _ in range(8)]
    statuses += [(await client.post(CANCEL, json={"variety": "NORMAL", "orderid": "1"})).status_code for _ in range(2)]

    assert statuses == [200] * 9 + [403]


async def test_thousand_orders_of_an_hour(
    sim: AngelOneSimulator, client: httpx.AsyncClient, clock: ManualClock
) -> None:
    sim.controls.orders_this_hour(ME.client_id, 999)
    statuses = [(await place(client)).status_code for _ in range(2)]
    clock.jump(3600)

    assert statuses == [200, 403]
    assert (await place(client)).status_code == 200


async def test_limits_can_be_let_go(sim: AngelOneSimulator, client: httpx.AsyncClient) -> None:
    sim.controls.enforce_limits(yes=False)

    assert {(await client.get(ORDERS)).status_code for _ in range(5)} == {200}


# ------------------------------------------------------------------ section 6.1


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/rest/auth/angelbroking/user/v1/loginByMpin"), ("POST", PROFILE), ("GET", "/somewhere/SECRET")],
)
async def test_firewall_answers_for_what_does_not_exist(
    method: str, path: str, sim: AngelOneSimulator, client: httpx.AsyncClient
) -> None:
    answer = await client.request(method, path)

    assert "Request Rejected" in answer.text
    assert answer.headers["Content-Type"].startswith("text/html")
    assert sim.log[-1].path == "-"


async def test_trouble_can_be_put_into_its_mouth(sim: AngelOneSimulator, client: httpx.AsyncClient) -> None:
    said = sim.controls
    shapes = []
    for say in (said.throttle, said.firewall, said.empty_400, said.false_as_text):
        say("profile", times=1)
        answer = await client.get(PROFILE)
        shapes.append((answer.status_code, answer.text[:14]))

    assert shapes == [(403, "Access denied "), (200, "<html><head><t"), (400, ""), (200, '{"status":"fal')]
    assert data(await client.get(PROFILE))


@pytest.mark.parametrize(
    ("code", "fields"), [("AG8001", ("success", "errorCode", "")), ("AB1004", ("status", "errorcode", None))]
)
async def test_code_says_which_shape_it_comes_in(
    code: str, fields: tuple[str, str, str | None], sim: AngelOneSimulator, client: httpx.AsyncClient
) -> None:
    sim.controls.answer("funds", 200, code, "No", times=1)

    flag, name, nothing = fields
    assert (await client.get(FUNDS)).json() == {flag: False, "message": "No", name: code, "data": nothing}


async def test_order_can_be_taken_and_refused_at_once(sim: AngelOneSimulator, client: httpx.AsyncClient) -> None:
    sim.controls.answer("place_order", 200, "AB2001", "Internal Error", times=1, lands=True)

    assert error(await place(client))[0] == "AB2001"
    assert len(data(await client.get(ORDERS))) == 1


# ------------------------------------------------------------------ faults


async def test_accepted_order_whose_answer_is_lost_is_in_the_book(
    sim: AngelOneSimulator, client: httpx.AsyncClient
) -> None:
    sim.controls.fault("place_order", "reset-before", times=1, lands=True)

    with pytest.raises(httpx.TransportError):
        await place(client)

    [order] = data(await client.get(ORDERS))
    assert order["ordertag"] == "tag0001"
    assert [(seen.operation, seen.fault) for seen in sim.log] == [("place_order", "reset-before"), ("orders", "")]


async def test_order_that_never_arrived_is_not_in_the_book(sim: AngelOneSimulator, client: httpx.AsyncClient) -> None:
    sim.controls.fault("place_order", "503-bare", times=1)

    assert (await place(client)).status_code == 503
    assert data(await client.get(ORDERS)) is None


@pytest.mark.parametrize("name", ["500", "502-html", "503-bare", "504", "429-bare", "portal", "204-empty", "200-empty"])
async def test_fault_is_played_for_its_operation_and_logged(
    name: str, sim: AngelOneSimulator, client: httpx.AsyncClient
) -> None:
    sim.controls.fault("funds", name, times=1)

    await client.get(FUNDS)
    after = await client.get(FUNDS)

    assert [seen.fault for seen in sim.log] == [name, ""]
    assert after.status_code == 200


async def test_429_has_the_words_of_the_limit_and_a_wait(sim: AngelOneSimulator, client: httpx.AsyncClient) -> None:
    sim.controls.fault("*", "429-seconds", retry_after=9)

    answer = await client.get(PROFILE)

    assert (answer.status_code, answer.headers["Retry-After"], answer.text) == (429, "9", RATE[1])


async def test_answer_that_breaks_off(sim: AngelOneSimulator) -> None:
    sim.controls.fault("profile", "short-body")

    heard = await ask(sim.base_url, PROFILE)

    assert heard.end == "closed"
    assert len(heard.body) < int(heard.headers["content-length"])


async def test_unknown_operation_is_a_mistake_of_the_test(sim: AngelOneSimulator) -> None:
    with pytest.raises(ValueError, match="no such operation"):
        sim.controls.fault("postions", "500")


async def test_random_changes_come_again_with_the_same_seed(sim: AngelOneSimulator, client: httpx.AsyncClient) -> None:
    sim.controls.enforce_limits(yes=False)
    rounds = []
    for _ in range(2):
        sim.controls.fuzz("positions", 7)
        rounds.append([(await client.get(POSITIONS)).content for _ in range(5)])

    assert rounds[0] == rounds[1]
    assert len(set(rounds[0])) > 1


GOOD: dict[str, Answer] = {
    "object": Answer(encode({"status": True, "message": "SUCCESS", "errorcode": "", "data": {"net": "5.0", "a": "b"}})),
    "list": Answer(encode({"status": True, "message": "SUCCESS", "errorcode": "", "data": [{"ltp": 5.0, "x": None}]})),
    "nothing": Answer(encode({"status": True, "message": "SUCCESS", "errorcode": "", "data": None})),
    "file": Answer(b'[{"token":"2885","is_cas_enabled":true}]'),
    "page": Answer(b"<html></html>", 200, "text/html"),
    "empty": Answer(b"", 400, None),
}


@pytest.mark.parametrize("name", sorted(set(FAULTS) - CONNECTION_FAULTS))
@pytest.mark.parametrize("shape", GOOD)
async def test_every_fault_fits_every_shape_of_answer(name: str, shape: str, clock: ManualClock) -> None:
    answer = substitute(ODDITIES, Fault(name), GOOD[shape], now=clock.now(), elsewhere="http://127.0.0.1:1/")

    changed: dict[str, bytes] = {"nan": b"NaN", "duplicate-keys": b":null,", "wrong-types": b"about "}
    assert answer.status in {200, 204, 302, 307, 400, 429, 500, 502, 503, 504}
    assert shape in {"page", "empty", "nothing"} or changed.get(name, b"") in answer.body


def test_wrong_types_leave_no_amount_that_a_converter_takes() -> None:
    body = substitute(ODDITIES, Fault("wrong-types"), GOOD["object"], now=going_clock().now(), elsewhere="").body

    assert json.loads(body)["data"] == {"net": "about 5.0", "a": 7}


def test_it_runs_on_a_thread_of_its_own() -> None:
    with in_thread(AngelOneSimulator(clock=going_clock())) as running:
        headers = {"Authorization": f"Bearer {running.controls.replace_token(ME.client_id)}"}
        headers |= {"X-PrivateKey": ME.api_key, "X-UserType": "USER"}
        answer = httpx.get(f"{running.base_url}{PROFILE}", headers=headers, trust_env=False)

    assert data(answer)["clientcode"] == ME.client_id


# ------------------------------------------------------------------ section 8

COLUMNS = {
    "token": str, "symbol": str, "name": str, "expiry": str, "strike": str, "lotsize": str, "instrumenttype": str,
    "exch_seg": str, "tick_size": str, "freeze_qty": str, "is_cas_enabled": bool,
}  # fmt: skip


async def listed(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    answer = await client.get(FILE)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    rows = answer.json()
    assert isinstance(rows, list)
    return rows


async def test_file_is_an_array_of_texts_and_one_boolean(stranger: httpx.AsyncClient) -> None:
    rows = await listed(stranger)

    assert {tuple((name, type(value)) for name, value in one.items()) for one in rows} == {tuple(COLUMNS.items())}


async def test_tokens_are_unique_only_together_with_their_exchange(stranger: httpx.AsyncClient) -> None:
    rows = await listed(stranger)

    assert len({(one["exch_seg"], one["token"]) for one in rows}) == len(rows)
    assert len({one["token"] for one in rows}) < len(rows)


async def test_file_is_not_sorted(stranger: httpx.AsyncClient) -> None:
    places = [one["exch_seg"] for one in await listed(stranger)]

    assert places != sorted(places)
    assert sum(here != there for here, there in pairwise(places)) > len(set(places))


@pytest.mark.parametrize(
    ("place", "symbol", "expected"),
    [
        ("NSE", "RELIANCE-EQ", ("2885", "RELIANCE", "", "-1.000000", "1", "", "10.000000")),
        ("NSE", "M&M-EQ", (None, "M&M", "", "-1.000000", "1", "", "10.000000")),
        ("NSE", "S&SPOWER-BE", (None, "S&SPOWER", "", "-1.000000", "1", "", "5.000000")),
        ("NSE", "DEMOSME-SM", (None, "DEMOSME", "", "-1.000000", "1600", "", "1.000000")),
        ("BSE", "M&M", (None, "M&M", "", "-1.000000", "1", "", "10.000000")),
        ("NSE", "Nifty 50", ("99926000", "NIFTY", "", "0.000000", "1", "AMXIDX", "5.000000")),
        ("BSE", "SENSEX", ("99919000", "SENSEX", "", "0.000000", "1", "AMXIDX", "5.000000")),
        ("NFO", "NIFTY29DEC26FUT", (None, "NIFTY", "29DEC2026", "-1.000000", "75", "FUTIDX", "10.000000")),
        ("NFO", "NIFTY29DEC2626000CE", (None, "NIFTY", "29DEC2026", "2600000.000000", "75", "OPTIDX", "5.000000")),
        ("MCX", "CRUDEOIL18DEC26FUT", (None, "CRUDEOIL", "18DEC2026", "-1.000000", "100", "FUTCOM", "100.000000")),
        ("CDS", "USDINR26DECFUT", (None, "USDINR", "29DEC2026", "-1.000000", "1000", "FUTCUR", "0.250000")),
    ],
)
async def test_row_of_the_file(
    place: str, symbol: str, expected: tuple[str | None, ...], stranger: httpx.AsyncClient
) -> None:
    [one] = [one for one in await listed(stranger) if (one["exch_seg"], one["symbol"]) == (place, symbol)]

    columns = ("token", "name", "expiry", "strike", "lotsize", "instrumenttype", "tick_size")
    wanted = {column: value for column, value in zip(columns, expected, strict=True) if value is not None}
    assert {column: one[column] for column in wanted} == wanted


async def test_every_position_is_in_the_file(client: httpx.AsyncClient) -> None:
    rows = {(one["exch_seg"], one["token"]): one["symbol"] for one in await listed(client)}

    held = data(await client.get(POSITIONS))
    assert {one["tradingsymbol"] for one in held} == {rows[one["exchange"], one["symboltoken"]] for one in held}


async def test_order_names_its_instrument_by_the_file(client: httpx.AsyncClient) -> None:
    [tcs] = [one for one in await listed(client) if one["symbol"] == "TCS-EQ"]

    assert await placed(client, tradingsymbol="TCS-EQ", symboltoken=tcs["token"], price="3300.0")


async def test_file_is_made_anew_for_another_day(stranger: httpx.AsyncClient, clock: ManualClock) -> None:
    before = (await stranger.get(FILE)).content
    same = (await stranger.get(FILE)).content
    clock.jump(7 * 24 * 3600)

    assert before == same
    assert before != (await stranger.get(FILE)).content


def test_full_size_is_deterministic_and_about_35_megabytes(clock: ManualClock) -> None:
    texts = [AngelMaster(clock.now().date(), rows=FULL_SIZE).text() for _ in range(2)]

    assert texts[0] == texts[1]
    assert 33_000_000 < len(texts[0]) < 38_000_000
    assert texts[0].count(b'"token"') == FULL_SIZE


def test_padded_file_keeps_every_identity_apart(clock: ManualClock) -> None:
    rows = json.loads(AngelMaster(clock.now().date(), rows=20_000).text())

    assert len(rows) == 20_000
    assert len({(one["exch_seg"], one["token"]) for one in rows}) == len(rows)
    assert len({(one["exch_seg"], one["symbol"]) for one in rows}) == len(rows)
    assert {one["exch_seg"] for one in rows} == {"NSE", "BSE", "NFO", "BFO", "MCX", "CDS", "NCDEX", "NCO"}


def test_strike_of_a_currency_option_has_its_own_factor(clock: ManualClock) -> None:
    rows = json.loads(AngelMaster(clock.now().date(), rows=20_000).text())

    [strike] = {one["strike"] for one in rows if one["symbol"].endswith("26100CE") and one["exch_seg"] == "CDS"}
    assert strike == "1000000000.000000"
