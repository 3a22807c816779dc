"""Fyers' answers as Kunji's models: pure functions, wire in, domain out (section 4)."""

from collections.abc import Collection, Mapping
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType
from typing import Final, TypeVar

from app.brokers import exact
from app.brokers.fyers import words
from app.brokers.fyers.quick import ORDERS, POSITIONS, OrderRow, PositionRow
from app.brokers.fyers.rows import coded, counted, flag, ident, ident_or, listed, moment, success, text_or, worded
from app.brokers.quick import Draft, OrderDraft, amount, orders_of, positions_of, price, rows_of
from app.brokers.rows import Row, an_object, disclosed, money, price_or_none, text, validity, whole, whole_or
from app.domain import (
    Exchange,
    Funds,
    Holding,
    NotFound,
    Order,
    OrderStatus,
    OrderType,
    Position,
    Profile,
    Quote,
    SubState,
    Trade,
    WireSurprise,
)

Names = Mapping[str, str]
"""Kunji's name by ticker; a ticker that is not in it stays as it is."""
Named = TypeVar("Named", Position, Order)
Counted = TypeVar("Counted", Order, Trade)

HOLDINGS: Final = "holdings"
TRADES: Final = "tradeBook"
_COUNTED: Final = frozenset({HOLDINGS})  # they come with their own count
_NO_NAMES: Final[Names] = MappingProxyType({})
_ONE: Final = Decimal(1)
_PAISE: Final = Decimal("0.01")
_USED, _COLLATERAL, _OPENING, _AVAILABLE = 2, 5, 9, 10  # ids of the funds' rows (section 4.2)
_SHARES: Final = "equityAmount"
_PURSES: Final = ((_SHARES, "equity"), ("commodityAmount", "commodity"))
_UNSETTLED: Final = "T1"
_SETTLED: Final = "HLD"
_OWN_TAG: Final = "1:"
_NO_TAG: Final = "untagged"
_ACCEPTED: Final = frozenset({200, 1101, 1102, 1103})
_WAITING: Final = frozenset({OrderStatus.PENDING, OrderStatus.OPEN})


def profile(answer: object) -> Profile:
    """GET /profile. What is masked by the server is shown as it comes."""
    row = an_object(success(answer).get("data"), "data")
    return Profile(
        client_id=text(row, "fy_id"),
        name=text_or(row, "name") or text_or(row, "display_name"),
        email=text_or(row, "email_id"),
    )


def funds(answer: object) -> Funds:
    """GET /funds: rows are found by their id; both purses together, rounded to paise (raw binary floats come)."""
    rows = {whole(row, "id"): row for row in listed(answer, "fund_limit") if row.get("id") is not None}
    for needed in (_AVAILABLE, _USED):
        if needed not in rows:
            raise WireSurprise(f"fund_limit: no row {needed}")
    return Funds(
        available=_both_purses(rows[_AVAILABLE]),
        used=_both_purses(rows[_USED]),
        collateral=_both_purses(rows[_COLLATERAL]) if _COLLATERAL in rows else None,
        opening=_both_purses(rows[_OPENING]) if _OPENING in rows else None,
        raw=MappingProxyType(_figures(rows)),
    )


def contracts(answer: object, key: str) -> set[tuple[str, str]]:
    """(exchange, ticker) of every row under `key`."""
    exchange_of = _home if key == HOLDINGS else _exchange
    return {(exchange_of(row).value, text(row, "symbol")) for row in _rows(answer, key)}


def holdings(answer: object, names: Names = _NO_NAMES) -> list[Holding]:
    """GET /holdings: a share is in two rows while a part of it has not been delivered.

    That part then counts in its own row alone: the other row may repeat it in `qty_t1`.
    """
    rows = _rows(answer, HOLDINGS)
    apart = {text(row, "symbol") for row in rows if not _is_settled(row)}
    return [_holding(row, names, apart) for row in rows]


def positions(answer: object) -> list[Position]:
    """GET /positions: `netQty` is signed, `qty` is not; closed rows stay with quantity 0. Named by their tickers."""
    quickly = rows_of(PositionRow, success(answer).get(POSITIONS))
    if quickly is None:
        return [_position(row) for row in counted(answer, POSITIONS)]
    return positions_of([_quick_position(row) for row in quickly])


