"""Rows of the wire made from the books (section 4.3). Which numbers are texts and which are floats is decided here."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from app.simulators.angel_one import names
from app.simulators.demo import DemoUser
from app.simulators.funds import Margins
from app.simulators.legs import ZERO, Holding, Leg
from app.simulators.listing import Contract

Row = dict[str, object]


def profile(user: DemoUser, at: datetime | None) -> Row:
    """`data` of getProfile, as on the wire of 2026: codes of segments, short products, empty texts."""
    return {
        "clientcode": user.client_id,
        "name": user.name.upper(),
        "email": "",
        "mobileno": "",
        "exchanges": ["nse_cm", "nse_fo", "bse_cm", "bse_fo", "mcx_fo", "cde_fo"],
        "products": ["MARGIN", "MIS", "NRML", "CNC", "CO", "BO"],
        "lastlogintime": names.stamp(at) if at else "",
        "broker": "",
    }


def funds(purses: Sequence[Margins]) -> Row:
    """`data` of getRMS: texts; null for what is not in use; the m2m fields stay 0 whatever positions show."""
    net = sum((purse.net for purse in purses), ZERO)
    used = sum((purse.opening for purse in purses), ZERO) - net
    return {
        "net": rupees(net),
        "availablecash": rupees(net),
        "availableintradaypayin": rupees(ZERO),
        "availablelimitmargin": rupees(ZERO),
        "collateral": rupees(ZERO),
        "m2munrealized": rupees(ZERO),
        "m2mrealized": rupees(ZERO),
        "utiliseddebits": rupees(used),
        "utilisedspan": _used(sum((purse.span for purse in purses), ZERO)),
        "utilisedoptionpremium": _used(sum((purse.option_premium for purse in purses), ZERO)),
        "utilisedholdingsales": None,
        "utilisedexposure": _used(sum((purse.exposure for purse in purses), ZERO)),
        "utilisedturnover": None,
        "utilisedpayout": rupees(ZERO),
    }


def rupees(amount: Decimal) -> str:
    """A decimal text."""
    return f"{amount:.4f}"


def _used(amount: Decimal) -> str | None:
    return rupees(amount) if amount else None


def holding(row: Holding, last: Decimal, close: Decimal, *, short: bool) -> Row:
    """One row of getHolding: numbers are JSON numbers."""
    gain = (last - row.average) * row.owned
    return {
        "tradingsymbol": names.symbol(row.contract),
        "exchange": row.contract.exchange,
        "isin": names.isin(row.contract),
        "t1quantity": row.unsettled,
        "realisedquantity": row.settled,
        "quantity": row.owned,
        "authorisedquantity": 0,
        "product": names.product("CNC", short=short),
        "collateralquantity": None,
        "collateraltype": None,
        "haircut": 0.0,
        "averageprice": cents(row.average),
        "ltp": float(last),
        "symboltoken": names.token(row.contract),
        "close": float(close),
        "profitandloss": cents(gain),
        "pnlpercentage": cents((last - row.average) * 100 / row.average),
    }


def holdings_total(rows: Sequence[tuple[Holding, Decimal]]) -> Row | None:
    """`totalholding` of getAllHolding; null where nothing is held."""
    if not rows:
        return None
    spent = sum((row.average * row.owned for row, _ in rows), ZERO)
    worth = sum((last * row.owned for row, last in rows), ZERO)
    return {
        "totalholdingvalue": cents(worth),
        "totalinvvalue": cents(spent),
        "totalprofitandloss": cents(worth - spent),
        "totalpnlpercentage": cents((worth - spent) * 100 / spent),
    }


def cents(amount: Decimal) -> float:
    """Two places, as a float."""
    return round(float(amount), 2)


def position(leg: Leg, last: Decimal, close: Decimal, *, short: bool) -> Row:
    """One row of getPosition: every value is a text, quantities are units, there is no averageprice."""
    contract, units = leg.contract, leg.contract.units
    net, cash = leg.quantity * units, leg.value
    each = abs(cash / net) if net else ZERO
    return {
        "exchange": contract.exchange,
        "symboltoken": names.token(contract),
        "producttype": names.product(leg.product, short=short),
        "tradingsymbol": names.symbol(contract),
        "symbolname": names.name(contract),
        "instrumenttype": names.kind(contract),
        "priceden": "1",
        "pricenum": "1",
        "genden": "1",
        "gennum": "1",
        "precision": "4" if contract.exchange == "CDS" else "2",
        "multiplier": multiplier(contract),
        "boardlotsize": "1",
        **_sides(leg),
        "symbolgroup": names.series(contract) or "XX",
        "strikeprice": f"{names.strike(contract)}",
        "optiontype": str(contract.sort) if contract.is_option else "",
        "expirydate": names.expiry(contract.expiry),
        "lotsize": str(names.lot(contract)),
        "avgnetprice": two(each),
        "netprice": two(each),
        "netvalue": _blanked(cash),
        "netqty": str(net),
        "pnl": two(leg.pnl(last)),
        "realised": two(leg.pnl(last) - leg.open_pnl(last)),
        "unrealised": two(leg.open_pnl(last)),
        "ltp": two(last),
        "close": two(close),
    }


def _sides(leg: Leg) -> Row:
    """What was carried (cf), bought and sold today, and both together (total)."""
    units = leg.contract.units
    carried = leg.overnight * leg.overnight_price * units
    long, short = max(leg.overnight, 0), max(-leg.overnight, 0)
    return {
        "buyqty": str(leg.day_buys * units),
        "sellqty": str(leg.day_sells * units),
        "buyamount": two(leg.day_buy_value),
        "sellamount": two(leg.day_sell_value),
        "buyavgprice": _each(leg.day_buy_value, leg.day_buys * units),
        "sellavgprice": _each(leg.day_sell_value, leg.day_sells * units),
        "cfbuyqty": str(long * units),
        "cfsellqty": str(short * units),
        "cfbuyamount": two(max(carried, ZERO)),
        "cfsellamount": two(max(-carried, ZERO)),
        "cfbuyavgprice": two(leg.overnight_price if long else ZERO),
        "cfsellavgprice": two(leg.overnight_price if short else ZERO),
        "totalbuyvalue": two(leg.buy_value),
        "totalsellvalue": two(leg.sell_value),
        "totalbuyavgprice": _each(leg.buy_value, leg.buys * units),
        "totalsellavgprice": _each(leg.sell_value, leg.sells * units),
    }


def multiplier(contract: Contract) -> str:
    """The sheet does not say what it counts; quantities are units already, so nothing may depend on it."""
    return "1" if contract.is_derivative else "-1"


def two(amount: Decimal) -> str:
    """Two places, as a text."""
    return f"{amount:.2f}"


def _each(value: Decimal, quantity: int) -> str:
    return two(value / quantity) if quantity else two(ZERO)


def _blanked(amount: Decimal) -> str:
    """With the blank after the minus sign that the sheet warns of (section 4.3)."""
    return two(amount).replace("-", "- ")
