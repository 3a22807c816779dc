"""The one way from a widget into the services and back.

    self._run(self, services.brokers.validate_broker(user_id)).busy(self.check).done(self.show).failed(self.explain)

No exception is lost (security-promises I2): what nobody took is told in the window and logged whole. Everything that
is still under way is cancelled at shutdown. Events of the services reach widgets bundled, a few times a second.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, Final, Generic, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QAbstractButton

from app.domain import TradingError, redact
from app.domain.tongue import tr
from app.services.events import Events
from app.services.views import AccountChanged, AccountRemoved, BookChanged, Event, MasterChanged, PositionsChanged

_log: Final = logging.getLogger(__name__)
_BUNDLE_MS: Final = 100  # seen as at once, and at most ten repaints a second

T = TypeVar("T")
Failure = Callable[[BaseException], None]


class Work(Generic[T]):
    """One question under way. Say what follows before giving control back to the loop."""

    def __init__(self, parent: QObject, untaken: Failure) -> None:
        self._parent = parent
        self._untaken = untaken
        self._done: Callable[[T], None] = _nothing
        self._failed: Failure | None = None
        self._button: QAbstractButton | None = None
        self._label = ""
        self.task: asyncio.Task[None] | None = None

    def busy(self, button: QAbstractButton, label: str = "") -> "Work[T]":
        """Hold `button` down until the answer is there, at its width, with another `label` if one is given."""
        self._button, self._label = button, button.text()
        button.setMinimumWidth(max(button.minimumWidth(), button.width() if label else 0))
        button.setEnabled(False)
        if label:
            button.setText(label)
        return self

    def done(self, then: Callable[[T], None]) -> "Work[T]":
        """Hand the result to `then`."""
        self._done = then
        return self

    def failed(self, then: Failure) -> "Work[T]":
        """Hand an exception to `then`; without it the window tells it."""
        self._failed = then
        return self

    def cancel(self) -> None:
        """Nobody wants to know any more."""
        if self.task is not None:
            self.task.cancel()

    async def follow(self, coroutine: Coroutine[Any, Any, T]) -> None:
        """Run to the end and tell; never raises but the cancellation."""
        try:
            result = await coroutine
        except asyncio.CancelledError:
            self._release()
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is must reach a person; told and logged just below
            self._release()
            self._tell(error)
        else:
            self._release()
            self._hand_over(result)

    def _hand_over(self, result: T) -> None:
        if _lives(self._parent):
            self._attempt(self._done, result)

    def _tell(self, error: Exception) -> None:
        if self._failed is None or not _lives(self._parent):
            self._untaken(error)
        else:
            self._attempt(self._failed, error)

    def _attempt(self, then: Callable[[Any], None], value: object) -> None:
        try:
            then(value)
        except Exception as error:  # noqa: BLE001 - a slip in a view must neither vanish nor end the program
            self._untaken(error)

    def _release(self) -> None:
        if self._button is not None and _lives(self._button):
            self._button.setText(self._label)
            self._button.setEnabled(True)


class Runner(QObject):
    """Starts questions, remembers them, and cancels all of them at the end. `trouble` carries what nobody took."""

    trouble = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._tasks: set[asyncio.Task[None]] = set()
        self._named: dict[tuple[int, str], asyncio.Task[None]] = {}

    def __call__(self, parent: QObject, coroutine: Coroutine[Any, Any, T], *, newest: str = "") -> Work[T]:
        """Begin `coroutine` for `parent`; a question named `newest` replaces the parent's earlier one of that name."""
        work: Work[T] = Work(parent, self.untaken)
        task = asyncio.get_running_loop().create_task(work.follow(coroutine))
        work.task = task
        self._tasks.add(task)
        task.add_done_callback(lambda _: coroutine.close())  # else one cancelled before it began would complain
        task.add_done_callback(self._tasks.discard)
        if newest:
            self._replace((id(parent), newest), task)
        return work

    @property
    def running(self) -> int:
        """How many questions are under way."""
        return len(self._tasks)

    def untaken(self, error: BaseException) -> None:
        """Log `error` whole (the filter of the log hides secrets) and let the window tell it."""
        expected = isinstance(error, TradingError)
        _log.warning(
            "untaken kind=%s", getattr(error, "kind", type(error).__name__), exc_info=None if expected else error
        )
        self.trouble.emit(error)

    async def close(self) -> None:
        """Cancel everything under way and wait until it has let go."""
        tasks = [task for task in self._tasks if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _replace(self, name: tuple[int, str], task: asyncio.Task[None]) -> None:
        earlier = self._named.get(name)
        if earlier is not None:
            earlier.cancel()
        self._named[name] = task
        task.add_done_callback(lambda ended: self._named.pop(name) if self._named.get(name) is ended else None)


def _lives(thing: QObject) -> bool:
    """Whether Qt has not destroyed `thing` yet."""
    from shiboken6 import isValid  # loaded on first use: it costs 50 ms of the start-up

    return isValid(thing)


def _nothing(_: object) -> None:
    """Nobody asked for the result."""


def words_of(error: BaseException) -> tuple[str, str]:
    """Title and next step of any failure, for a person."""
    if isinstance(error, TradingError):
        return error.title, error.next_step
    return tr("Something in Kunji did not work"), redact(
        tr("It is written in the log ({name}). Try again.", name=type(error).__name__)
    )


class EventBridge(QObject):
    """Hands the services' events to widgets, bundled: of one account's pictures only the newest one is told."""

    arrived = Signal(object)

    def __init__(self, events: Events) -> None:
        super().__init__()
        self._waiting: dict[object, Event] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_BUNDLE_MS)
        self._timer.timeout.connect(self._tell)
        self._unsubscribe = events.subscribe(self._take)

    def close(self) -> None:
        """Hear no more."""
        self._unsubscribe()
        self._timer.stop()

    def _take(self, event: Event) -> None:
        key = _subject(event)
        self._waiting.pop(key, None)  # the newest goes last: order among subjects is order of their last news
        self._waiting[key] = event
        if not self._timer.isActive():
            self._timer.start()

    def _tell(self) -> None:
        events, self._waiting = list(self._waiting.values()), {}
        self.arrived.emit(events)


def _subject(event: Event) -> object:
    """Events with the same subject replace each other while they wait; each notice is a subject of its own."""
    match event:
        case AccountChanged(view):
            return ("account", view.user_id)
        case AccountRemoved(user_id):
            return ("account", user_id)
        case PositionsChanged(positions):
            return ("positions", positions.user_id)
        case BookChanged(book):
            return (book.book, book.user_id)
        case MasterChanged(master):
            return ("master", master.broker_type)
        case _:
            return id(event)
