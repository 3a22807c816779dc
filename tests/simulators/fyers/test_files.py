"""The symbol files (protocol sheet section 8): 21 columns, no header, the same bytes for the same day."""

import json
from datetime import datetime

import httpx
import pytest

from app.domain import IST
from app.simulators.fyers.padding import FULL_SIZE
from app.simulators.fyers.server import FyersSimulator
from tests.fakes.clock import ManualClock
from tests.simulators.fyers.support import new_client, ok

NAMES = ("NSE_CM", "NSE_FO", "NSE_CD", "NSE_COM", "BSE_CM", "BSE_FO", "MCX_COM")
PLACES = {
    "NSE_CM": ("10", "10"),
    "NSE_FO": ("10", "11"),
    "NSE_CD": ("10", "12"),
    "NSE_COM": ("10", "20"),
    "BSE_CM": ("12", "10"),
    "BSE_FO": ("12", "11"),
    "MCX_COM": ("11", "20"),
}


async def _rows(client: httpx.AsyncClient, name: str) -> list[list[str]]:
    answer = await client.get(f"/sym_details/{name}.csv")
    assert answer.status_code == 200
    return [line.split(",") for line in answer.text.splitlines()]


async def _by_ticker(client: httpx.AsyncClient, name: str) -> dict[str, list[str]]:
    return {row[9]: row for row in await _rows(client, name)}


@pytest.mark.parametrize("name", NAMES)
async def test_every_file_has_21_columns_no_header_and_is_of_its_place(name: str, stranger: httpx.AsyncClient) -> None:
    rows = await _rows(stranger, name)

    assert rows
    assert {len(row) for row in rows} == {21}
    assert {(row[10], row[11]) for row in rows} == {PLACES[name]}
    assert all(row[0].isdigit() and 11 <= len(row[0]) <= 17 for row in rows)
    assert not {'"'} & set("".join("".join(row) for row in rows))


async def test_a_share(stranger: httpx.AsyncClient) -> None:
    row = (await _by_ticker(stranger, "NSE_CM"))["NSE:RELIANCE-EQ"]

    assert row[0] == "10100000002885"
    assert row[2:5] == ["0", "1", "0.1"]
    assert len(row[5]) == 12
    assert row[6:9] == ["0915-1530|1815-1915:", "2026-11-18", ""]
    assert row[12:17] == ["2885", "RELIANCE", "0", "-1.0", "XX"]


async def test_a_series_is_in_the_ticker_and_not_in_the_name(stranger: httpx.AsyncClient) -> None:
    row = (await _by_ticker(stranger, "NSE_CM"))["NSE:S&SPOWER-BE"]

    assert row[13] == "S&SPOWER"


async def test_one_share_has_one_isin_at_both_exchanges(stranger: httpx.AsyncClient) -> None:
    nse, bse = await _by_ticker(stranger, "NSE_CM"), await _by_ticker(stranger, "BSE_CM")

    assert nse["NSE:M&M-EQ"][5] == bse["BSE:M&M-A"][5] != ""


@pytest.mark.parametrize(
    ("ticker", "kind", "lot"),
    [("NSE:NIFTY50-INDEX", "10", "0"), ("NSE:NIFTYBEES-EQ", "9", "1"), ("NSE:S&SPOWER-BE", "0", "1")],
)
async def test_sorts_of_the_cash_file(ticker: str, kind: str, lot: str, stranger: httpx.AsyncClient) -> None:
    row = (await _by_ticker(stranger, "NSE_CM"))[ticker]

    assert (row[2], row[3]) == (kind, lot)


@pytest.mark.parametrize(
    ("name", "ticker", "expiry"),
    [
        ("NSE_FO", "NSE:NIFTY26DECFUT", datetime(2026, 12, 29, 15, 30, tzinfo=IST)),
        ("MCX_COM", "MCX:CRUDEOIL26DECFUT", datetime(2026, 12, 18, 23, 30, tzinfo=IST)),
        ("NSE_CD", "NSE:USDINR26DECFUT", datetime(2026, 12, 29, 12, 30, tzinfo=IST)),
    ],
)
async def test_expiries_are_seconds(name: str, ticker: str, expiry: datetime, stranger: httpx.AsyncClient) -> None:
    row = (await _by_ticker(stranger, name))[ticker]

    assert row[8] == str(int(expiry.timestamp()))
    assert row[0][4:10] == f"{expiry:%y%m%d}"


async def test_an_option_and_a_future_of_bse(stranger: httpx.AsyncClient) -> None:
    rows = await _by_ticker(stranger, "BSE_FO")
    future = rows["BSE:SENSEX26NOVFUT"]
    option = next(row for ticker, row in rows.items() if ticker.endswith("CE"))

    assert (future[15], future[16]) == ("-1.0", "")
    assert option[16] == "CE"
    assert option[1].startswith("SENSEX 26 ")


async def test_json_file_has_the_same_tickers(stranger: httpx.AsyncClient) -> None:
    found = json.loads((await stranger.get("/sym_details/NSE_FO_sym_master.json")).text)

    assert set(found) == set(await _by_ticker(stranger, "NSE_FO"))
    row = found["NSE:NIFTY26DECFUT"]
    assert (row["minLotSize"], row["qtyFreeze"], row["optType"]) == (75, "1800", "XX")
    assert isinstance(row["expiryDate"], str)


async def test_every_held_and_quoted_contract_is_in_its_file(client: httpx.AsyncClient) -> None:
    tickers = {ticker for name in NAMES for ticker in await _by_ticker(client, name)}

    rows = ok(await client.get("/api/v3/positions"))["netPositions"]
    assert {row["symbol"] for row in rows} <= tickers


async def test_files_are_made_anew_for_another_day(clock: ManualClock, stranger: httpx.AsyncClient) -> None:
    before = await _rows(stranger, "NSE_CM")
    clock.jump(24 * 3600)

    after = await _rows(stranger, "NSE_CM")

    assert before[0][7] != after[0][7]


async def test_full_size_is_deterministic_and_every_ticker_is_there_once() -> None:
    texts = []
    for _ in range(2):
        simulator = FyersSimulator(clock=ManualClock(), rows=FULL_SIZE)
        await simulator.start()
        try:
            async with new_client(simulator) as client:
                texts.append("".join([(await client.get(f"/sym_details/{name}.csv")).text for name in NAMES]))
        finally:
            await simulator.stop()

    lines = texts[0].splitlines()
    assert texts[0] == texts[1]
    assert abs(len(lines) - FULL_SIZE) < 10
    assert {line.count(",") for line in lines} == {20}
    assert len({line.split(",")[9] for line in lines}) == len(lines)
    assert len({line.split(",")[0] for line in lines}) == len(lines)
