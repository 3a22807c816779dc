"""Both instrument files with the rows of section 8, typed once and written in either form."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One instrument in the words of the compact file; what only the detailed file has, after it."""

    exchange: str
    segment: str
    number: str
    instrument: str
    symbol: str
    custom: str
    lot: str = "1.0"
    expiry: str = ""
    strike: str = ""
    option: str = ""
    tick: str = "5.0"
    flag: str = "NA"
    kind: str = "ES"
    series: str = "EQ"
    name: str = ""
    isin: str = "NA"
    underlying: str = ""


def cash(exchange: str, number: str, symbol: str, isin: str, **more: str) -> Row:
    """A share."""
    return Row(exchange, "E", number, "EQUITY", symbol, symbol.title(), name=f"{symbol} LIMITED", isin=isin, **more)


def option(number: str, day: str, strike: str, side: str, symbol: str) -> Row:
    """An option on NIFTY."""
    custom = f"NIFTY {day[8:]} {strike} {'CALL' if side == 'CE' else 'PUT'}"
    return Row(
        "NSE", "D", number, "OPTIDX", symbol, custom, "65.0", day, f"{strike}.00000", side, "5.0", "M", "OP", "NA",
        underlying="NIFTY",
    )  # fmt: skip


def index(exchange: str, number: str, symbol: str) -> Row:
    """An index: quotes only, a tick that means nothing."""
    return Row(
        exchange, "I", number, "INDEX", symbol, symbol, expiry="0001-01-01", tick="0.05", kind="INDEX", series="X",
        name=symbol,
    )  # fmt: skip


WEEKLY = ("2026-11-24", "2026-12-01", "2026-12-08")
ROWS = (
    cash("NSE", "2885", "RELIANCE", "INE002A01018", tick="10.0"),
    cash("BSE", "500325", "RELIANCE", "INE002A01018", series="A"),
    cash("NSE", "11536", "TCS", "INE467B01029", tick="10.0"),
    cash("NSE", "1333", "HDFCBANK", "INE040A01034"),
    cash("NSE", "2031", "M&M", "INE101A01026", tick="10.0"),
    cash("BSE", "500520", "M&M", "INE101A01026", series="A"),
    cash("NSE", "16669", "BAJAJ-AUTO", "INE917I01010", tick="100.0"),
    cash("NSE", "13", "ABB", "INE117A01022"),
    cash("NSE", "25", "ADANIENT", "INE423A01024"),
    cash("NSE", "685", "CHOLAFIN", "INE121A01024"),
    cash("NSE", "24881", "CHOLAFIN", "INE121A08OR7", series="D1", kind="DEB", tick="1.0"),
    cash("NSE", "99001", "GTLINFRA", "INE221H01019", series="BE"),
    cash("NSE", "99002", "011NSETEST", "INE000A00000"),
    cash("BSE", "99003", "BSETEST1", "INE000A00001", series="A"),
    index("NSE", "13", "NIFTY"),
    index("NSE", "25", "BANKNIFTY"),
    index("BSE", "51", "SENSEX"),
    Row("NSE", "D", "35001", "FUTIDX", "NIFTY-Nov2026-FUT", "NIFTY NOV FUT", "65.0", WEEKLY[0], "-0.01000", "XX",
        "10.0", "M", "FUT", "NA", underlying="NIFTY"),
    option("49081", WEEKLY[0], "26000", "CE", "NIFTY-Nov2026-26000-CE"),
    option("52001", WEEKLY[1], "26000", "CE", "NIFTY-Dec2026-26000-CE"),
    option("52002", WEEKLY[2], "26000", "CE", "NIFTY-Dec2026-26000-CE"),
    option("52003", WEEKLY[2], "26000", "PE", "NIFTY-Dec2026-26000-PE"),
    Row("NSE", "D", "61001", "OPTSTK", "RELIANCE-Nov2026-1540-CE", "RELIANCE 24 NOV 1540 CALL", "500.0", WEEKLY[0],
        "1540.00000", "CE", "5.0", "M", "OP", "NA", underlying="RELIANCE"),
    Row("BSE", "D", "871001", "FUTIDX", "SENSEX-Nov2026-FUT", "SENSEX NOV FUT", "20.0", "2026-11-26", "-0.01000",
        "XX", "5.0", "M", "FUT", "NA", underlying="SENSEX"),
    Row("MCX", "M", "477169", "FUTCOM", "CRUDEOIL-19Nov2026-FUT", "CRUDEOIL NOV FUT", "1.0", "2026-11-19",
        "-0.01000", "XX", "100.0", "M", "FUT", "NA", underlying="CRUDEOIL"),
    Row("NSE", "C", "10093", "FUTCUR", "USDINR-Nov2026-FUT", "USDINR NOV FUT", "1.0", "2026-11-26", "-0.01000",
        "XX", "0.25", "M", "FUT", "NA", underlying="USDINR"),
)  # fmt: skip

