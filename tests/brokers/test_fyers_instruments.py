"""Fyers' instrument master: seven files without a header, typed from the sheet's section 8, whole or not at all."""

from datetime import date
from decimal import Decimal

import pytest

from app.brokers.fyers import details, instruments
from app.brokers.http import Deadlines
from app.brokers.packed import Packed
from app.domain import BrokerDown, Instrument, Kind, NotReachable, WireSurprise
from tests.brokers import fyers_support as fyers
from tests.brokers.fyers_support import scene


def line(
    ticker: str, number: str, kind: int, lot: int, tick: str, *, of: str, isin: str = "", rest: str = "|-1.0|XX"
) -> str:
    """One row of 21 columns; `number` is the fyToken, `of` the underlying, `rest` is expiry, strike and option type."""
    expiry, strike, option = rest.split("|")
    exchange, segment, token = number[:2], number[2:4], str(int(number[10:]))
    start = f"{number},SOME NAME,{kind},{lot},{tick},{isin},0915-1530|1815-1915:,2026-11-18,{expiry},{ticker}"
    return f"{start},{exchange},{segment},{token},{of},{token},{strike},{option},{number},None,0,0.0"


SBIN = line("NSE:SBIN-EQ", "10100000003045", 0, 1, "0.05", of="SBIN", isin="INE062A01020")
BAJAJ = line("NSE:BAJAJ-AUTO-EQ", "101000000016669", 0, 1, "1", of="BAJAJ-AUTO", isin="INE917I01010")
TRADE_TO_TRADE = line("NSE:S&SPOWER-BE", "101000000017777", 0, 1, "0.05", of="S&SPOWER", isin="INE902B01017")
NIFTY = line("NSE:NIFTY50-INDEX", "101000000026000", 10, 0, "0.05", of="NIFTY")
FUTURE = line("NSE:NIFTY26NOVFUT", "101126112465001", 11, 75, "0.1", of="NIFTY", rest="1795514400|-1.0|XX")
CALL = line("NSE:NIFTY26NOV26050CE", "101126112441234", 14, 75, "0.05", of="NIFTY", rest="1795514400|26050.0|CE")
CURRENCY = line("NSE:USDINR26NOV87.25PE", "101226112711111", 19, 1, "0.0025", of="USDINR", rest="1795762800|87.25|PE")
UNDERLYING = line("NSE:USDINR", "101200000022222", 20, 1, "0.0025", of="USDINR")
NSE_GOLD = line("NSE:GOLD26DECFUT", "102026120433333", 30, 1, "1", of="GOLD", rest="1796407200|-1.0|XX")
BSE_SBIN = line("BSE:SBIN-A", "121000000500112", 0, 1, "0.05", of="SBIN", isin="INE062A01020")
WEEKLY = line("BSE:SENSEX26N2084700CE", "121126112055555", 14, 20, "0.05", of="SENSEX", rest="1795168800|84700.0|CE")
BSE_FUTURE = line("BSE:SENSEX26NOVFUT", "121126112655556", 11, 20, "0.05", of="SENSEX", rest="1795687200|-1.0|")
SILVER = line("MCX:SILVERMIC26NOVFUT", "112026113066666", 30, 1, "1", of="SILVERMIC", rest="1796061600|-1.0|XX")
FILES = {
    "NSE_CM": [SBIN, BAJAJ, TRADE_TO_TRADE, NIFTY],
    "NSE_FO": [FUTURE, CALL],
    "NSE_CD": [CURRENCY, UNDERLYING],
    "NSE_COM": [NSE_GOLD],
    "BSE_CM": [BSE_SBIN],
    "BSE_FO": [WEEKLY, BSE_FUTURE],
    "MCX_COM": [SILVER],
}


DETAILS = {
    "NSE_FO": {"NSE:NIFTY26NOVFUT": {"qtyFreeze": "1800", "qtyMultiplier": Decimal("1.0")}},
    "MCX_COM": {"MCX:SILVERMIC26NOVFUT": {"qtyFreeze": "600", "qtyMultiplier": Decimal("5.0")}},
}


