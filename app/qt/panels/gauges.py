"""How fast a broker answers, and what of its limits is used: two cards whose rows stay where they are."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from app.domain.tongue import tr
from app.qt.fonts import Role, scaled
from app.qt.models.gauge_words import WINDOWS, Use, call_name, milliseconds, slowest, uses
from app.qt.theme import Theme, put
from app.qt.widgets.bar import Bar
from app.qt.widgets.basic import column, name, text
from app.qt.widgets.facts import card
from app.services.book_views import GaugeView, Latency

_ROW: Final = 24
_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class Grid(QWidget):
    """Rows of a name, figures, and a bar; a row that is not there (yet) takes no room, none is ever made anew."""

    def __init__(self, theme: Theme, heads: Sequence[str]) -> None:
        super().__init__()
        self._theme, self._count = theme, len(heads)
        self._rows: list[tuple[list[QLabel], Bar]] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(0)
        for at, head in enumerate(heads):
            self._grid.addWidget(
                text(head, Role.SMALL, "soft"), 0, at, Qt.AlignmentFlag.AlignLeft if not at else _RIGHT
            )
        self._grid.setColumnStretch(self._count, 1)

    @property
    def bars(self) -> list[Bar]:
        """The bars, from the top."""
        return [bar for _, bar in self._rows]

    def show_rows(self, rows: Sequence[tuple[Sequence[str], float, float, bool]]) -> None:
        """Cells of each row, the bar's two shares, and whether it warns."""
        while len(self._rows) < len(rows):
            self._add()
        for at, (labels, bar) in enumerate(self._rows):
            shown = at < len(rows)
            cells, filled, reach, warns = rows[at] if shown else ([""] * self._count, 0.0, 0.0, False)
            for label, said in zip(labels, cells, strict=True):
                put(label, said)
                label.setVisible(shown)
            bar.setVisible(shown)
            bar.show_shares(filled, reach, warns=warns)
            self._grid.setRowMinimumHeight(at + 1, scaled(_ROW) if shown else 0)

    def _add(self) -> None:
        at = len(self._rows) + 1
        labels = [text(role=Role.SMALL) for _ in range(self._count)]
        for place, label in enumerate(labels):
            self._grid.addWidget(label, at, place, Qt.AlignmentFlag.AlignLeft if not place else _RIGHT)
        bar = Bar(self._theme)
        self._grid.addWidget(bar, at, self._count)
        self._rows.append((labels, bar))


class GaugeCard(QWidget):
    """A titled card with a grid, and a sentence while there is nothing in it."""

    def __init__(self, theme: Theme, title: str, heads: Sequence[str], nothing: str) -> None:
        super().__init__()
        self._nothing = text(nothing, Role.SMALL, "soft", wrap=True)
        self.grid = Grid(theme, heads)
        panel, inside = card(title)
        inside.addWidget(self._nothing)
        inside.addWidget(self.grid)
        inside.addStretch()
        column(self, gap=0).addWidget(panel)
        name(self, title)

    def show_rows(self, rows: Sequence[tuple[Sequence[str], float, float, bool]]) -> None:
        """See `Grid.show_rows`."""
        self._nothing.setVisible(not rows)
        self.grid.setVisible(bool(rows))
        self.grid.show_rows(rows)


class LatencyCard(GaugeCard):
    """Median and what 95 of a hundred calls do not exceed, by kind of call; the bar reaches from one to the other."""

    def __init__(self, theme: Theme) -> None:
        heads = [tr("Call"), tr("Calls"), tr("Median"), tr("95 in 100")]
        super().__init__(
            theme, tr("How fast answers come"), heads, tr("No call has been answered since Kunji was started.")
        )

    def show_gauges(self, view: GaugeView) -> None:
        """Another account, or another second."""
        longest = slowest(view.latencies)
        self.show_rows([_latency(one, longest) for one in view.latencies])


class LimitsCard(GaugeCard):
    """What is used of what Kunji allows itself, 80 % of the broker's limits, by family of calls."""

    def __init__(self, theme: Theme) -> None:
        heads = [tr("Kind"), *(tr(head) for head, _ in WINDOWS), tr("Now")]
        super().__init__(
            theme, tr("Limits used"), heads, tr("Nothing was asked of the broker since Kunji was started.")
        )
        self.setToolTip(
            tr("Kunji uses 80 % of what the broker allows, and counts all its accounts of one client together.")
        )

    def show_gauges(self, view: GaugeView) -> None:
        """Another account, or another second."""
        self.show_rows([_limit(use) for use in uses(view)])


def _latency(one: Latency, longest: float) -> tuple[Sequence[str], float, float, bool]:
    cells = (call_name(one.kind), str(one.count), milliseconds(one.median), milliseconds(one.p95))
    return cells, one.median / longest, one.p95 / longest, False


def _limit(use: Use) -> tuple[Sequence[str], float, float, bool]:
    return (use.family, *use.cells, use.word), use.share, 0.0, True
