"""The strip of totals under the attention area: P&L, what of it is live or open, funds, margin; each says how current.

One line in a narrow window: the day's P&L and the funds.
"""

from datetime import datetime
from decimal import Decimal
from typing import Final

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QSizePolicy, QWidget

from app.domain import IST
from app.domain.tongue import tr
from app.qt.fonts import Role, font
from app.qt.models.figures import Figures, direction
from app.qt.models.money import Money, current_words
from app.qt.models.sums import Totals
from app.qt.theme import Theme, dress, put
from app.qt.widgets.basic import name, row, text
from app.qt.widgets.marks import Triangle

_TOKENS: Final = {1: "gain", 0: "", -1: "loss"}
_GAPS: Final = 16 + 12 + 4 * 12  # margins and gaps of a cell in one line
_OF_POSITIONS: Final = "Open and booked P&L of the day's positions, as each broker reports it."


class Cell(QWidget):
    """One total: its name, the figure with triangle and colour, a line below."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.caption = text(role=Role.SMALL, tone="soft")
        self.figure = text(role=Role.FIGURE)
        self.note = text(role=Role.SMALL, tone="soft")
        self.triangle = Triangle(theme)
        line = row(gap=8)
        line.addWidget(self.triangle)
        line.addWidget(self.figure)
        line.addStretch()
        self._outer = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._outer.addWidget(self.caption)
        self._outer.addLayout(line)
        self._outer.addWidget(self.note, 1)
        self.set_narrow(narrow=False)

    def set_narrow(self, *, narrow: bool) -> None:
        """All in one line."""
        self.figure.setFont(font(Role.HEAD if narrow else Role.FIGURE))
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._outer.setDirection(across if narrow else down)
        self._outer.setSpacing(12 if narrow else 0)
        self._outer.setContentsMargins(*((16, 4, 12, 4) if narrow else (16, 8, 12, 8)))

    def width_needed(self, *, note: bool) -> int:
        """In one line, with its note or without."""
        parts = (self.caption, self.figure, *([self.note] if note else []))
        words = sum(part.fontMetrics().horizontalAdvance(part.text()) for part in parts)
        return words + self.triangle.width() + _GAPS

    def show_pnl(self, caption: str, value: Decimal, figures: Figures, note: str, *, live: bool) -> None:
        """An amount with its sign; without colour while it is not live."""
        sign = 0 if figures.hidden else direction(value)
        self.triangle.setVisible(sign != 0)
        self.triangle.show_sign(sign, _TOKENS[sign] if live and sign else "text.muted")
        dress(self.figure, "tone", _TOKENS[sign] if live else "muted")
        self.show_words(caption, figures.rupees(value), note)

    def show_money(self, caption: str, said: str, note: str, *, live: bool) -> None:
        """An amount that is neither gain nor loss; grey while it is not live."""
        self.triangle.hide()
        dress(self.figure, "tone", "" if live else "muted")
        self.show_words(caption, said, note)

    def show_words(self, caption: str, said: str, note: str) -> None:
        """Any text as the figure."""
        put(self.caption, caption)
        put(self.figure, said)
        put(self.note, note)
        name(self, f"{caption}: {said}", note)


class TotalsStrip(QFrame):
    """Four totals, two in a narrow window; always there, or the table would jump when the first reading comes."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("surface", "panel")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.cells = [Cell(theme) for _ in range(4)]
        self.cells[0].setToolTip(tr(_OF_POSITIONS))
        self._narrow = False
        self._rules = [QFrame() for _ in range(3)]
        inside = row(self, gap=0)
        for at, cell in enumerate(self.cells):
            if at:
                rule = self._rules[at - 1]
                rule.setProperty("surface", "hairline")
                rule.setFixedWidth(1)
                inside.addWidget(rule)
            inside.addWidget(cell, 1)

    def show_totals(self, sums: Totals, live: Totals, funds: Money, figures: Figures) -> None:
        """Other sums: of all accounts, of those that are current, and the money."""
        whole, second, available, used = self.cells
        accounts = sums.known + sums.missing
        several = accounts > 1 and not self._narrow
        said = tr("Day's P&L, {count} accounts", count=accounts) if several else tr("Day's P&L")
        note = current_words(sums.known, sums.stale, sums.missing, _time(sums.read_at))
        if sums.known:
            whole.show_pnl(said, sums.sum.pnl, figures, note, live=live.known > 0)
        else:
            whole.show_money(said, figures.rupees(None), tr("not read yet"), live=False)
        self._show_second(second, sums, live, figures)
        note = current_words(funds.known, funds.stale, funds.missing, _time(funds.read_at))
        is_live = funds.known > funds.stale
        held = tr("{count} open positions", count=figures.units(sums.sum.open_count))
        free, bound = (figures.amount(value if funds.known else None) for value in (funds.available, funds.used))
        available.show_money(tr("Available funds"), free, note if funds.known else tr("not read yet"), live=is_live)
        used.show_money(tr("Margin used"), bound, held if sums.known else "", live=is_live)
        self._fit()

    def _show_second(self, cell: Cell, sums: Totals, live: Totals, figures: Figures) -> None:
        """What is live, while not all is; else what is open."""
        if not sums.known:
            cell.show_money(tr("Open P&L"), figures.rupees(None), "", live=False)
        elif 0 < live.known < sums.known:
            opened = tr("{amount} open", amount=figures.signed(live.sum.unrealised))
            caption = tr("Live only, {live} of {count}", live=live.known, count=sums.known + sums.missing)
            cell.show_pnl(caption, live.sum.pnl, figures, opened, live=True)
        else:
            booked = tr("booked {amount}", amount=figures.signed(sums.sum.realised))
            cell.show_pnl(tr("Open P&L"), sums.sum.unrealised, figures, booked, live=live.known > 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In one line the notes are said where there is room for all of them; else they are in the tooltips alone."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        shown = [cell for cell in self.cells if cell.isVisibleTo(self)]
        room = self.width() // max(1, len(shown))
        fits = all(cell.width_needed(note=True) <= room for cell in shown)
        for cell in self.cells:
            cell.note.setVisible(fits or not self._narrow)

    def set_narrow(self, *, narrow: bool) -> None:
        """The second and the fourth total go first, and all is said in one line."""
        self._narrow = narrow
        for hidden in (self.cells[1], self.cells[3], self._rules[1], self._rules[2]):
            hidden.setVisible(not narrow)
        for cell in self.cells:
            cell.set_narrow(narrow=narrow)


def _time(moment: datetime | None) -> str:
    return f"{moment.astimezone(IST):%H:%M:%S}" if moment else ""
