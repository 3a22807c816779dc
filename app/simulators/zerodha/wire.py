"""Rows of the wire made from the books (sheet section 4). Numbers become floats here, noise included, and only here."""

from datetime import datetime
from decimal import Decimal

from app.domain import IST
from app.simulators.demo import DemoUser
from app.simulators.funds import Margins
from app.simulators.legs import Holding, Leg
from app.simulators.listing import Contract

Row = dict[str, object]


def noisy(amount: Decimal) -> float:
    """The float that a broker's sum of floats would be: binary noise in the last places."""
    return float(amount) * 1.1 / 1.1


def stamp(at: datetime) -> str:
    """A naive IST text of 19 characters (sheet section 13)."""
    return f"{at.astimezone(IST):%Y-%m-%d %H:%M:%S}"


def profile(user: DemoUser) -> Row:
    """GET /user/profile; holds no token."""
    return {
        "user_id": user.client_id,
        "user_type": "individual",
        "email": user.email,
        "user_name": user.name,
        "user_shortname": user.name.split()[0],
        "broker": "ZERODHA",
        "exchanges": ["NSE", "BSE", "NFO", "BFO", "MCX", "CDS", "MF"],
        "products": ["CNC", "NRML", "MIS", "MTF", "BO", "CO"],
        "order_types": ["MARKET", "LIMIT", "SL", "SL-M"],
        "avatar_url": None,
        "meta": {"demat_consent": user.consent},
    }


def margins(money: Margins) -> Row:
    """One segment of GET /user/margins."""
    opening, net = noisy(money.opening), noisy(money.net)
    return {
        "enabled": True,
        "net": net,
        "available": {
            "adhoc_margin": 0,
            "cash": opening,
            "opening_balance": opening,
            "live_balance": net,
            "collateral": 0,
            "intraday_payin": 0,
        },
        "utilised": _utilised(money),
    }


def _utilised(money: Margins) -> Row:
    return {
        "debits": noisy(money.debits),
        "exposure": noisy(money.exposure),
        "m2m_realised": noisy(money.realised),
        "m2m_unrealised": noisy(money.unrealised),
        "option_premium": noisy(money.option_premium),
        "payout": 0,
        "span": noisy(money.span),
        "holding_sales": 0,
        "turnover": 0,
        "liquid_collateral": 0,
        "stock_collateral": 0,
        "delivery": noisy(money.delivery),
    }


def position(leg: Leg, last: Decimal, close: Decimal) -> Row:
    """One row of 29 fields."""
    return {
        **what(leg.contract),
        "product": leg.product,
        "quantity": leg.quantity,
        "overnight_quantity": leg.overnight,
        "multiplier": leg.contract.units,
        "average_price": noisy(leg.average),
        "close_price": float(close) if leg.overnight else 0,
        "last_price": float(last),
        **_results(leg, last, close),
        **_side(leg.contract, "buy", leg.buys, leg.buy_value, leg.buy_m2m(close)),
        **_side(leg.contract, "sell", leg.sells, leg.sell_value, leg.sell_m2m(close)),
        **_day(leg.contract, "buy", leg.day_buys, leg.day_buy_value),
        **_day(leg.contract, "sell", leg.day_sells, leg.day_sell_value),
    }


def day_of(leg: Leg) -> Leg:
    """Today's activity alone, as the list `day` shows it."""
    return Leg(
        leg.contract,
        leg.product,
        day_buys=leg.day_buys,
        day_buy_value=leg.day_buy_value,
        day_sells=leg.day_sells,
        day_sell_value=leg.day_sell_value,
    )


def _results(leg: Leg, last: Decimal, close: Decimal) -> Row:
    units = leg.contract.units
    since_close = leg.sell_m2m(close) - leg.buy_m2m(close) + leg.quantity * last * units
    return {
        "value": noisy(leg.value),
        "pnl": noisy(leg.pnl(last)),
        "m2m": noisy(since_close),
        "unrealised": noisy(leg.open_pnl(last)),
        "realised": noisy(leg.pnl(last) - leg.open_pnl(last)),
    }


def _side(contract: Contract, side: str, quantity: int, value: Decimal, m2m: Decimal) -> Row:
    return {
        f"{side}_quantity": quantity,
        f"{side}_price": _each(contract, quantity, value),
        f"{side}_value": noisy(value),
        f"{side}_m2m": noisy(m2m),
    }


def _day(contract: Contract, side: str, quantity: int, value: Decimal) -> Row:
    return {
        f"day_{side}_quantity": quantity,
        f"day_{side}_price": _each(contract, quantity, value),
        f"day_{side}_value": noisy(value),
    }


def _each(contract: Contract, quantity: int, value: Decimal) -> float:
    return noisy(value / quantity / contract.units) if quantity else 0


def what(contract: Contract) -> Row:
    """By which three fields a row names its instrument."""
    return {
        "tradingsymbol": contract.symbol,
        "exchange": contract.exchange,
        "instrument_token": contract.token,
    }


def holding(row: Holding, last: Decimal, close: Decimal, authorised: bool) -> Row:  # noqa: FBT001 - a fact of the wire
    """One row of GET /portfolio/holdings."""
    change = last - close
    return {
        **what(row.contract),
        "isin": f"INE{row.contract.token:09d}",
        "product": "CNC",
        "price": 0,
        "quantity": row.settled,
        "used_quantity": row.sold,
        "t1_quantity": row.unsettled,
        "realised_quantity": row.settled,
        "authorised_quantity": row.settled if authorised else 0,
        "authorised_date": "",
        "authorisation": {},
        "opening_quantity": row.settled + row.sold,
        "short_quantity": 0,
        "collateral_quantity": 0,
        "collateral_type": None,
        "discrepancy": False,
        "average_price": noisy(row.average),
        "last_price": float(last),
        "close_price": float(close),
        "pnl": noisy((last - row.average) * row.owned),
        "day_change": noisy(change),
        "day_change_percentage": noisy(change * 100 / close),
        "mtf": {"quantity": 0, "used_quantity": 0, "average_price": 0, "value": 0, "initial_margin": 0},
    }
