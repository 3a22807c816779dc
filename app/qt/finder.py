"""Opens the palette, fills it while one types, and does what was chosen."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject

from app.domain.tongue import tr
from app.qt.deeds import find_in
from app.qt.palette import Palette
from app.qt.palette_entries import World, entries, of_instruments
from app.qt.palette_match import MOST, Entry, Kind, found

if TYPE_CHECKING:
    from app.domain import Instrument
    from app.qt.desk import Desk
    from app.qt.window import Window

_RECENT: Final = "palette.recent"
_SETTLE: Final = 0.08  # seconds without another letter before the lists of instruments are searched
_LEAST: Final = 2  # letters; one begins half of all instruments


class Finder(QObject):
    """One a window."""

    def __init__(self, window: Window, desk: Desk) -> None:
        super().__init__(window)
        self._window, self._desk = window, desk
        self._entries: list[Entry] = []
        self._text = ""
        self._find = partial(find_in, window)
        self.palette = Palette(window)
        self.palette.typed.connect(self._on_typed)
        self.palette.chosen.connect(self._on_chosen)
        window.commands.done.connect(self._on_done)

    def open(self) -> None:
        """Show what was used last, and what needs somebody; a second press puts it away."""
        if self.palette.isVisible():
            self.palette.leave()
            return
        window = self._window
        world = World(self._desk.board, window.commands.all(), window.go, window.repair, self._find)
        self._entries, self._text = entries(world, self._desk.now()), ""
        self.palette.open(found(self._entries, "", self._recent()))

    def _on_typed(self, text: str) -> None:
        self._text = text
        self.palette.show_results(self._found(), nothing=self._nothing())
        if len(text.strip()) >= _LEAST:
            self._desk.run(self, self._search(text), newest="search").done(partial(self._on_instruments, text))

    async def _search(self, text: str) -> list[Instrument]:
        await asyncio.sleep(_SETTLE)
        return await self._desk.services.store.instruments.search(None, text, MOST)

    def _on_instruments(self, text: str, more: list[Instrument]) -> None:
        """Behind what is shown already: nothing moves under the chosen one."""
        if text != self._text or not self.palette.isVisible():
            return
        shown = self._found()
        listed = of_instruments(more, self._entries, self._order, self._find)
        self.palette.show_results([*shown, *listed][:MOST], keep=True, nothing=self._nothing())

    def _order(self, exchange: str, symbol: str) -> None:
        """A ticket for it; what no known exchange lists is shown where it may be held."""
        from app.domain import Exchange  # loaded on first use: start-up

        if exchange in tuple(Exchange):
            self._desk.tickets.open_ticket(None, Exchange(exchange), symbol)
        else:
            self._find("positions", symbol)

    def _found(self) -> tuple[Entry, ...]:
        return found(self._entries, self._text, self._recent())

    def _nothing(self) -> str:
        """Why nothing is found, as far as that is known."""
        board = self._desk.board
        masters = [board.master(view.broker_type) for view in board.accounts]
        said = tr("Nothing matches \u201c{text}\u201d.", text=self._text.strip())
        if any(master is not None and master.day is not None for master in masters):
            return said
        return f"{said} {tr('No list of instruments is loaded yet.')}"

    def _on_chosen(self, entry: Entry) -> None:
        if entry.kind is not Kind.INSTRUMENT:
            others = [key for key in self._recent() if key != entry.key]
            self._desk.services.ui_state.put(_RECENT, [entry.key, *others][:MOST])
        if entry.run is not None:
            entry.run()

    def _on_done(self, name: str) -> None:
        """Another action's keys were pressed over it."""
        if name != "palette" and self.palette.isVisible():
            self.palette.leave()

    def _recent(self) -> list[str]:
        kept: Any = self._desk.services.ui_state.get(_RECENT)
        return [key for key in kept if isinstance(key, str)] if isinstance(kept, list) else []
