"""Limits, unknown addresses, faults and the instrument files (protocol sheet sections 6.1, 7, 8)."""

import csv
import io
from typing import Any

import httpx
import pytest

from app.simulators import FAULTS
from app.simulators.answers import CSV, Answer, encode
from app.simulators.dhan.errors import quote_error
from app.simulators.dhan.odd import ODDITIES
from app.simulators.dhan.server import DhanSimulator
from app.simulators.faults import CONNECTION_FAULTS, Fault
from app.simulators.gateways import substitute
from app.simulators.threads import in_thread
from tests.fakes.clock import ManualClock, going_clock
from tests.simulators.dhan.support import ME, data, error, place, placed
from tests.simulators.support import ask

COMPACT = "/api-data/api-scrip-master.csv"
DETAILED = "/api-data/api-scrip-master-detailed.csv"


# ------------------------------------------------------------------ section 7


async def test_21st_call_of_a_second_is_too_many(client: httpx.AsyncClient, clock: ManualClock) -> None:
    answers = [await client.get("/v2/profile") for _ in range(21)]
    assert [answer.status_code for answer in answers] == [200] * 20 + [429]
    assert error(answers[-1])[1] == "DH-904"
    assert "Retry-After" not in answers[-1].headers
    clock.jump(1)
    assert (await client.get("/v2/profile")).status_code == 200


async def test_second_quote_of_a_second_is_too_many(client: httpx.AsyncClient) -> None:
    answers = [await client.post(f"/v2/marketfeed/{kind}", json={"NSE_EQ": [2885]}) for kind in ("ltp", "ohlc")]

    assert [answer.status_code for answer in answers] == [200, 429]
    assert answers[1].json()["status"] == "failed"
    assert list(answers[1].json()["data"]) == ["805"]


async def test_11th_order_of_a_second_is_too_many(client: httpx.AsyncClient) -> None:
    answers = [await place(client) for _ in range(11)]

    assert [answer.status_code for answer in answers] == [200] * 10 + [429]


async def test_order_limits_of_the_minute_the_hour_and_the_day(
    sim: DhanSimulator, client: httpx.AsyncClient, clock: ManualClock
) -> None:
    statuses = []
    for number in range(251):
        if number % 10 == 0:
            clock.jump(1)
        statuses.append((await place(client, quantity=0)).status_code)
    assert statuses == [400] * 250 + [429]

    clock.jump(3600)
    sim.controls.orders_today(ME.client_id, 7000)
    assert (await place(client)).status_code == 429


async def test_limits_can_be_let_go(sim: DhanSimulator, client: httpx.AsyncClient) -> None:
    sim.controls.enforce_limits(yes=False)

    assert {(await client.get("/v2/fundlimit")).status_code for _ in range(30)} == {200}


# ------------------------------------------------------------------ section 6.1


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/v2/fund-summary", 404), ("GET", "/nowhere", 404), ("DELETE", "/v2/profile", 405)],
)
async def test_gateway_answers_unknown_addresses(
    method: str, path: str, status: int, sim: DhanSimulator, client: httpx.AsyncClient
) -> None:
    answer = await client.request(method, path)

    assert (answer.status_code, answer.json()["status"], answer.json()["path"]) == (status, status, path)
    assert sim.log[-1].path == "-"


async def test_path_without_v2_is_the_old_version(client: httpx.AsyncClient) -> None:
    answer = await client.get("/fundlimit")

    assert (answer.status_code, answer.json()["internalErrorCode"]) == (400, "RS-9005")


# ------------------------------------------------------------------ faults


async def test_accepted_order_whose_answer_is_lost_is_in_the_book(
    sim: DhanSimulator, client: httpx.AsyncClient
) -> None:
    sim.controls.fault("place_order", "reset-before", times=1, lands=True)

    with pytest.raises(httpx.TransportError):
        await place(client)

    [order] = data(await client.get("/v2/orders"))
    assert order["correlationId"] == "tag-0001"
    assert [(seen.operation, seen.fault) for seen in sim.log] == [("place_order", "reset-before"), ("orders", "")]


async def test_html_502(sim: DhanSimulator, client: httpx.AsyncClient) -> None:
    sim.controls.fault("positions", "502-html")

    answer = await client.get("/v2/positions")

    assert (answer.status_code, answer.headers["Content-Type"]) == (502, "text/html; charset=utf-8")


@pytest.mark.parametrize("name", ["500", "503-bare", "504", "429-bare", "portal", "204-empty", "200-empty", "deep"])
async def test_fault_is_played_for_its_operation_and_logged(
    name: str, sim: DhanSimulator, client: httpx.AsyncClient
) -> None:
    sim.controls.fault("funds", name, times=1)

    await client.get("/v2/fundlimit")
    after = await client.get("/v2/fundlimit")

    assert [seen.fault for seen in sim.log] == [name, ""]
    assert after.status_code == 200


async def test_429_with_a_wait(sim: DhanSimulator, client: httpx.AsyncClient) -> None:
    sim.controls.fault("*", "429-seconds", retry_after=9)

    answer = await client.get("/v2/profile")

    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "9")


async def test_answer_that_breaks_off(sim: DhanSimulator) -> None:
    sim.controls.fault("profile", "short-body")

    heard = await ask(sim.base_url, "/v2/profile")

    assert heard.end == "closed"
    assert len(heard.body) < int(heard.headers["content-length"])


async def test_refusals_can_be_put_into_its_mouth(sim: DhanSimulator, client: httpx.AsyncClient) -> None:
    sim.controls.answer("profile", 400, "DH-903", "Segment is not active", times=1)
    sim.controls.refuse("ltp", quote_error(401, "808"))

    assert error(await client.get("/v2/profile")) == (400, "DH-903", "Segment is not active")
    assert (await client.get("/v2/profile")).status_code == 200
    assert "808" in (await client.post("/v2/marketfeed/ltp", json={})).json()["data"]


