"""A trader before Kunji's window, by keyboard and pointer, and the books of the broker on the other side."""

from dataclasses import dataclass
from itertools import count
from pathlib import Path

from app.simulators.order_calls import Booked, OrderCall
from tests.desktop.desktop import until
from tests.desktop.evidence import Sent, sent
from tests.desktop.eyes import Node
from tests.desktop.walk import CELLS
from tests.desktop.window import APP, Window
from tests.end2end.conftest import Home


@dataclass
class Trader:
    """Who trades at `home`; `window` is the Kunji that is open now, another one after each restart."""

    home: Home
    window: Window

    def __post_init__(self) -> None:
        self._pictures = count(1)
        self._starts = count(2)
        self.pictures = self.home.folder / "pictures"
        self.begin()

    def begin(self) -> None:
        """What is done from now on is looked at."""
        self._before = len(self.home.broker.order_calls)

    @property
    def client(self) -> str:
        """Whose books it is about."""
        return self.home.person.client_id

    @property
    def head(self) -> str:
        """What stands at the top of every window that can send an order: whose it is, and that it is real money."""
        return f"{self.home.title}, LIVE"

    @property
    def took(self) -> str:
        """What the ticket says of an order that is in the market."""
        return f"{self.home.spec.label} took the order"

    # ------------------------------------------------------------------ the window

    def start_again(self) -> None:
        """Kunji was ended; start it once more on the same profile."""
        self.window = self.home.open(f"kunji-{next(self._starts)}")
        self.window.see("the account, ready", name=f"{self.home.title}, Ready", seconds=30)

    def picture(self, name: str) -> Path:
        """Keep the screen as it is."""
        self.pictures.mkdir(exist_ok=True)
        return self.home.desktop.screenshot(self.pictures / f"order-{next(self._pictures):02d}-{name}.png")

    def page(self, keys: str) -> None:
        """Show a page of the main window by its keys."""
        self.home.desktop.bring_forward(APP)
        self.home.desktop.key(keys)

    def close(self, title: str) -> None:
        """Escape out of the window of that title."""
        self.home.desktop.key("Escape")
        self.window.gone(title, role="dialog", name=title)

    # ------------------------------------------------------------------ the ticket

    def write(self, side: str, quantity: int, symbol: str) -> None:
        """A new ticket by Ctrl+T: the instrument by its name, side and quantity, intraday."""
        desktop, window = self.home.desktop, self.window
        self.page("ctrl+t")
        window.see("where the instrument is found", role="text", exact="Instrument")
        desktop.type_over(symbol.lower())
        window.see("it in the list", role="list item", name=f"{symbol} NSE")
        desktop.key("Return")
        window.see("the ticket", role="dialog", exact=f"Order: {symbol}")
        desktop.type_over(str(quantity))  # the keyboard is there already
        window.click(side, role="check box", exact=side)
        window.click("CNC", role="combo box")
        desktop.key("m", "Return")
        window.see("that it is intraday", role="combo box", name="MIS")
        window.see("the quantity", role="text", words=f"Quantity | {quantity}")
        window.see("the last price", role="label", name="Last \u20b9")

    def review(self) -> Node:
        """Look at what would be sent; the button that sends it, once it can be pressed."""
        self.window.click("Review", exact="Review")
        self.window.see("whose order it is", exact=self.head)
        return self.window.to_send()

    def order(self, side: str, quantity: int, symbol: str) -> None:
        """Write a ticket, look at it, say yes."""
        self.write(side, quantity, symbol)
        self.window.desktop.click(self.review())

    # ------------------------------------------------------------------ the books

    @property
    def calls(self) -> tuple[OrderCall, ...]:
        """Every order, change and cancellation that arrived at the broker since the beginning, of anything."""
        return self.home.broker.order_calls[self._before :]

    def booked(self, symbol: str) -> list[Booked]:
        """The orders for `symbol` in the broker's book, oldest first."""
        return [order for order in self.home.broker.controls.booked(self.client) if order.symbol == symbol]

    def arrived(self, symbol: str) -> Booked:
        """The one order for `symbol`, as soon as the broker has it in its book."""
        return until(lambda: next(iter(self.booked(symbol)), None), 10, f"an order for {symbol} in the broker's book")

    def held(self, symbol: str) -> int:
        """How many of `symbol` the broker says are open intraday."""
        accounts = self.home.served._broker.accounts
        leg = self.home.broker.call(lambda: accounts[self.client].ledger.legs.get(("NSE", symbol, "MIS")))
        return leg.day_buys - leg.day_sells if leg is not None else 0

    def written(self, symbol: str) -> list[Sent]:
        """What the journal on the disk says of orders for `symbol`."""
        return [one for one in sent(self.home.profile / "orders.db") if one.symbol == symbol]

    def row(self, symbol: str) -> Node:
        """The row of `symbol` in the table on show."""
        wanted = f"Instrument {symbol} "

        def look() -> Node | None:
            nodes = self.window.desktop.eyes.shown(APP)
            return next((node for node in nodes if node.role in CELLS and node.name.startswith(wanted)), None)

        return until(look, 20, f"a row of {symbol}")