COMPACT_PATH = "/api-data/api-scrip-master.csv"
DETAILED_PATH = "/api-data/api-scrip-master-detailed.csv"


def compact(rows: tuple[Row, ...] = ROWS) -> str:
    """The compact file; the hour of expiry belongs to it (23:30 at MCX), the symbol's name is empty for contracts."""
    lines = [
        {
            "SEM_EXM_EXCH_ID": row.exchange,
            "SEM_SEGMENT": row.segment,
            "SEM_SMST_SECURITY_ID": row.number,
            "SEM_INSTRUMENT_NAME": row.instrument,
            "SEM_EXPIRY_CODE": "0",
            "SEM_TRADING_SYMBOL": row.symbol,
            "SEM_LOT_UNITS": row.lot,
            "SEM_CUSTOM_SYMBOL": row.custom,
            "SEM_EXPIRY_DATE": _with_hour(row),
            "SEM_STRIKE_PRICE": row.strike,
            "SEM_OPTION_TYPE": row.option,
            "SEM_TICK_SIZE": row.tick,
            "SEM_EXPIRY_FLAG": row.flag,
            "SEM_EXCH_INSTRUMENT_TYPE": row.kind,
            "SEM_SERIES": row.series,
            "SM_SYMBOL_NAME": row.name,
        }
        for row in rows
    ]
    return written(lines)


def detailed(rows: tuple[Row, ...] = ROWS) -> str:
    """The detailed file; a cash row has its ticker as the underlying's symbol."""
    lines = [
        {
            "EXCH_ID": row.exchange,
            "SEGMENT": row.segment,
            "SECURITY_ID": row.number,
            "ISIN": row.isin,
            "INSTRUMENT": row.instrument,
            "UNDERLYING_SECURITY_ID": "26000" if row.underlying else "NA",
            "UNDERLYING_SYMBOL": row.underlying or row.symbol,
            "SYMBOL_NAME": row.name or row.symbol,
            "DISPLAY_NAME": row.custom,
            "INSTRUMENT_TYPE": row.kind,
            "SERIES": row.series,
            "LOT_SIZE": row.lot,
            "SM_EXPIRY_DATE": row.expiry,
            "STRIKE_PRICE": row.strike,
            "OPTION_TYPE": row.option,
            "TICK_SIZE": row.tick,
            "EXPIRY_FLAG": row.flag,
            "BRACKET_FLAG": "N",
            "COVER_FLAG": "N",
            "ASM_GSM_FLAG": "N",
            "ASM_GSM_CATEGORY": "NA",
            "BUY_SELL_INDICATOR": "A",
            "MTF_LEVERAGE": "0.0",
        }
        for row in rows
    ]
    return written(lines)


def written(lines: list[dict[str, str]]) -> str:
    """The lines under their header."""
    return "\n".join([",".join(lines[0]), *(",".join(line.values()) for line in lines)]) + "\n"


def _with_hour(row: Row) -> str:
    if len(row.expiry) != len("2026-11-24") or row.segment == "I":
        return row.expiry
    return f"{row.expiry} {'23:30:00' if row.exchange == 'MCX' else '14:30:00'}"
