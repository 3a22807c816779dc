"""Every shortcut in one place, made from the table of actions: a list for the help page, and a window of its own."""

from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QGridLayout, QLabel, QVBoxLayout, QWidget

from app.domain.tongue import tr
from app.qt.fonts import Role, scaled
from app.qt.keyboard import Group, keys, listing
from app.qt.widgets.basic import button, column, name, row, surface, text
from app.qt.widgets.scroll import Scroll

_SIZE: Final = (720, 480)
_FRAME: Final = QSize(8, 40)  # what the desktop draws round a window
_LEFT: Final = (Group.VIEWS, Group.ACCOUNTS, Group.HELP)
_RANGE: Final = "\u2026"


class ShortcutsList(QWidget):
    """Two columns of groups, a line each: what it does, its keys."""

    def __init__(self) -> None:
        super().__init__()
        name(self, tr("All shortcuts"))
        outer = column(self, gap=16)
        columns = row(gap=20)
        left, right = column(gap=16), column(gap=16)
        for group, lines in listing():
            self._add_group(left if group in _LEFT else right, group, lines)
        for side in (left, right):
            side.addStretch()
            columns.addLayout(side, 1)
        outer.addLayout(columns)
        found = tr("Everything else is found by typing a few letters of it after {keys}.", keys=shown(keys("palette")))
        outer.addWidget(text(found, Role.SMALL, "soft", wrap=True))

    def _add_group(self, side: QVBoxLayout, group: Group, lines: tuple[tuple[str, tuple[str, ...]], ...]) -> None:
        block = column(gap=4)
        block.addWidget(text(tr(group.value), Role.HEAD))
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(0, 1)
        for at, (says, pressed) in enumerate(lines):
            words = tr(" or ").join(map(shown, pressed))
            grid.addWidget(text(tr(says), wrap=True), at, 0)
            grid.addWidget(_keys(tr(says), words), at, 1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        block.addLayout(grid)
        side.addLayout(block)


class ShortcutsWindow(QDialog):
    """The list in a window of its own, not modal; Esc closes it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("All shortcuts"))
        name(self, tr("All shortcuts"))
        page = surface("plain")
        column(page, margin=20).addWidget(ShortcutsList())
        foot = surface("sunken")
        line = row(foot)
        line.setContentsMargins(20, 12, 20, 12)
        line.addStretch()
        self.close_button = button(tr("Close"))
        self.close_button.clicked.connect(self.close)
        line.addWidget(self.close_button)
        outer = column(self, gap=0)
        outer.addWidget(Scroll(page), 1)
        outer.addWidget(foot)
        self.resize(QSize(*map(scaled, _SIZE)).boundedTo(self.screen().availableSize() - _FRAME))


def shown(pressed: str) -> str:
    """Keys as this computer writes them; a range of keys at both its ends."""
    ends = [QKeySequence(end.strip()).toString(QKeySequence.SequenceFormat.NativeText) for end in pressed.split(_RANGE)]
    return f" {_RANGE} ".join(ends)


def _keys(says: str, words: str) -> QLabel:
    made = text(words, Role.SMALL, "soft")
    name(made, f"{says}: {words}")
    return made
