"""What the window remembers of its user: look, last view, hidden amounts; and what is saved before the session ends."""

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject

from app.qt.in_sight import InSight
from app.qt.ports import ServicesPort
from app.qt.window import Window
from app.services.views import Event, PreferencesChanged, PreferencesView

if TYPE_CHECKING:
    from app.qt.window_state import WindowState
    from app.system.early import EarlyFile

LOOK: Final = "look"
_VIEW: Final = "window.view"
_HIDDEN: Final = "window.amounts_hidden"
_ONCE: Final = frozenset({"add", "settings", "move", "help", "log"})  # one goes there to do something, then leaves


class AtHome(QObject):
    """Between the services and the window. `begin` before the window is attached, `follow` after it."""

    def __init__(self, window: Window, early: "EarlyFile | None", place: "WindowState | None") -> None:
        super().__init__(window)
        self._window, self._theme, self._early, self._place = window, window.theme, early, place
        self._services: ServicesPort | None = None
        self._in_sight = InSight(window)

    def begin(self, services: ServicesPort) -> str:
        """Wear the look that was chosen, hide amounts where they were to stay hidden; gives the view of last time."""
        self._services = services
        held = services.preferences.view
        self._wear(held)
        if held.keep_privacy and services.ui_state.get(_HIDDEN) is True:
            self._window.topbar.privacy.setChecked(True)
        view: Any = services.ui_state.get(_VIEW)
        return view if isinstance(view, str) and view not in _ONCE else "overview"

    def follow(self) -> None:
        """Keep what changes from now on."""
        window = self._window
        window.topbar.privacy.toggled.connect(self._on_privacy)
        window.pages.currentChanged.connect(self._on_view)

    def hear(self, event: Event) -> None:
        """Another look, at once; a listener of `Events`."""
        if isinstance(event, PreferencesChanged):
            self._wear(event.view)

    def save(self) -> None:
        """The place of the window, and where one is in it."""
        if self._place is not None:
            self._place.save()
        self._on_view()

    def close(self) -> None:
        """The last time."""
        self.save()
        self._in_sight.close()

    def _wear(self, held: PreferencesView) -> None:
        if held.theme != self._theme.look:
            self._theme.choose(held.theme)
        if self._early is not None:
            self._early.put(LOOK, held.theme)

    def _on_privacy(self, hidden: bool) -> None:
        if self._services is not None:
            self._services.ui_state.put(_HIDDEN, hidden)

    def _on_view(self, _page: int = 0) -> None:
        view = self._window.pages.current
        if self._services is not None and self._window.desk is not None and view not in _ONCE:
            self._services.ui_state.put(_VIEW, view)
