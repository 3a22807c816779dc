"""A refresh by hand says what it did, in the top bar; it is put away by itself after a while."""

from typing import Final

from PySide6.QtCore import QObject, QTimer

from app.qt.desk import Desk
from app.qt.widgets.note import Note
from app.services.book_views import Book, Refreshed
from app.services.words import refreshed_words

_READ: Final = 6000  # milliseconds: long enough to read a short line
_READ_FAILED: Final = 60_000  # after that the accounts may stand otherwise, and the views say how


class RefreshLine(QObject):
    """Tells what the last refresh did; what failed stays longer, but not when it was read since."""

    def __init__(self, desk: Desk, note: Note) -> None:
        super().__init__(note)
        self._desk, self._note = desk, note
        self._failed: tuple[tuple[str, Book], ...] = ()
        self._told_at = desk.now()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(note.clear)

    def show_done(self, done: Refreshed) -> None:
        """Every account was asked; these are the answers."""
        self._timer.stop()
        titles = {view.user_id: view.title for view in self._desk.board.accounts}
        if not titles or not (done.good or done.failed):
            return
        self._told_at = self._desk.now()
        self._failed = tuple((user_id, book) for user_id, book, _ in done.failed)
        title, words = refreshed_words(done, titles, self._told_at)
        self._note.show_note(title, words, bad=bool(done.failed))
        self._timer.start(_READ_FAILED if done.failed else _READ)

    def follow(self) -> None:
        """Something was read: what is told no more fails is put away."""
        if self._failed and not any(self._fails(*one) for one in self._failed):
            self._failed = ()
            self._timer.stop()
            self._note.clear()

    def _fails(self, user_id: str, book: Book) -> bool:
        """Not read since, of an account that is still here."""
        view = self._desk.services.portfolio.book(book, user_id)
        read = view.current and view.as_of is not None and view.as_of >= self._told_at
        return not read and self._desk.board.account(user_id) is not None
