"""What is told to the user, and when: deaths, warnings before them, readiness; and what he put off, once more."""

from datetime import time

from app.services.deaths import Deaths
from app.services.endings import Endings
from app.services.means import Means
from app.services.notices import NEVER
from app.services.readiness import Readiness
from app.services.views import AccountChanged, AccountRemoved, Event


class Telling:
    """Turns what happens to accounts, and what time brings, into notices."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._deaths = Deaths(means)
        self._endings = Endings(means)
        self._readiness = Readiness(means)
        self._begun = False

    @property
    def readiness_at(self) -> time | None:
        """When the user wants to know whether the accounts are ready, Indian time; None: never."""
        return self._means.preferences.view.readiness

    def set_visible(self, visible: bool) -> None:  # noqa: FBT001 - one switch, as the window names it
        """Whether somebody looks at the accounts: what he sees himself is not told."""
        self._deaths.visible = visible

    def begin(self) -> None:
        """From now on somebody sees notices; a single command must not use up the one notice of an event."""
        self._begun = True
        self._deaths.begin()

    def hear(self, event: Event) -> None:
        """Take notice of a change; a listener of `Events`."""
        self._means.traded.hear(event)
        if isinstance(event, AccountRemoved):
            self._means.notices.leave(event.user_id)
            for part in (self._deaths, self._endings):
                part.removed(event.user_id)
        elif isinstance(event, AccountChanged):
            self._endings.changed(event.view)
            self._deaths.changed(event.view)

    def beat(self) -> None:
        """Tell what has become due by time."""
        if self._begun:
            self._deaths.flush()
            self._endings.beat()
            if self._deaths.due_in == NEVER:  # else it comes right after them, in their place
                self._readiness.beat()
            self._means.notices.beat()

    @property
    def due_in(self) -> float:
        """Seconds until something is to be told that cannot wait for an ordinary beat."""
        return min(self._deaths.due_in, self._means.notices.due_in)

    async def save(self) -> None:
        """Write down what was told."""
        for part in (self._means.traded, self._deaths, self._endings, self._readiness):
            await part.save()
