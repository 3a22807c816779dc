"""Rows of the wire made from the books (sheet section 4). Numbers become floats here, noise included, and only here."""

from decimal import Decimal
from typing import Final

from app.simulators.demo import DemoUser
from app.simulators.funds import Margins
from app.simulators.fyers.symbols import Symbol
from app.simulators.fyers.words import PRODUCT_WORDS
from app.simulators.legs import Holding, Leg

Row = dict[str, object]
_TITLES: Final = (
    "Total Balance", "Utilized Amount", "Clear Balance", "Realized Profit and Loss", "Collaterals", "Fund Transfer",
    "Receivables", "Adhoc Limit", "Limit at start of the day", "Available Balance",
)  # fmt: skip


def noisy(amount: Decimal) -> float:
    """The float that a broker's sum of floats would be: binary noise in the last places."""
    return float(amount) * 1.1 / 1.1


def profile(user: DemoUser) -> Row:
    """GET /profile; what is personal comes masked (section 4.1)."""
    return {
        "fy_id": user.client_id,
        "name": user.name.upper(),
        "display_name": None,
        "image": None,
        "email_id": f"{user.client_id[0].lower()}****@kunji.invalid",
        "PAN": "XXXXX0000X",
        "mobile_number": "XXXXXX0000",
        "pin_change_date": "14-08-2026 13:57:38",
        "pwd_change_date": None,
        "totp": True,
        "pwd_to_expire": 42,
        "ddpi_enabled": user.consent == "consent",
        "mtf_enabled": False,
    }


def funds(equity: Margins, commodity: Margins) -> list[Row]:
    """`fund_limit`: ten rows with their ids (section 4.2)."""
    pairs = zip(_amounts(equity), _amounts(commodity), strict=True)
    return [
        {"id": number, "title": title, "equityAmount": noisy(shares), "commodityAmount": noisy(goods)}
        for number, (title, (shares, goods)) in enumerate(zip(_TITLES, pairs, strict=True), 1)
    ]


def _amounts(money: Margins) -> tuple[Decimal, ...]:
    none = Decimal(0)
    opening = money.opening
    return (opening, money.debits, opening, money.realised, none, none, none, none, opening, money.net)


def holding(row: Holding, symbol: Symbol, last: Decimal, number: int) -> Row:
    """One row of `holdings` (section 4.3); `fyToken` is a number here, as in the sample."""
    exchange, segment = symbol.place
    in_demat = row.settled + row.sold
    return {
        "costPrice": noisy(row.average),
        "id": number,
        "fyToken": int(symbol.fy_token),
        "symbol": symbol.ticker,
        "isin": symbol.isin,
        "quantity": in_demat or row.unsettled,
        "exchange": exchange,
        "segment": segment,
        "qty_t1": row.unsettled,
        "remainingQuantity": row.settled if in_demat else row.unsettled,
        "collateralQuantity": 0,
        "remainingPledgeQuantity": -1,
        "pl": noisy((last - row.average) * row.owned),
        "ltp": float(last),
        "marketVal": noisy(last * row.owned),
        "holdingType": "HLD" if in_demat else "T1",
    }


def holdings_overall(rows: list[tuple[Holding, Decimal]]) -> Row:
    """The sums under the list."""
    invested = sum((row.average * row.owned for row, _ in rows), Decimal(0))
    worth = sum((last * row.owned for row, last in rows), Decimal(0))
    return {
        "count_total": len(rows),
        "total_investment": noisy(invested),
        "total_current_value": noisy(worth),
        "total_pl": noisy(worth - invested),
        "pnl_perc": noisy((worth - invested) * 100 / invested) if invested else 0.0,
    }


def position(leg: Leg, symbol: Symbol, last: Decimal, number: int) -> Row:
    """One row of `netPositions` (section 4.4)."""
    exchange, segment = symbol.place
    product = PRODUCT_WORDS[leg.product]
    currency = leg.contract.exchange in {"CDS", "BCD"}
    return {
        "symbol": symbol.ticker,
        "id": f"{symbol.ticker}-{product}",
        "fyToken": symbol.fy_token,
        "productType": product,
        "side": (leg.quantity > 0) - (leg.quantity < 0),
        "netQty": leg.quantity,
        "qty": abs(leg.quantity),
        "netAvg": noisy(leg.average),
        "avgPrice": _each(leg, leg.buys, leg.buy_value),
        **_sides(leg),
        "realized_profit": noisy(leg.pnl(last) - leg.open_pnl(last)),
        "unrealized_profit": noisy(leg.open_pnl(last)),
        "pl": noisy(leg.pnl(last)),
        "ltp": float(last),
        "exchange": exchange,
        "segment": segment,
        "crossCurrency": "Y" if currency else "N",
        "rbiRefRate": 1.0,
        "qtyMulti_com": float(leg.contract.units),
        "slNo": number,
    }


def _sides(leg: Leg) -> Row:
    return {
        "buyQty": leg.buys,
        "buyAvg": _each(leg, leg.buys, leg.buy_value),
        "buyVal": noisy(leg.buy_value),
        "sellQty": leg.sells,
        "sellAvg": _each(leg, leg.sells, leg.sell_value),
        "sellVal": noisy(leg.sell_value),
        "cfBuyQty": max(leg.overnight, 0),
        "cfSellQty": max(-leg.overnight, 0),
        "dayBuyQty": leg.day_buys,
        "daySellQty": leg.day_sells,
    }


def _each(leg: Leg, quantity: int, value: Decimal) -> float:
    return noisy(value / quantity / leg.contract.units) if quantity else 0.0


def positions_overall(rows: list[tuple[Leg, Decimal]]) -> Row:
    """The sums under the list."""
    total = sum((leg.pnl(last) for leg, last in rows), Decimal(0))
    at_risk = sum((leg.open_pnl(last) for leg, last in rows), Decimal(0))
    return {
        "count_total": len(rows),
        "count_open": sum(leg.quantity != 0 for leg, _ in rows),
        "pl_total": noisy(total),
        "pl_realized": noisy(total - at_risk),
        "pl_unrealized": noisy(at_risk),
    }
