"""One result of the palette: what it is, its name, what will happen or why it cannot, its keys."""

from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QPushButton, QSizePolicy, QWidget

from app.domain.tongue import tr
from app.qt.fonts import Role, font
from app.qt.palette_match import Entry
from app.qt.panels.shortcuts import shown
from app.qt.theme import dress, put
from app.qt.widgets.basic import name, row, text

_HEIGHT: Final = 34
_AIR: Final = 16
_KIND: Final = "Instrument"  # the widest word of a kind
_USUAL: Final = "NIFTY 30DEC26 26000 CE"  # so wide is the column of names; longer ones take more


class Cut(QLabel):
    """A label that gives way: its words end in three dots where there is no room, and are whole in the tooltip."""

    def minimumSizeHint(self) -> QSize:
        """Nothing at all."""
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """As much as fits."""
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        said = QFontMetrics(self.font()).elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, said)


class ResultRow(QPushButton):
    """Pressed with the pointer, or with Enter while it is the chosen one; the field keeps the keyboard."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.entry: Entry | None = None
        self.setProperty("kind", "result")
        self.setAutoDefault(False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._kind, self._title = text(role=Role.SMALL, tone="muted"), text(role=Role.NAME)
        self._says, self._keys = Cut(), text(role=Role.SMALL, tone="soft")
        self._says.setFont(font(Role.SMALL))
        self._says.setTextFormat(Qt.TextFormat.PlainText)
        self._lay_out()

    def _lay_out(self) -> None:
        inside = row(self, gap=12)
        inside.setContentsMargins(12, 0, 12, 0)
        self._kind.setFixedWidth(QFontMetrics(font(Role.SMALL)).horizontalAdvance(tr(_KIND)) + 4)
        self._title.setMinimumWidth(QFontMetrics(font(Role.NAME)).horizontalAdvance(_USUAL))
        self._says.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        for part in (self._kind, self._title, self._says, self._keys):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            inside.addWidget(part, 1 if part is self._says else 0)

    def sizeHint(self) -> QSize:
        """One line."""
        return QSize(0, max(_HEIGHT, QFontMetrics(font(Role.NAME)).height() + _AIR))

    def show_entry(self, entry: Entry) -> None:
        """Another result."""
        self.entry = entry
        said = tr("not now: {reason}", reason=entry.reason) if entry.reason else entry.says
        put(self._kind, tr(entry.kind.value))
        put(self._title, entry.title)
        put(self._says, said)
        put(self._keys, shown(entry.keys) if entry.keys else "")
        dress(self._title, "tone", "muted" if entry.reason else "")
        dress(self._says, "tone", "muted" if entry.reason else "soft")
        self.setToolTip(said)
        keys = tr("keys {keys}", keys=shown(entry.keys)) if entry.keys else ""
        name(self, entry.title, ", ".join(filter(None, (tr(entry.kind.value), said, keys))))
