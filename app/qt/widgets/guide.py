"""What the user does once on the broker's own pages, step by step, with values to copy. Nothing secret is ever here."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from app.domain.tongue import tr
from app.qt.account_ports import StepLike
from app.qt.fonts import Role, font, scaled
from app.qt.theme import Theme
from app.qt.widgets.basic import breakable, button, clear, column, hairline, name, row, text


class Number(QWidget):
    """A step's number in a ring."""

    def __init__(self, theme: Theme, number: int) -> None:
        super().__init__()
        self._theme, self._number = theme, number
        self.setFixedSize(scaled(24), scaled(24))
        name(self, tr("Step {number}", number=number))
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw ring and figure."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.colour("accent.text"), 1.4))
        area = QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5)
        painter.drawEllipse(area)
        painter.setFont(font(Role.SMALL_STRONG))
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, str(self._number))


class CopyLine(QWidget):
    """A value that is to be typed at the broker exactly so, with a button that copies it."""

    def __init__(self, label: str, value: str) -> None:
        super().__init__()
        self.line = QLineEdit(value)
        self.line.setReadOnly(True)
        self.line.setCursorPosition(0)
        name(self.line, tr("{label}, to copy", label=label))
        self.copy = button(tr("Copy"), "quiet")
        name(self.copy, tr("Copy {label}", label=label))
        self.copy.clicked.connect(self._on_copy)
        inside = row(self)
        inside.addWidget(self.line, 1)
        inside.addWidget(self.copy)

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self.line.text())
        self.copy.setText(tr("Copied"))
        QTimer.singleShot(2000, self.copy, lambda: self.copy.setText(tr("Copy")))


class Guide(QWidget):
    """The steps below each other."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._copies: dict[str, CopyLine] = {}
        self._inside: QVBoxLayout = column(self, gap=0)

    def show_steps(self, steps: Sequence[StepLike], value: Callable[[str], str], label: Callable[[str], str]) -> None:
        """Draw `steps`; `value(field)` and `label(field)` belong to the fields that a step shows for copying."""
        clear(self._inside)
        self._copies = {}
        for number, step in enumerate(steps, 1):
            if number > 1:
                self._inside.addWidget(hairline())
            self._add(number, step, value, label)
        self._inside.addStretch()

    def show_value(self, field: str, value: str) -> None:
        """The form's field was edited."""
        if field in self._copies:
            self._copies[field].line.setText(value)
            self._copies[field].line.setCursorPosition(0)

    def _add(self, number: int, step: StepLike, value: Callable[[str], str], label: Callable[[str], str]) -> None:
        lines = column(gap=4)
        lines.addWidget(text(breakable(tr(step.title)), Role.TOTAL, wrap=True))
        lines.addWidget(text(breakable(tr(step.text)), Role.SMALL, "soft", wrap=True))
        if step.copy_field:
            shown = CopyLine(label(step.copy_field), value(step.copy_field))
            self._copies[step.copy_field] = shown
            lines.addWidget(shown)
        outer = row(gap=12)
        outer.setContentsMargins(0, 12, 0, 12)
        outer.addWidget(Number(self._theme, number), 0, Qt.AlignmentFlag.AlignTop)
        outer.addLayout(lines, 1)
        self._inside.addLayout(outer)