def named(rows: list[Named], names: Names) -> list[Named]:
    """`rows` under Kunji's names; they are ours alone until they are returned, and `replace` takes 4 us a row."""
    for row in rows if names else ():
        object.__setattr__(row, "symbol", names.get(row.broker_symbol, row.symbol))
    return rows


def in_units(rows: list[Counted], units: Mapping[str, int]) -> list[Counted]:
    """`rows`, ours alone, that count contracts (section 4.5): in units, `units` of a contract by ticker."""
    for row in rows if units else ():
        times = units.get(row.broker_symbol, 1)
        object.__setattr__(row, "quantity", row.quantity * times)
        if isinstance(row, Order):
            object.__setattr__(row, "filled_quantity", row.filled_quantity * times)
            shown = row.disclosed_quantity
            object.__setattr__(row, "disclosed_quantity", None if shown is None else shown * times)
    return rows


def orders(answer: object) -> list[Order]:
    """GET /orders. Named by their tickers."""
    quickly = rows_of(OrderRow, success(answer).get(ORDERS))
    if quickly is None:
        return [_order(row) for row in listed(answer, ORDERS)]
    return orders_of([_quick_order(row) for row in quickly])


def order(answer: object, order_id: str) -> Order:
    """GET /orders?id=: the row of that id; raises `NotFound` when it is not there."""
    for found in orders(answer):
        if found.order_id == order_id:
            return found
    raise NotFound("the broker knows no such order", field="order_id")


def trades(answer: object, names: Names = _NO_NAMES) -> list[Trade]:
    """GET /tradebook."""
    return [_trade(row, names) for row in _rows(answer, TRADES)]


def quotes(answer: object) -> dict[str, Quote]:
    """GET /quotes: prices by ticker; a row that says "error" or has no price is absent."""
    found: dict[str, Quote] = {}
    for row in listed(answer, "d"):
        ticker = text(row, "n")
        if text(row, "s") == "ok" and (quote := _quote(row)) is not None:
            found[ticker] = quote
    return found


def accepted(answer: object) -> str:
    """The id of the order that was taken; empty when the answer confirms none: 201 is "sent, not acknowledged".

    An answer that was merely queued has an `id_fyers` and no id (section 4).
    """
    row = success(answer)
    return ident_or(row, "id") if whole_or(row, "code") in _ACCEPTED else ""


def _purses(row: Row) -> list[tuple[str, str]]:
    """The amounts that `row` has: the one of commodities, which not everybody may trade, can be null."""
    return [(name, purse) for name, purse in _PURSES if name in row and (name == _SHARES or row[name] is not None)]


def _figures(rows: Mapping[int, Row]) -> dict[str, Decimal]:
    """What the rows say of each purse; what is no amount is left out, in a row that counts `_both_purses` tells."""
    figures: dict[str, Decimal] = {}
    for number, row in rows.items():
        title = text_or(row, "title") or f"Row {number}"
        for name, purse in _PURSES:
            try:
                figures[f"{title} ({purse})"] = exact.money(row.get(name), name)
            except WireSurprise:
                continue
    return figures


def _both_purses(row: Row) -> Decimal:
    """A row's equity and commodity amount together."""
    amounts = [money(row, name) for name, _ in _purses(row)]
    if not amounts:
        raise WireSurprise("fund_limit: a row without amounts")
    return sum(amounts, Decimal(0)).quantize(_PAISE, ROUND_HALF_UP)


def _rows(answer: object, key: str) -> list[Row]:
    return counted(answer, key) if key in _COUNTED else listed(answer, key)


def _exchange(row: Row) -> Exchange:
    return words.exchange_of(text(row, "symbol"), whole(row, "segment"))


def _home(row: Row) -> Exchange:
    """The exchange of a holding: nothing but the cash segment is in a demat account."""
    return words.exchange_of(text(row, "symbol"), whole_or(row, "segment", words.CASH))


