"""The end of the user's session: everything is on the disk before the desktop goes, and nothing asks a question.

A session manager first says that it is about to end (it may still be cancelled), then asks the program to end. Qt would
end its loop at once then, under asyncio's feet; the program ends in its own order instead, within three seconds.
"""

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QSessionManager
from PySide6.QtWidgets import QApplication


class Manager(Protocol):
    """What of `QSessionManager` is used."""

    def setRestartHint(self, hint: QSessionManager.RestartHint, /) -> None:
        """Whether the program is started again with the next session."""


class Application(QApplication):
    """`end_wanted`: the desktop, or the system's own menu, wants the program to end."""

    end_wanted = Signal()
    asked_to_end = False  # also before anybody listens

    def event(self, event: QEvent) -> bool:
        """Of what is sent to the application itself, only the wish for its end is ours."""
        if event.type() is not QEvent.Type.Quit:
            return super().event(event)
        self.asked_to_end = True
        self.end_wanted.emit()
        return True


class SessionEnd:
    """Saves what is not saved yet when the session is about to end."""

    def __init__(self, save: Callable[[], None]) -> None:
        self._save = save

    def watch(self, app: QApplication) -> None:
        """Hear of it from now on."""
        app.commitDataRequest.connect(self.commit)
        app.saveStateRequest.connect(self.commit)

    def commit(self, manager: Manager) -> None:
        """The session may end now. Starting again is the setting's affair, or there would be two starts."""
        manager.setRestartHint(QSessionManager.RestartHint.RestartNever)
        self._save()
