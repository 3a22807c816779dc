"""Money, positions and holdings (sheet section 4)."""

from app.simulators.answers import Answer
from app.simulators.books import SEGMENTS, Account
from app.simulators.legs import Leg
from app.simulators.prices import Prices
from app.simulators.zerodha import wire
from app.simulators.zerodha.answers import success
from app.simulators.zerodha.auth import App
from app.simulators.zerodha.calls import Call


class Portfolio:
    """What one client has."""

    def __init__(self, prices: Prices) -> None:
        self._prices = prices

    def funds(self, call: Call, _: App, books: Account) -> Answer:
        """GET /user/margins, one segment or both."""
        segment = call.where["segment"]
        if segment:
            return success(wire.margins(books.margins(segment)))
        return success({name: wire.margins(books.margins(name)) for name in SEGMENTS})

    def positions(self, _: Call, __: App, books: Account) -> Answer:
        """GET /portfolio/positions: the net list and that of the day."""
        legs = list(books.ledger.legs.values())
        today = [wire.day_of(leg) for leg in legs if leg.day_buys or leg.day_sells]
        return success({"net": self._rows(legs), "day": self._rows(today)})

    def _rows(self, legs: list[Leg]) -> list[wire.Row]:
        prices = self._prices
        return [wire.position(leg, prices.last(leg.contract), prices.close(leg.contract)) for leg in legs]

    def holdings(self, _: Call, __: App, books: Account) -> Answer:
        """GET /portfolio/holdings."""
        prices = self._prices
        rows = books.ledger.holdings.values()
        return success(
            [wire.holding(row, prices.last(row.contract), prices.close(row.contract), books.authorised) for row in rows]
        )