def packed(body: str | bytes) -> Packed:
    made = Packed()
    made.write(body.encode() if isinstance(body, str) else body)
    made.finish()
    return made


def read(name: str, *lines: str) -> list[Instrument]:
    return list(instruments.parse([(name, packed("".join(f"{each}\n" for each in lines)))]))


def one(name: str, row: str) -> Instrument:
    [found] = read(name, row)
    return found


def changed(row: str, column: int, value: str) -> str:
    """`row` with another value in its column, counted from 1 as in the sheet."""
    values = row.split(",")
    values[column - 1] = value
    return ",".join(values)


# ------------------------------------------------------------------ what a row says


def test_a_share_is_named_by_its_own_column() -> None:
    row = one("NSE_CM", SBIN)
    assert (row.symbol, row.kind, row.exchange, row.broker_symbol) == ("SBIN", Kind.CASH, "NSE", "NSE:SBIN-EQ")
    assert (row.token, row.isin, row.tick_size, row.lot_size) == ("10100000003045", "INE062A01020", Decimal("0.05"), 1)


@pytest.mark.parametrize(
    ("name", "row", "symbol"),
    [
        ("NSE_CM", BAJAJ, "BAJAJ-AUTO"),
        ("NSE_CM", TRADE_TO_TRADE, "S&SPOWER-BE"),
        ("NSE_CM", NIFTY, "NIFTY50"),
        ("NSE_FO", FUTURE, "NIFTY 24NOV26 FUT"),
        ("NSE_FO", CALL, "NIFTY 24NOV26 26050 CE"),
        ("NSE_CD", CURRENCY, "USDINR 27NOV26 87.25 PE"),
        ("NSE_COM", NSE_GOLD, "GOLD 04DEC26 FUT"),
        ("BSE_CM", BSE_SBIN, "SBIN"),
        ("BSE_FO", WEEKLY, "SENSEX 20NOV26 84700 CE"),
        ("BSE_FO", BSE_FUTURE, "SENSEX 26NOV26 FUT"),
        ("MCX_COM", SILVER, "SILVERMIC 30NOV26 FUT"),
    ],
)
def test_every_instrument_has_kunjis_name(name: str, row: str, symbol: str) -> None:
    assert one(name, row).symbol == symbol


@pytest.mark.parametrize(
    ("name", "exchange"),
    list(zip(FILES, ["NSE", "NFO", "CDS", "NCO", "BSE", "BFO", "MCX"], strict=True)),
)
def test_every_file_belongs_to_an_exchange(name: str, exchange: str) -> None:
    assert {row.exchange for row in read(name, *FILES[name])} == {exchange}


def test_a_share_without_its_own_column_keeps_its_ticker() -> None:
    assert one("NSE_CM", changed(SBIN, 14, "")).name == "SBIN-EQ"


def test_an_index_and_an_underlying_are_no_contracts() -> None:
    assert (one("NSE_CM", NIFTY).kind, one("NSE_CD", UNDERLYING).kind) == (Kind.INDEX, Kind.INDEX)


def test_the_day_of_an_expiry_is_indias() -> None:
    late = changed(SILVER, 9, "1796061600")  # 23:30 IST: a host in London still has the same day, one in Tokyo not
    assert one("MCX_COM", late).expiry == date(2026, 11, 30)
    assert one("NSE_CD", CURRENCY).expiry == date(2026, 11, 27)


