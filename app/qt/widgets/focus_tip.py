"""Tooltips for whoever has no pointer: shown while a control keeps the keyboard for a moment."""

from typing import Final

from PySide6.QtCore import QObject, QPoint, QTimer
from PySide6.QtWidgets import QToolTip, QWidget

_AFTER: Final = 700  # ms, as long as a pointer has to rest
_BELOW: Final = 4


class FocusTip(QObject):
    """Told of each control that keys move the focus to; None for none."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._control: QWidget | None = None
        self._shown = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_AFTER)
        self._timer.timeout.connect(self._show)

    def follow(self, control: QWidget | None) -> None:
        """Another control has the keyboard."""
        if self._shown:
            QToolTip.hideText()
            self._shown = False
        self._control = control if control is not None and control.toolTip() else None
        if self._control is not None:
            self._timer.start()
        else:
            self._timer.stop()

    def _show(self) -> None:
        control = self._control
        if control is not None and control.hasFocus():
            place = control.mapToGlobal(QPoint(0, control.height() + _BELOW))
            QToolTip.showText(place, control.toolTip(), control)
            self._shown = True
