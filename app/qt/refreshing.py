"""A refresh by hand says what it did, in the top bar; it is put away by itself after a while."""

from typing import Final

from PySide6.QtCore import QObject, QTimer

from app.qt.desk import Desk
from app.qt.widgets.note import Note
from app.services.book_views import Refreshed
from app.services.words import refreshed_words

_READ: Final = 6000  # milliseconds: long enough to read a short line
_READ_FAILED: Final = 60_000  # after that the accounts may stand otherwise, and the views say how


class RefreshLine(QObject):
    """Tells what the last refresh did; what failed stays longer."""

    def __init__(self, desk: Desk, note: Note) -> None:
        super().__init__(note)
        self._desk, self._note = desk, note
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(note.clear)

    def show_done(self, done: Refreshed) -> None:
        """Every account was asked; these are the answers."""
        self._timer.stop()
        titles = {view.user_id: view.title for view in self._desk.board.accounts}
        if not titles or not (done.good or done.failed):
            return
        title, words = refreshed_words(done, titles, self._desk.now())
        self._note.show_note(title, words, bad=bool(done.failed))
        self._timer.start(_READ_FAILED if done.failed else _READ)