def test_quotation_marks_in_a_name_are_letters() -> None:
    assert one("NSE_CM", changed(SBIN, 2, '"THE" BANK')).symbol == "SBIN"


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("NSE_CM", SBIN + ",x"),
        ("NSE_CM", f"{SBIN},{BAJAJ}"),
        ("NSE_CM", SBIN.replace("SOME NAME", "A, B, C, D, AND E")),
        ("NSE_FO", changed(changed(CALL, 17, ""), 16, "26050.0")),
        ("NSE_CM", SBIN.rpartition(",")[0]),
        ("NSE_CM", "fyToken,details"),
        ("NSE_CM", FUTURE),
        ("NSE_FO", WEEKLY),
        ("NSE_CM", changed(SBIN, 1, "1.01E+13")),
        ("NSE_CM", changed(SBIN, 3, "EQ")),
        ("NSE_CM", changed(SBIN, 4, "1.5")),
        ("NSE_CM", changed(SBIN, 4, "-1")),
        ("NSE_CM", changed(SBIN, 5, "")),
        ("NSE_CM", changed(SBIN, 5, "NaN")),
        ("NSE_CM", changed(SBIN, 10, "SBIN")),
        ("NSE_CM", changed(SBIN, 10, "BSE:SBIN-A")),
        ("NSE_CM", changed(SBIN, 12, "11")),
        ("NSE_CM", changed(SBIN, 13, "abc")),
        ("NSE_FO", changed(FUTURE, 9, "")),
        ("NSE_FO", changed(FUTURE, 9, "2026-11-24")),
        ("NSE_FO", changed(FUTURE, 9, "9" * 30)),
        ("NSE_FO", changed(FUTURE, 9, "9" * 18)),
        ("NSE_FO", changed(FUTURE, 9, "0")),
        ("NSE_FO", changed(FUTURE, 14, "")),
        ("NSE_FO", changed(CALL, 16, "-1.0")),
        ("NSE_FO", changed(CALL, 16, "")),
        ("NSE_FO", changed(CALL, 17, "CA")),
        ("NSE_CM", changed(SBIN, 2, "x" * 5000)),
    ],
)
def test_a_row_that_is_not_as_the_sheet_has_it_is_a_surprise(name: str, row: str) -> None:
    with pytest.raises(WireSurprise, match=f"instruments of {name}"):
        read(name, FILES[name][0], row)


def test_an_empty_line_is_no_row() -> None:
    assert len(read("NSE_CM", SBIN, "", BAJAJ, "  ", "")) == 2
    assert len(list(instruments.parse([("NSE_CM", packed(f"\ufeff{SBIN}\r\n{BAJAJ}\r\n\r\n"))]))) == 2


@pytest.mark.parametrize(
    ("row", "title"),
    [
        (f"{SBIN},0.5", "SOME NAME"),
        (f"{SBIN},,", "SOME NAME"),
        (SBIN.replace("SOME NAME", "STATE BANK, INDIA"), "STATE BANK, INDIA"),
        (SBIN.replace("SOME NAME", '"STATE BANK, INDIA"'), "STATE BANK, INDIA"),
        (SBIN.replace("SOME NAME", "ONE, TWO") + ",0", "ONE, TWO"),
    ],
)
def test_columns_behind_the_known_ones_and_commas_in_a_name_move_nothing(row: str, title: str) -> None:
    found = one("NSE_CM", row)
    assert (found.symbol, found.broker_symbol, found.title) == ("SBIN", "NSE:SBIN-EQ", title)
    assert (found.isin, found.tick_size, found.lot_size) == ("INE062A01020", Decimal("0.05"), 1)


def test_an_index_needs_neither_lot_nor_tick_and_a_lot_may_have_a_point() -> None:
    assert one("NSE_CM", changed(changed(NIFTY, 4, ""), 5, "")).tick_size == 0
    assert one("NSE_FO", changed(CALL, 4, "75.0")).lot_size == 75


MANY = [changed(changed(SBIN, 10, f"NSE:S{number}-EQ"), 14, f"S{number}") for number in range(200)]


@pytest.mark.parametrize(
    "odd",
    [
        changed(SBIN, 5, ""),
        changed(SBIN, 3, "EQ"),
        changed(SBIN, 4, "x"),
        changed(SBIN, 11, "12"),
        changed(SBIN, 12, "99"),
        changed(SBIN, 1, ""),
        FUTURE,
    ],
)
def test_one_odd_row_among_many_is_passed_over_alone(odd: str) -> None:
    found = read("NSE_CM", *MANY, odd, BAJAJ)
    assert [row.symbol for row in found[-2:]] == ["S199", "BAJAJ-AUTO"]
    assert len(found) == 201


