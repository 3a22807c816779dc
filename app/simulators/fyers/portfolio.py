"""Money, positions and holdings (sheet sections 4.2 to 4.4)."""

from app.simulators.answers import Answer
from app.simulators.books import Account
from app.simulators.fyers import wire
from app.simulators.fyers.answers import success
from app.simulators.fyers.broker import DemoBroker
from app.simulators.fyers.calls import Call


class Portfolio:
    """What one client has."""

    def __init__(self, broker: DemoBroker) -> None:
        self._broker = broker

    def funds(self, _: Call, books: Account) -> Answer:
        """GET /funds."""
        return success({"fund_limit": wire.funds(books.margins("equity"), books.margins("commodity"))})

    def positions(self, _: Call, books: Account) -> Answer:
        """GET /positions: open ones and those closed today."""
        prices, symbols = self._broker.prices, self._broker.symbols
        legs = [(leg, prices.last(leg.contract)) for leg in books.ledger.legs.values()]
        rows = [
            wire.position(leg, symbols.of(leg.contract), last, number) for number, (leg, last) in enumerate(legs, 1)
        ]
        return success({"netPositions": rows, "overall": wire.positions_overall(legs)})

    def holdings(self, _: Call, books: Account) -> Answer:
        """GET /holdings."""
        prices, symbols = self._broker.prices, self._broker.symbols
        held = [(row, prices.last(row.contract)) for row in books.ledger.holdings.values()]
        rows = [wire.holding(row, symbols.of(row.contract), last, number) for number, (row, last) in enumerate(held, 1)]
        return success({"holdings": rows, "overall": wire.holdings_overall(held)})