async def test_unknown_operation_is_a_mistake_of_the_test(sim: DhanSimulator) -> None:
    with pytest.raises(ValueError, match="no such operation"):
        sim.controls.fault("postions", "500")


async def test_random_changes_come_again_with_the_same_seed(sim: DhanSimulator, client: httpx.AsyncClient) -> None:
    rounds = []
    for _ in range(2):
        sim.controls.fuzz("profile", 7)
        rounds.append([(await client.get("/v2/profile")).content for _ in range(5)])

    assert rounds[0] == rounds[1]
    assert len(set(rounds[0])) > 1


GOOD: dict[str, Answer] = {
    "object": Answer(encode({"dhanClientId": "1", "sodLimit": 5})),
    "list": Answer(encode([{"netQty": 5, "tradingSymbol": None}])),
    "empty list": Answer(b"[]"),
    "page": Answer(b"<html></html>", 200, "text/html"),
    "file": Answer(b"A,B,C\nNSE,E,1.0,\n", content_type=CSV),
}


@pytest.mark.parametrize("name", sorted(set(FAULTS) - CONNECTION_FAULTS))
@pytest.mark.parametrize("shape", GOOD)
async def test_every_fault_fits_every_shape_of_answer(name: str, shape: str, clock: ManualClock) -> None:
    answer = substitute(ODDITIES, Fault(name), GOOD[shape], now=clock.now(), elsewhere="http://127.0.0.1:1/")

    changed: dict[str, Any] = {"nan": b"N", "duplicate-keys": b":null"}
    assert answer.status in {200, 204, 302, 307, 429, 500, 502, 503, 504}
    assert shape in {"file", "page"} or changed.get(name, b"") in answer.body


def test_it_runs_on_a_thread_of_its_own() -> None:
    with in_thread(DhanSimulator(clock=going_clock())) as running:
        token = running.controls.replace_token(ME.client_id)
        answer = httpx.get(f"{running.base_url}/v2/profile", headers={"access-token": token}, trust_env=False)

    assert answer.json()["dhanClientId"] == ME.client_id


# ------------------------------------------------------------------ section 8


async def _rows(client: httpx.AsyncClient, path: str) -> list[dict[str, str]]:
    answer = await client.get(path)
    assert answer.headers["Content-Type"] == CSV
    return list(csv.DictReader(io.StringIO(answer.text)))


async def test_both_files_list_the_same_instruments(stranger: httpx.AsyncClient) -> None:
    compact, detailed = await _rows(stranger, COMPACT), await _rows(stranger, DETAILED)

    assert [row["SEM_SMST_SECURITY_ID"] for row in compact] == [row["SECURITY_ID"] for row in detailed]
    assert all(None not in row and None not in row.values() for row in compact + detailed)


async def test_ids_that_the_sheet_names_clash_over_segments(stranger: httpx.AsyncClient) -> None:
    rows = {(row["EXCH_ID"], row["SEGMENT"], row["SECURITY_ID"]): row for row in await _rows(stranger, DETAILED)}

    assert rows["NSE", "E", "13"]["UNDERLYING_SYMBOL"] == "ABB"
    assert rows["NSE", "I", "13"]["UNDERLYING_SYMBOL"] == "NIFTY"
    assert rows["BSE", "E", "500520"]["UNDERLYING_SYMBOL"] == "M&M"
    assert rows["NSE", "E", "2885"]["TICK_SIZE"] == "10.0"


async def test_identity_of_a_row_is_unique(stranger: httpx.AsyncClient) -> None:
    rows = await _rows(stranger, COMPACT)

    keys = {(row["SEM_EXM_EXCH_ID"], row["SEM_SEGMENT"], row["SEM_SMST_SECURITY_ID"]) for row in rows}
    assert len(keys) == len(rows)


async def test_weeklies_of_a_month_share_their_trading_symbol(stranger: httpx.AsyncClient) -> None:
    symbols = [row["SEM_TRADING_SYMBOL"] for row in await _rows(stranger, COMPACT) if row["SEM_OPTION_TYPE"] == "CE"]

    assert len(set(symbols)) < len(symbols)


async def test_expiry_forms(stranger: httpx.AsyncClient) -> None:
    rows = await _rows(stranger, COMPACT)
    by_kind = {row["SEM_INSTRUMENT_NAME"]: row for row in rows}

    assert by_kind["OPTIDX"]["SEM_EXPIRY_DATE"].endswith(" 14:30:00")
    assert by_kind["FUTCOM"]["SEM_EXPIRY_DATE"].endswith(" 23:30:00")
    assert (by_kind["INDEX"]["SEM_EXPIRY_DATE"], by_kind["EQUITY"]["SEM_EXPIRY_DATE"]) == ("0001-01-01", "")
    assert by_kind["FUTIDX"]["SEM_STRIKE_PRICE"] == "-0.01000"


async def test_file_can_have_its_real_size(clock: ManualClock) -> None:
    sim, again = (DhanSimulator(clock=clock, rows=20_000) for _ in range(2))

    files = [one._broker.master.text(detailed=True) for one in (sim, again)]

    assert files[0] == files[1]
    assert files[0].count(b"\n") == 20_001


async def test_an_order_names_its_instrument_by_the_id_of_the_file(
    client: httpx.AsyncClient, stranger: httpx.AsyncClient
) -> None:
    [tcs] = [row for row in await _rows(stranger, DETAILED) if row["UNDERLYING_SYMBOL"] == "TCS"][:1]

    assert await placed(client, securityId=tcs["SECURITY_ID"], price=3300.0)