def test_odd_rows_are_passed_over_up_to_one_in_a_hundred() -> None:
    odd = changed(SBIN, 5, "")
    assert len(read("NSE_CM", *MANY, odd, odd)) == 200
    with pytest.raises(WireSurprise, match="3 of 203 rows"):
        read("NSE_CM", *MANY, odd, odd, odd)


@pytest.mark.parametrize("end", [SBIN[:60], "<html>", "fyToken,details", "x" * 5000])
def test_a_line_of_another_shape_refuses_the_file_however_many_are_good(end: str) -> None:
    with pytest.raises(WireSurprise, match=r"instruments of NSE_CM, line 20[01]:"):
        read("NSE_CM", *MANY, end)


def test_a_share_has_its_companys_name_and_a_contract_none() -> None:
    assert (one("NSE_CM", SBIN).title, one("NSE_FO", FUTURE).title) == ("SOME NAME", "")


def test_nses_commodities_alone_may_be_none() -> None:
    assert read("NSE_COM") == []


@pytest.mark.parametrize("body", [b"", b"\n", b"\xff\xfe\n"])
def test_an_empty_file_or_one_in_another_coding_is_a_surprise(body: bytes) -> None:
    with pytest.raises(WireSurprise):
        list(instruments.parse([("NSE_CM", packed(body))]))


# ------------------------------------------------------------------ all of it


def serve(at: fyers.Scene) -> None:
    for name, lines in FILES.items():
        body = "".join(f"{each}\n" for each in lines)
        at.server.on("GET", f"/sym_details/{name}.csv", body, content_type="text/csv")
    for name in details.FILES:
        at.server.on("GET", f"/sym_details/{name}_sym_master.json", fyers.text(DETAILS.get(name, {})))


async def test_all_segments_are_loaded_without_a_session() -> None:
    async with scene() as at:
        serve(at)
        assert await at.broker.load_instruments() == sum(map(len, FILES.values()))
        assert await at.instruments.loaded_on("fyers") == date(2026, 11, 18)
        found = await at.instruments.by_symbol("fyers", "BFO", "SENSEX 20NOV26 84700 CE")
        assert found is not None
        assert found.broker_symbol == "BSE:SENSEX26N2084700CE"
        assert all("authorization" not in request.headers for request in at.server.requests)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(
    ("body", "status", "content_type"),
    [("a,b\n", 200, "text/csv"), ("gone", 404, "text/plain"), ("<html>", 200, "text/html")],
)
async def test_one_bad_segment_leaves_the_last_good_master(
    name: str, body: str, status: int, content_type: str
) -> None:
    async with scene() as at:
        serve(at)
        at.server.on("GET", f"/sym_details/{name}.csv", body, status=status, content_type=content_type)
        with pytest.raises((WireSurprise, NotReachable)):
            await at.broker.load_instruments()
        kept = await at.instruments.by_broker_symbol("fyers", [("NSE", "NSE:SBIN-EQ"), ("BSE", "BSE:SBIN-A")])
        assert list(kept) == [("NSE", "NSE:SBIN-EQ")]


async def test_section_8_lots_and_freeze_quantities_are_units() -> None:
    async with scene() as at:
        serve(at)
        await at.broker.load_instruments()
        found = {
            name: await at.instruments.by_symbol("fyers", exchange, name)
            for exchange, name in (
                ("NFO", "NIFTY 24NOV26 FUT"),
                ("NFO", "NIFTY 24NOV26 26050 CE"),
                ("MCX", "SILVERMIC 30NOV26 FUT"),
                ("NCO", "GOLD 04DEC26 FUT"),
            )
        }
        terms = [(row.lot_size, row.freeze_quantity, row.multiplier) for row in found.values() if row is not None]
        assert terms == [(75, 1800, Decimal(1)), (75, None, Decimal(1)), (5, 3000, Decimal(5)), (1, None, Decimal(0))]


