"""What takes long is done a step a turn of Qt's loop, so that the window answers between the steps."""

from collections.abc import Iterator

from PySide6.QtCore import QObject, QTimer


class Arriving(QObject):
    """One way at a time: a new one leaves the earlier one where it is."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._steps: Iterator[None] = iter(())
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._go_on)

    def begin(self, steps: Iterator[None]) -> None:
        """Walk `steps` from the next turn on."""
        self._steps = steps
        self._timer.start(0)

    def stop(self) -> None:
        """Go nowhere."""
        self._timer.stop()

    @property
    def active(self) -> bool:
        """Whether one is on the way."""
        return self._timer.isActive()

    def _go_on(self) -> None:
        steps = self._steps
        try:
            next(steps)
        except StopIteration:
            if steps is self._steps:  # else its end began another way
                self._timer.stop()
