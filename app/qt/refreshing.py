"""A refresh by hand says what it did, at the foot of the window; a good one is put away by itself after a while."""

from typing import Final

from PySide6.QtCore import QObject, QTimer

from app.qt.desk import Desk
from app.qt.widgets.message import MessageLine
from app.services.views import Refreshed
from app.services.words import refreshed_words

KEY: Final = "refreshed"
_READ: Final = 6000  # milliseconds: long enough to read a short line


class RefreshLine(QObject):
    """Tells what the last refresh did; what failed stays until the next one, or until it is put away."""

    def __init__(self, desk: Desk, message: MessageLine) -> None:
        super().__init__(message)
        self._desk, self._message = desk, message
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_READ)
        self._timer.timeout.connect(lambda: message.withdraw(KEY))

    def show_done(self, done: Refreshed) -> None:
        """Every account was asked; these are the answers."""
        self._timer.stop()
        titles = {view.user_id: view.title for view in self._desk.board.accounts}
        if not titles or (not done.good and not done.failed):
            return
        self._message.post(KEY, *refreshed_words(done, titles, self._desk.now()), {})
        if not done.failed:
            self._timer.start()
