"""Pairs of a name and a value, and lists of marked lines, as the status panel shows them."""

from collections.abc import Iterable
from typing import Final

from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QVBoxLayout, QWidget

from app.domain.tongue import tr
from app.qt.fonts import Role
from app.qt.theme import Theme, put
from app.qt.widgets.basic import clear, column, hairline, row, surface, text
from app.qt.widgets.marks import StateMark

_LINE: Final = 26


def card(title: str, beside: QWidget | None = None) -> tuple[QFrame, QVBoxLayout]:
    """A titled panel and the layout of what is in it; `beside` stands right of the title."""
    panel = surface("panel")
    inside = column(panel, gap=8)
    inside.setContentsMargins(16, 12, 16, 12)
    head = row(gap=12)
    head.addWidget(text(title, Role.TOTAL))
    head.addStretch()
    if beside is not None:
        head.addWidget(beside)
    inside.addLayout(head)
    inside.addWidget(hairline())
    return panel, inside


class Facts(QWidget):
    """Names left, values right of them; a value that changes keeps its place."""

    def __init__(self, names: Iterable[str]) -> None:
        super().__init__()
        self._values: dict[str, QLabel] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(0)
        for at, called in enumerate(names):
            value = text(wrap=True)
            grid.addWidget(text(tr(called), tone="soft"), at, 0)
            grid.addWidget(value, at, 1)
            grid.setRowMinimumHeight(at, _LINE)
            self._values[called] = value
        grid.setColumnStretch(1, 1)

    def show_fact(self, called: str, value: str) -> None:
        """Another value; empty is said as "not known"."""
        put(self._values[called], value or tr("not known"))
        self._values[called].setAccessibleName(f"{tr(called)}: {value or tr('not known')}")


class Lines(QWidget):
    """Lines with a shape, a name and a sentence each."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._shown: tuple[tuple[str, str, str], ...] = ()
        self._inside = column(self, gap=8)

    def show_lines(self, lines: Iterable[tuple[str, str, str]]) -> None:
        """(shape, name, sentence) of each; nothing is rebuilt while they are the same."""
        wanted = tuple(lines)
        if wanted == self._shown:
            return
        self._shown = wanted
        clear(self._inside)
        for shape, called, sentence in wanted:
            self._add(shape, called, sentence)
        self._inside.addStretch()

    def _add(self, shape: str, called: str, sentence: str) -> None:
        mark = StateMark(self._theme, 16)
        mark.show_shape(shape, called)
        words = column(gap=0)
        words.addWidget(text(called, Role.NAME, wrap=True))
        if sentence:
            words.addWidget(text(sentence, Role.SMALL, "soft", wrap=True))
        line = row(gap=12)
        line.addWidget(mark)
        line.addLayout(words, 1)
        self._inside.addLayout(line)