def _holding(row: Row, names: Names, apart: Collection[str]) -> Holding:
    ticker, remaining = text(row, "symbol"), whole(row, "remainingQuantity")
    quantity, settled = whole(row, "quantity"), _is_settled(row)
    return Holding(
        symbol=names.get(ticker, ticker),
        exchange=_home(row),
        isin=text_or(row, "isin"),
        free=remaining if settled else 0,
        t1=_undelivered(row, remaining, quantity) if ticker not in apart or not settled else 0,
        pledged=max(0, whole_or(row, "collateralQuantity")),  # the sheet's sample has -1 in one of these for "none"
        used_today=max(0, quantity - remaining),
        average_price=money(row, "costPrice"),
        last_price=price_or_none(row, "ltp"),
        close_price=None,
        broker_symbol=ticker,
        pnl_told=exact.told(row.get("pl")),
    )


def _undelivered(row: Row, remaining: int, quantity: int) -> int:
    """What was bought and not delivered: a row of its own may count it as its quantity or in `qty_t1` alone."""
    unsettled = whole_or(row, "qty_t1")
    return unsettled if _is_settled(row) else remaining or (0 if quantity else unsettled)


def _is_settled(row: Row) -> bool:
    return worded({_SETTLED: True, _UNSETTLED: False}, row, "holdingType")


def _position(row: Row) -> Position:
    ticker = text(row, "symbol")
    multiplier = price_or_none(row, "qtyMulti_com") or _ONE
    return Position(
        ticker,
        words.exchange_of(ticker, whole(row, "segment")),
        worded(words.PRODUCTS, row, "productType"),
        _units(whole(row, "netQty"), multiplier),
        money(row, "netAvg"),
        price_or_none(row, "ltp"),
        money(row, "pl"),
        money(row, "realized_profit"),
        money(row, "unrealized_profit"),
        ticker,
        multiplier=multiplier,
    )


def _quick_position(row: PositionRow) -> Position | Draft:
    """The same of a row that was decoded quickly, no call where a comparison does; an unusual one as ever."""
    ticker, product, last, factor = row.ticker.strip(), words.PRODUCTS.get(row.product), row.last_price, row.multiplier
    average, pnl, realised, unrealised = row.average, row.pnl, row.realised, row.unrealised
    prefix, segment = ticker.partition(":")[0], row.segment
    exchange = words.EXCHANGES.get((prefix, segment)) if type(segment) is int else None
    if exchange is None or product is None or last is None or factor != 1 or factor is True:
        return _position(row.plain())
    average, pnl = amount(average, "netAvg"), amount(pnl, "pl")
    realised, unrealised = amount(realised, "realized_profit"), amount(unrealised, "unrealized_profit")
    units, last = exact.whole(row.quantity, "netQty"), amount(last, "ltp") or None
    factor = factor if type(factor) is Decimal else _ONE
    return Draft(ticker, exchange, product, units, average, last, pnl, realised, unrealised, ticker, None, factor)


def _units(contracts: int, multiplier: Decimal) -> int:
    """`contracts` of a commodity or a currency in units, like a position at any other broker (section 4.4)."""
    units = contracts * multiplier
    if multiplier <= 0 or units != units.to_integral_value():
        raise WireSurprise(f"qtyMulti_com: {multiplier} units a contract make no whole quantity")
    return int(units)


def _order(row: Row) -> Order:
    quantity, filled, raw = whole(row, "qty"), whole(row, "filledQty"), whole(row, "status")
    kind = coded(words.TYPES, row, "type")
    ticker = text(row, "symbol")
    status, sub_state = _state(raw, kind, quantity, filled, is_queued=_is_queued(row))
    return Order(
        order_id=ident(row, "id"),
        symbol=ticker,
        exchange=_exchange(row),
        product=worded(words.PRODUCTS, row, "productType"),
        side=coded(words.SIDES, row, "side"),
        order_type=kind,
        quantity=quantity,
        filled_quantity=filled,
        price=price_or_none(row, "limitPrice"),
        trigger_price=price_or_none(row, "stopPrice"),
        average_price=price_or_none(row, "tradedPrice"),
        status=status,
        sub_state=sub_state,
        raw_status=str(raw),
        message=text_or(row, "message"),
        placed_at=moment(row.get("orderDateTime")),
        tag=_tag(text_or(row, "orderTag")),
        broker_symbol=ticker,
        validity=validity(row.get("orderValidity")),
        disclosed_quantity=_disclosed(row.get("disclosedQty"), row.get("discloseQty")),
    )


