"""The palette: one field and at most nine results at a fixed place over the window; it takes no keyboard but its own.

It is a part of the window and no dialog: nothing waits for it, no loop runs inside another, and closing it gives the
keyboard back to where it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QFrame, QLineEdit, QWidget

from app.domain.tongue import tr
from app.qt.fonts import Role, scaled
from app.qt.palette_match import MOST, Entry
from app.qt.palette_row import ResultRow
from app.qt.theme import dress, put
from app.qt.widgets.basic import column, name, text

_WIDTH: Final = 680
_TOP: Final = 60
_SIDE: Final = 16
_STEPS: Final = {
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_PageDown: MOST,
    Qt.Key.Key_PageUp: -MOST,
}
_PASSING: Final = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)


class Field(QLineEdit):
    """Where one types; the keys that choose are told, not typed."""

    step = Signal(int)
    chosen = Signal()
    left = Signal()  # Esc
    lost = Signal()  # the keyboard went elsewhere in the window

    def event(self, event: QEvent) -> bool:
        """Esc and the arrows are ours before they are anybody's shortcut."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._ours(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose, or type."""
        if event.key() in _STEPS:
            self.step.emit(_STEPS[Qt.Key(event.key())])
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.chosen.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, forwards: bool) -> bool:
        """Tab goes through the results: nothing else in here takes the keyboard."""
        self.step.emit(1 if forwards else -1)
        return True

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Another window for a moment, or another place in this one."""
        super().focusOutEvent(event)
        if event.reason() not in _PASSING:
            self.lost.emit()

    def _ours(self, event: QKeyEvent) -> bool:
        return event.key() in (*_STEPS, Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Palette(QFrame):
    """Shows what it is told to. `typed` carries the text, `chosen` the entry that is to run, `closed` comes last."""

    typed = Signal(str)
    chosen = Signal(object)
    closed = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.setProperty("surface", "palette")
        name(self, tr("Find anything"))
        self.field = Field(self)  # before the rows, also for whoever has it read
        self.field.setPlaceholderText(tr("Account, view, action or instrument"))
        name(self.field, tr("Find accounts, views, actions, instruments"))
        self.rows = tuple(ResultRow(self) for _ in range(MOST))
        self.nothing = text(role=Role.SMALL, tone="soft", wrap=True)
        self.nothing.setContentsMargins(12, 8, 12, 8)
        self._at = 0
        self._before: QWidget | None = None
        self.hide()
        self._inside = column(self, gap=0, margin=8)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        inside = self._inside
        inside.addWidget(self.field)
        inside.addSpacing(4)
        for part in (*self.rows, self.nothing):
            inside.addWidget(part)

    def _connect(self) -> None:
        self.field.textChanged.connect(self.typed)
        self.field.step.connect(self._step)
        self.field.chosen.connect(lambda: self._choose(self._at))
        self.field.left.connect(self.leave)
        self.field.lost.connect(self._put_away)
        for at, row in enumerate(self.rows):
            row.clicked.connect(lambda _=False, at=at: self._choose(at))

    def open(self, results: Sequence[Entry]) -> None:
        """Appear with an empty field; the keyboard comes back to where it is now."""
        self._before = QApplication.focusWidget()
        with QSignalBlocker(self.field):
            self.field.clear()
        self.show_results(results)
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._look_on(begin=True)

    def leave(self) -> None:
        """Give the keyboard back."""
        before = self._before
        there = before is not None and _lives(before) and before.isVisible()
        (before if before is not None and there else self._window).setFocus(Qt.FocusReason.OtherFocusReason)
        self._put_away()

    def show_results(self, results: Sequence[Entry], *, keep: bool = False, nothing: str = "") -> None:
        """At most nine; the first one is chosen, or with `keep` the one that was. `nothing`: the words for none."""
        for row, entry in zip(self.rows, results, strict=False):
            row.show_entry(entry)
        for at, row in enumerate(self.rows):
            row.setVisible(at < len(results))
        put(self.nothing, nothing)
        self.nothing.setVisible(not results and bool(nothing))
        self._mark(min(self._at, len(results) - 1) if keep else 0)
        self._settle()

    @property
    def results(self) -> tuple[Entry, ...]:
        """What is on show."""
        return tuple(row.entry for row in self.rows if row.entry is not None and row.isVisibleTo(self))

    @property
    def selected(self) -> Entry | None:
        """What Enter would run."""
        return self.results[self._at] if 0 <= self._at < len(self.results) else None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A press beside it puts it away; the window under it may have another size."""
        if event.type() == QEvent.Type.MouseButtonPress and isinstance(event, QMouseEvent):
            if not self.geometry().contains(event.position().toPoint()):
                self._put_away()
        elif event.type() == QEvent.Type.Resize:
            self._settle()
        return False

    def _look_on(self, *, begin: bool) -> None:
        """What reaches the window itself, while the palette lies over it."""
        window = self._window.windowHandle()
        (window.installEventFilter if begin else window.removeEventFilter)(self)

    def _settle(self) -> None:
        """The same place whatever is found: the middle of the window, below the top bar."""
        room = self._window.width()
        width = min(scaled(_WIDTH), room - 2 * _SIDE)
        inside = self._inside
        inside.activate()
        height = inside.totalHeightForWidth(width) if inside.hasHeightForWidth() else inside.totalSizeHint().height()
        self.setGeometry((room - width) // 2, _TOP, width, height)

    def _step(self, by: int) -> None:
        count = len(self.results)
        if count:
            far = abs(by) > 1
            self._mark(max(0, min(self._at + by, count - 1)) if far else (self._at + by) % count)

    def _mark(self, at: int) -> None:
        self._at = at
        for number, row in enumerate(self.rows):
            dress(row, "chosen", "true" if number == at else "false")
        entry = self.selected
        if entry is not None:
            row = self.rows[at]
            place = tr("{number} of {count}", number=at + 1, count=len(self.results))
            self.field.setAccessibleDescription(f"{row.accessibleName()}, {row.accessibleDescription()}, {place}")
        else:
            self.field.setAccessibleDescription(self.nothing.text())

    def _choose(self, at: int) -> None:
        """What cannot run stays, with its reason in sight."""
        self._mark(at)
        entry = self.selected
        if entry is not None and not entry.reason:
            self.leave()
            self.chosen.emit(entry)

    def _put_away(self) -> None:
        if not self.isHidden():
            self._look_on(begin=False)
            self._before = None
            self.hide()
            self.closed.emit()


def _lives(widget: QWidget) -> bool:
    from shiboken6 import isValid  # loaded on first use: it costs start-up

    return isValid(widget)
