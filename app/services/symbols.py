"""Instruments as a person writes them on the command line: "NSE:INFY", "infy", "NFO:NIFTY 30DEC25 FUT"."""

from typing import Final

from app.domain import Exchange, Instruments, InvalidRequest
from app.domain.instruments import index_names, share_names
from app.domain.tongue import tr

Pair = tuple[str, Exchange]
_LONGEST: Final = 64  # characters; no name is longer


def pair_of(text: str) -> Pair:
    """Symbol and exchange; without an exchange it is NSE. Raises `InvalidRequest` for what names nothing."""
    said, colon, rest = text.partition(":")
    symbol = " ".join((rest if colon else said).split())
    if not symbol or len(symbol) > _LONGEST or not symbol.isprintable():
        raise InvalidRequest(
            text[:_LONGEST],
            title=tr("This names no instrument"),
            next_step=tr('Write it as INFY, NSE:INFY or "NFO:NIFTY 30DEC25 FUT".'),
            field="symbols",
        )
    return symbol.upper() if symbol.islower() else symbol, _exchange(said.strip() if colon else "NSE")


def _exchange(text: str) -> Exchange:
    try:
        return Exchange(text.upper())
    except ValueError:
        raise InvalidRequest(
            text[:_LONGEST],
            title=tr("{text} is not an exchange", text=text[:_LONGEST]),
            next_step=tr("Exchanges: {join}.", join=", ".join(Exchange)),
            field="symbols",
        ) from None


async def listed_as(instruments: Instruments, broker: str, pair: Pair) -> Pair:
    """`pair` under the name by which the broker lists it.

    An index is called in many ways ("NIFTY", "NIFTY 50"), and not every broker writes the series of a rare share.
    """
    symbol, exchange = pair
    shares = share_names(symbol) if exchange is Exchange.NSE else ()
    for name in dict.fromkeys((symbol, *index_names(symbol), *shares)):
        key = (exchange.value, name)
        if await instruments.by_broker_symbol(broker, [key]) or await instruments.by_symbol(broker, *key):
            return name, exchange
    return pair
