"""Prices: which tokens go into which call, and what comes back of them (section 4.4)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from app.brokers.angel_one.rows import ident, price_or_none
from app.brokers.rows import an_object, objects, text
from app.domain import Quote

BATCH: Final = 50  # tokens a call
MODE: Final = "FULL"  # the one that tells the day's price band

_FIGURES: Final = {name: name for name in ("open", "high", "low", "close")} | {
    "band_low": "lowerCircuit",
    "band_high": "upperCircuit",
}

Key = tuple[str, str]
"""(exchange, symboltoken)."""


def batches(keys: Sequence[Key]) -> Iterator[dict[str, Any]]:
    """The bodies of as few calls as Angel One takes."""
    for start in range(0, len(keys), BATCH):
        tokens: dict[str, list[str]] = {}
        for exchange, token in keys[start : start + BATCH]:
            tokens.setdefault(exchange, []).append(token)
        yield {"mode": MODE, "exchangeTokens": tokens}


def quotes(data: object) -> Mapping[Key, Quote]:
    """The prices of one answer: matched by key, because neither order nor completeness is promised.

    What stands in `unfetched`, and what has a price of 0, has none and is absent.
    """
    found: dict[Key, Quote] = {}
    answer = an_object(data, "quotes")
    if answer.get("fetched") is None and objects(answer.get("unfetched"), "unfetched"):
        return found
    for row in objects(answer.get("fetched"), "fetched"):
        last_price = price_or_none(row, "ltp")
        if last_price is not None:
            figures = {ours: price_or_none(row, theirs) for ours, theirs in _FIGURES.items()}
            found[text(row, "exchange").upper(), ident(row, "symbolToken")] = Quote(last_price, **figures)
    return found
