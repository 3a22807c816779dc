"""At most so often: the one timer behind "60 times a second" and "four times a second"."""

from collections.abc import Callable

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer


class Pace(QObject):
    """Calls `then` soon after `ask`, never twice within `interval` milliseconds; the last `ask` is always answered."""

    def __init__(self, parent: QObject, interval: int, then: Callable[[], object]) -> None:
        super().__init__(parent)
        self._interval, self._then = interval, then
        self._since = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._run)

    @property
    def asked(self) -> bool:
        """Whether a call is still to come."""
        return self._timer.isActive()

    def ask(self) -> None:
        """Call as soon as the pace allows."""
        if not self._timer.isActive():
            gone = self._since.elapsed() if self._since.isValid() else self._interval
            self._timer.start(max(0, self._interval - gone))

    def forget(self) -> None:
        """What was asked for is done already."""
        self._timer.stop()

    def _run(self) -> None:
        self._since.start()
        self._then()