def _quick_order(row: OrderRow) -> Order | OrderDraft:
    """The same of a row that was decoded quickly; an unusual one as ever."""
    ticker, number, product = row.ticker.strip(), row.number, words.PRODUCTS.get(row.product)
    if not type(row.status) is type(row.kind) is type(row.side) is type(row.segment) is int or type(number) is not str:
        return _order(row.plain())
    exchange = words.EXCHANGES.get((ticker.partition(":")[0], row.segment))
    kind, side = words.TYPES.get(row.kind), words.SIDES.get(row.side)
    if exchange is None or product is None or kind is None or side is None or row.status not in words.STATES:
        return _order(row.plain())
    try:
        quantity, filled = exact.whole(row.quantity, "qty"), exact.whole(row.filled, "filledQty")
        limit, trigger = price(row.price, "limitPrice"), price(row.trigger, "stopPrice")
        average = price(row.average, "tradedPrice")
    except WireSurprise:
        return _order(row.plain())
    queued = row.offline is not False and _is_queued(row.plain())
    status, sub_state = _state(row.status, kind, quantity, filled, is_queued=queued)
    said = row.message.strip() if type(row.message) is str else ""
    tag, when = _tag(row.tag.strip()) if type(row.tag) is str else "", moment(row.placed_at)
    return OrderDraft(
        number.strip() or text(row.plain(), "id"),
        ticker,
        exchange,
        product,
        side,
        kind,
        quantity,
        filled,
        limit,
        trigger,
        average,
        status,
        sub_state,
        str(row.status),
        said,
        when,
        tag,
        ticker,
        validity(row.validity),
        _disclosed(row.disclosed, row.disclosed_too),
    )


def _disclosed(said: object, said_again: object) -> int | None:
    """Both spellings appear (section 4.7), alone or beside each other; where they differ neither is believed."""
    known = {disclosed(each) for each in (said, said_again) if each is not None}
    return known.pop() if len(known) == 1 else None


def _state(
    raw: int, kind: OrderType, quantity: int, filled: int, *, is_queued: bool
) -> tuple[OrderStatus | None, SubState]:
    """The table of section 5 and what fill, type and the after-market flag add; an unknown number gives no status."""
    status, sub_state = words.STATES.get(raw, (None, SubState.NONE))
    if status is None or sub_state is not SubState.NONE:
        return status, sub_state
    if status in (OrderStatus.CANCELLED, OrderStatus.REJECTED):
        return status, SubState.PARTLY_FILLED if filled > 0 else SubState.NONE
    if status is OrderStatus.OPEN and 0 < filled < quantity:
        return status, SubState.PARTIAL
    if status in _WAITING and is_queued:
        return status, SubState.AMO
    if status is OrderStatus.OPEN and kind.needs_trigger:
        return status, SubState.TRIGGER_PENDING  # there is no separate mark over REST
    return status, SubState.NONE


def _is_queued(row: Row) -> bool:
    """An after-market order without the exchange's number still waits; the flag stays for life."""
    return flag(row, "offlineOrder") and not ident_or(row, "exchOrdId")


def _tag(tag: str) -> str:
    """The tag that was sent: it comes back behind `1:`, an order without one as `2:Untagged` or `1:Untagged`."""
    own = tag.removeprefix(_OWN_TAG) if tag.startswith(_OWN_TAG) else ""
    return "" if own.casefold() == _NO_TAG else own


def _trade(row: Row, names: Names) -> Trade:
    ticker = text(row, "symbol")
    return Trade(
        trade_id=ident(row, "tradeNumber"),
        order_id=ident(row, "orderNumber"),
        symbol=names.get(ticker, ticker),
        exchange=_exchange(row),
        product=worded(words.PRODUCTS, row, "productType"),
        side=coded(words.SIDES, row, "side"),
        quantity=whole(row, "tradedQty"),
        price=money(row, "tradePrice"),
        traded_at=moment(row.get("orderDateTime")),
        broker_symbol=ticker,
    )


def _quote(row: Row) -> Quote | None:
    values = an_object(row.get("v"), "v")
    last = price_or_none(values, "lp")
    if last is None:
        return None
    return Quote(
        last_price=last,
        open=price_or_none(values, "open_price"),
        high=price_or_none(values, "high_price"),
        low=price_or_none(values, "low_price"),
        close=price_or_none(values, "prev_close_price"),
    )
