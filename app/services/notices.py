"""The one doorway to the user: what was told and not yet answered. The faces show it, each in its way."""

from app.services.events import Events
from app.services.views import Notice, NoticePosted, NoticeWithdrawn


class Notices:
    """The open notices. What is posted before anybody listens stays open and is found here."""

    def __init__(self, events: Events) -> None:
        self._events = events
        self._open: dict[str, Notice] = {}

    @property
    def open(self) -> tuple[Notice, ...]:
        """What was told and is still so, oldest first."""
        return tuple(self._open.values())

    def post(self, notice: Notice) -> None:
        """Tell it; it takes the place of an open one with the same key."""
        self._open.pop(notice.key, None)
        self._open[notice.key] = notice
        self._events.publish(NoticePosted(notice))

    def withdraw(self, key: str) -> None:
        """It is no longer so."""
        if self._open.pop(key, None) is not None:
            self._events.publish(NoticeWithdrawn(key))

    def answered(self, key: str) -> None:
        """The user has pressed one of its buttons or put it away."""
        self.withdraw(key)
