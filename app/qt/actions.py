"""Who does what the table of actions says: the window always, the page on show while it is on show.

A page offers actions of its own with one method, `deeds()`; their names stand in `keyboard.ACTIONS`:

    def deeds(self) -> Sequence[Deed]:
        return (Deed("merge", self.toggle_merged), Deed("export", self.export, why_not=self._why_no_export))

Whoever lives as long as the window gives its deeds once to `Actions.add`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Protocol, runtime_checkable

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from app.domain.records import dataclass
from app.domain.tongue import tr
from app.qt.keyboard import ACTIONS, ActionSpec, spec


def _nothing_in_the_way() -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Deed:
    """What the action `name` does now.

    `why_not` gives the reason in words while it cannot run, "" when it can. `says` takes the place of the table's
    words where these are not definite enough ("Reconnect HUF · Zerodha").
    """

    name: str
    run: Callable[[], object]
    why_not: Callable[[], str] = _nothing_in_the_way
    says: Callable[[], str] | None = None


@runtime_checkable
class Offers(Protocol):
    """A page with actions of its own."""

    def deeds(self) -> Sequence[Deed]:
        """What can be done on this page, whether it can run just now or not."""
        ...


@dataclass(frozen=True, slots=True)
class Offered:
    """An action as it stands: `reason` is why it cannot run, "" when it can."""

    spec: ActionSpec
    says: str
    reason: str
    run: Callable[[], object] | None = None


class Actions(QObject):
    """The shortcuts of `window`, and every action as it stands. `refused` carries what cannot run, and why."""

    refused = Signal(str, str)
    done = Signal(str)

    def __init__(self, window: QWidget, page: Callable[[], object]) -> None:
        """`page` gives the page on show."""
        super().__init__(window)
        self._page = page
        self._deeds: dict[str, Deed] = {}
        for action in ACTIONS:
            for keys in () if action.own else action.keys:
                QShortcut(QKeySequence(keys), window).activated.connect(partial(self.perform, action.name))

    def add(self, deeds: Iterable[Deed]) -> None:
        """These can be done on every page from now on; a name that is not in the table raises `KeyError`."""
        self._deeds |= {spec(deed.name).name: deed for deed in deeds}

    def offered(self, name: str) -> Offered:
        """The action `name` as it stands."""
        return self._stands(spec(name), self._now())

    def all(self) -> tuple[Offered, ...]:
        """Every action as it stands, in the order of the table."""
        deeds = self._now()
        return tuple(self._stands(action, deeds) for action in ACTIONS)

    def perform(self, name: str) -> bool:
        """Do it, or say why not; False when it could not run."""
        found = self.offered(name)
        if found.run is None or found.reason:
            if found.reason:
                self.refused.emit(found.says, found.reason)
            return False
        found.run()
        self.done.emit(name)
        return True

    def _now(self) -> Mapping[str, Deed]:
        page = self._page()
        own = page.deeds() if isinstance(page, Offers) else ()
        return self._deeds | {spec(deed.name).name: deed for deed in own}

    def _stands(self, action: ActionSpec, deeds: Mapping[str, Deed]) -> Offered:
        deed = deeds.get(action.name)
        if deed is None:
            return Offered(action, tr(action.says), tr(action.where))
        says = deed.says() if deed.says is not None else ""
        return Offered(action, says or tr(action.says), deed.why_not(), deed.run)
