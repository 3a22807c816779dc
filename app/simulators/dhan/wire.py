"""Rows of the wire made from the books (section 4). Numbers take the types of the wire here, and only here."""

import struct
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from app.domain import IST
from app.simulators.books import Account
from app.simulators.dhan import names
from app.simulators.dhan.people import DhanUser
from app.simulators.legs import Holding, Leg
from app.simulators.listing import Contract, Sort

Row = dict[str, object]
NEVER: Final = "0001-01-01"
UNSET: Final = "0001-01-01 00:00:00"
_PLEDGED: Final = {"NIFTYBEES": 100}  # a part of one demo holding is collateral
_CENT: Final = Decimal("0.01")


def number(amount: Decimal) -> int | float:
    """A whole value is an int on the wire (section 4.3)."""
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def float32(price: Decimal) -> float:
    """What is left of a price that went through four bytes (section 4.9)."""
    [left] = struct.unpack("<f", struct.pack("<f", float(price)))
    return float(left)


def stamp(at: datetime) -> str:
    """Indian time that does not say so."""
    return f"{at.astimezone(IST):%Y-%m-%d %H:%M:%S}"


def profile(user: DhanUser, dies_at: datetime, *, plan: bool, ddpi: bool) -> Row:
    """GET /profile; the letters with their trailing comma, as they are seen live (section 4.2)."""
    return {
        "dhanClientId": user.client_id,
        "tokenValidity": f"{dies_at.astimezone(IST):%d/%m/%Y %H:%M}",
        "activeSegment": "E, D, C, M, ",
        "ddpi": _word(active=ddpi),
        "mtf": "Active",
        "dataPlan": _word(active=plan),
        "dataValidity": "2027-03-31 23:59:59.0",
    }


def _word(*, active: bool) -> str:
    return "Active" if active else "Deactive"


def funds(account: Account) -> Row:
    """GET /fundlimit; one purse for all segments, and the misspelt name of the wire (section 4.3)."""
    purses = [account.margins(name) for name in ("equity", "commodity")]
    available = sum((purse.net for purse in purses), Decimal(0)).quantize(_CENT)
    return {
        "dhanClientId": account.user.client_id,
        "availabelBalance": number(available),
        "sodLimit": number(sum((purse.opening for purse in purses), Decimal(0))),
        "collateralAmount": 0,
        "receiveableAmount": 0,
        "utilizedAmount": number(sum((purse.debits for purse in purses), Decimal(0)).quantize(_CENT)),
        "blockedPayoutAmount": 0,
        "withdrawableBalance": number(max(available, Decimal(0))),
    }


def holding(row: Holding, last: Decimal) -> Row:
    """One row of GET /holdings: total = depository + T1, available = total - pledged (section 4.4)."""
    pledged = min(_PLEDGED.get(row.contract.symbol, 0), row.owned)
    return {
        "exchange": "ALL",
        "tradingSymbol": names.trading_symbol(row.contract),
        "securityId": str(row.contract.token),
        "isin": names.isin(row.contract),
        "totalQty": row.owned,
        "dpQty": row.settled,
        "t1Qty": row.unsettled,
        "mtf_t1_qty": 0,
        "mtf_qty": 0,
        "availableQty": row.owned - pledged,
        "collateralQty": pledged,
        "avgCostPrice": number(row.average),
        "lastTradedPrice": number(last),
    }


def position(leg: Leg, last: Decimal, client_id: str) -> Row:
    """One row of GET /positions, without any last price; a commodity's symbol is null (section 4.5)."""
    contract, average = leg.contract, leg.average
    carried = leg.overnight * leg.overnight_price * contract.units
    return {
        "dhanClientId": client_id,
        "tradingSymbol": None if contract.exchange == "MCX" else names.trading_symbol(contract),
        "securityId": str(contract.token),
        "positionType": _side(leg.quantity),
        "exchangeSegment": names.segment(contract),
        "productType": names.on_wire(leg.product),
        "buyAvg": _each(contract, leg.buys, leg.buy_value),
        "costPrice": number(average),
        "buyQty": leg.buys,
        "sellAvg": _each(contract, leg.sells, leg.sell_value),
        "sellQty": leg.sells,
        "netQty": leg.quantity,
        "realizedProfit": number(leg.pnl(last) - leg.open_pnl(last)),
        "unrealizedProfit": number(leg.open_pnl(last)),
        "rbiReferenceRate": 1.0,
        "multiplier": contract.units,
        "carryForwardBuyQty": max(leg.overnight, 0),
        "carryForwardSellQty": max(-leg.overnight, 0),
        "carryForwardBuyValue": number(max(carried, Decimal(0))),
        "carryForwardSellValue": number(max(-carried, Decimal(0))),
        "dayBuyQty": leg.day_buys,
        "daySellQty": leg.day_sells,
        "dayBuyValue": number(leg.day_buy_value),
        "daySellValue": number(leg.day_sell_value),
        "drvExpiryDate": _day(contract.expiry),
        "drvOptionType": _option(contract),
        "drvStrikePrice": float(contract.strike),
        "crossCurrency": False,
    }


def what(contract: Contract) -> Row:
    """How orders and trades name their instrument; the option type stays NA even for options (section 4.7)."""
    return {
        "exchangeSegment": names.segment(contract),
        "tradingSymbol": names.trading_symbol(contract),
        "securityId": str(contract.token),
        "drvExpiryDate": _day(contract.expiry),
        "drvOptionType": "NA",
        "drvStrikePrice": float(contract.strike),
    }


def _side(quantity: int) -> str:
    if quantity == 0:
        return "CLOSED"
    return "LONG" if quantity > 0 else "SHORT"


def _each(contract: Contract, quantity: int, value: Decimal) -> int | float:
    return number(value / quantity / contract.units) if quantity else 0


def _day(day: date | None) -> str:
    return day.isoformat() if day else NEVER


def _option(contract: Contract) -> str | None:
    """CALL, PUT, NA; null for cash."""
    if contract.is_option:
        return "CALL" if contract.sort is Sort.CALL else "PUT"
    return "NA" if contract.is_derivative else None