@pytest.mark.parametrize("status", [404, 503])
@pytest.mark.parametrize("name", ["NSE_FO", "BSE_FO"])
async def test_without_the_freeze_quantities_the_rest_is_loaded(name: str, status: int) -> None:
    async with scene() as at:
        serve(at)
        at.server.on("GET", f"/sym_details/{name}_sym_master.json", "", status=status)
        assert await at.broker.load_instruments() == sum(map(len, FILES.values()))


@pytest.mark.parametrize("name", ["NSE_CD", "NSE_COM", "MCX_COM"])
async def test_without_the_units_of_a_contract_the_last_good_master_stays(name: str) -> None:
    async with scene() as at:
        serve(at)
        at.server.on("GET", f"/sym_details/{name}_sym_master.json", "", status=404)
        with pytest.raises(WireSurprise):
            await at.broker.load_instruments()


@pytest.mark.parametrize(
    "body", ["", "[]", "null", "{", '{"A":{}', '{"A":{}}}', '{"A":1}', '{"A":[]}', '{"A":{}}x', "\xff", '{"A":{"b":{}}']
)
def test_details_that_are_not_whole_are_a_surprise(body: str) -> None:
    with pytest.raises(WireSurprise):
        details.read("MCX_COM", packed(body.encode("latin-1")))


@pytest.mark.parametrize(
    ("said", "known"),
    [
        ({"qtyFreeze": "1800", "qtyMultiplier": 1}, (1800, 1)),
        ({"qtyFreeze": "1800.0", "qtyMultiplier": Decimal("100.0")}, (1800, 100)),
        ({"qtyFreeze": 1800, "qtyMultiplier": Decimal(0)}, (1800, 0)),
        ({"qtyFreeze": "", "qtyMultiplier": "100"}, (None, 0)),
        ({"qtyFreeze": "0", "qtyMultiplier": -1}, (None, 0)),
        ({"qtyFreeze": "-1", "qtyMultiplier": True}, (None, 0)),
        ({"qtyFreeze": "1.5", "qtyMultiplier": None}, (None, 0)),
        ({"qtyFreeze": None, "qtyMultiplier": 10**9}, (None, 0)),
        ({}, (None, 0)),
    ],
)
def test_what_is_no_quantity_says_nothing(said: dict[str, object], known: tuple[int | None, int]) -> None:
    body = fyers.text({f"MCX:C{number}": said for number in range(3_000)})  # several pieces
    found = details.read("MCX_COM", packed(body))
    assert (len(found), set(found.values())) == (3_000, {details.Detail(known[0], Decimal(known[1]))})


async def test_a_file_server_that_stumbles_once_is_asked_again() -> None:
    async with scene() as at:
        serve(at)
        at.server.first("GET", "/sym_details/BSE_FO.csv", (503, ""))
        assert await at.broker.load_instruments() == sum(map(len, FILES.values()))
        assert len(at.server.sent("GET", "/sym_details/BSE_FO.csv")) == 2


async def test_a_file_server_that_is_down_is_asked_twice_and_no_more() -> None:
    async with scene() as at:
        serve(at)
        at.server.on("GET", "/sym_details/NSE_CM.csv", "", status=503)
        with pytest.raises(BrokerDown):
            await at.broker.load_instruments()
        assert len(at.server.requests) == 2


async def test_an_empty_file_of_shares_leaves_the_last_good_master() -> None:
    async with scene() as at:
        serve(at)
        at.server.on("GET", "/sym_details/NSE_CM.csv", "", content_type="text/csv")
        with pytest.raises(WireSurprise):
            await at.broker.load_instruments()
        assert await at.instruments.by_symbol("fyers", "NSE", "M&M") is not None


async def test_the_whole_master_has_one_deadline() -> None:
    async with scene() as at:
        serve(at)
        at.broker._client.deadlines = Deadlines(master=0)
        with pytest.raises(NotReachable):
            await at.broker.load_instruments()
