"""The strip of totals under the attention area: P&L, open, booked, open positions, each with how current it is."""

from datetime import datetime
from decimal import Decimal
from typing import Final

from PySide6.QtWidgets import QFrame, QWidget

from app.domain import IST
from app.qt.fonts import Role
from app.qt.models.figures import Figures, direction
from app.qt.models.sums import Totals, currency_note
from app.qt.theme import Theme, dress, put
from app.qt.widgets.basic import column, name, row, text
from app.qt.widgets.marks import Triangle

_TOKENS: Final = {1: "gain", 0: "", -1: "loss"}


class Cell(QWidget):
    """One total: its name, the figure with triangle and colour, a line below."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.caption = text(role=Role.SMALL, tone="soft")
        self.figure = text(role=Role.FIGURE)
        self.note = text(role=Role.SMALL, tone="soft", wrap=True)
        self.triangle = Triangle(theme)
        line = row(gap=8)
        line.addWidget(self.triangle)
        line.addWidget(self.figure)
        line.addStretch()
        outer = column(self, gap=0)
        outer.setContentsMargins(16, 8, 12, 8)
        outer.addWidget(self.caption)
        outer.addLayout(line)
        outer.addWidget(self.note)

    def show_amount(self, caption: str, value: Decimal, figures: Figures, note: str, *, live: bool) -> None:
        """An amount with its sign; without colour while it is not live."""
        sign = 0 if figures.hidden else direction(value)
        token = _TOKENS[sign] if live else "muted"
        self.triangle.setVisible(sign != 0)
        self.triangle.show_sign(sign, _TOKENS[sign] if live and sign else "text.muted")
        dress(self.figure, "tone", token)
        self.show_words(caption, figures.rupees(value), note)

    def show_words(self, caption: str, said: str, note: str) -> None:
        """Any text as the figure."""
        put(self.caption, caption)
        put(self.figure, said)
        put(self.note, note)
        name(self, f"{caption}: {said}", note)


class TotalsStrip(QFrame):
    """Four totals, three in a narrow window."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("surface", "panel")
        self._cells = [Cell(theme) for _ in range(4)]
        self._cells[3].triangle.hide()
        inside = row(self, gap=0)
        for at, cell in enumerate(self._cells):
            if at:
                rule = QFrame()
                rule.setProperty("surface", "hairline")
                rule.setFixedWidth(1)
                inside.addWidget(rule)
            inside.addWidget(cell, 1)

    def show_totals(self, sums: Totals, figures: Figures, as_of: datetime | None) -> None:
        """Other sums."""
        self.setVisible(sums.known > 0)
        read = f"{as_of.astimezone(IST):%H:%M:%S}" if as_of else ""
        note = currency_note(sums, read)
        live = sums.stale < sums.known
        count = f"{sums.known} account{'' if sums.known == 1 else 's'}"
        whole, opened, booked, counted = self._cells
        whole.show_amount(f"P&L, {count}", sums.sum.pnl, figures, note, live=live)
        opened.show_amount("Open P&L", sums.sum.unrealised, figures, "not yet booked", live=live)
        booked.show_amount("Booked", sums.sum.realised, figures, "closed today", live=live)
        held = figures.units(sums.sum.open_count)
        counted.show_words("Open positions", held, f"{figures.units(sums.sum.closed_count)} closed")

    def set_narrow(self, *, narrow: bool) -> None:
        """The note lines and the fourth total go first."""
        self._cells[3].setVisible(not narrow)
        for cell in self._cells:
            cell.note.setVisible(not narrow or cell is self._cells[0])
