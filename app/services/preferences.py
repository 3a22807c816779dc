"""What the user has set: typed, checked, kept in the settings. What can be set is said in `setting_table`.

A stored value that cannot be right counts as never set: a preference must not keep Kunji from starting.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from app.domain import InvalidRequest
from app.domain.tongue import tr
from app.services.events import Events
from app.services.quiet import DEFAULT, QuietHours
from app.services.setting_kinds import wrong
from app.services.setting_table import BY_NAME, NAMES, SETTINGS
from app.services.views import PreferencesChanged, PreferencesView

if TYPE_CHECKING:
    from app.store import AppStore

_SETTING: Final = "preferences"
Change = Callable[[PreferencesView, PreferencesView], None]
"""Told of what holds and of what is wanted instead."""


class Preferences:
    """What holds now, and the way to change it. `quiet_hours` hold until the user says otherwise."""

    def __init__(self, store: "AppStore", events: Events, quiet_hours: QuietHours | None = DEFAULT) -> None:
        self._store = store
        self._events = events
        self._changing = asyncio.Lock()
        self.before: Change = lambda _held, _wanted: None  # does what may be refused, and raises why it is
        quiet = (quiet_hours.begin, quiet_hours.end) if quiet_hours is not None else None
        stored: dict[str, Any] = store.settings.get(_SETTING, {})
        self._view = _restored(PreferencesView(quiet=quiet), stored)

    @property
    def view(self) -> PreferencesView:
        """All of them."""
        return self._view

    @property
    def quiet_hours(self) -> QuietHours | None:
        """The hours in which nothing is told; None when the user wants none."""
        return QuietHours(*self._view.quiet) if self._view.quiet is not None else None

    def found(self, **changes: Any) -> None:
        """What holds by the machine's own word, whatever was stored; before anybody has asked."""
        self._view = replace(self._view, **changes)

    async def put(self, wanted: PreferencesView) -> PreferencesView:
        """Keep `wanted` and let everyone know.

        Raises `InvalidRequest`, whose field is the name of the preference, or the `VaultError` that kept it from the
        disk; then nothing has changed.
        """
        check(wanted)
        held = self._view
        if wanted != held:
            self.before(held, wanted)
            await self._keep(held, wanted)
            self._view = wanted
            self._events.publish(PreferencesChanged(wanted))
        return self._view

    async def put_text(self, name: str, text: str) -> PreferencesView:
        """Change one as it is written on the command line: "08:45", "22:00-08:00", "10", "on", "off", "dark"."""
        return await self.put_texts({name: text})

    async def put_texts(self, texts: Mapping[str, str]) -> PreferencesView:
        """Change several at once, all of them or none."""
        async with self._changing:  # two of them changed at once are both kept
            return await self.put(with_texts(self._view, texts))

    async def _keep(self, held: PreferencesView, wanted: PreferencesView) -> None:
        try:
            await self._store.settings.set(_SETTING, {name: text_of(wanted, name) for name in NAMES})
        except BaseException:  # what was done before it is undone; it is raised on
            self.before(wanted, held)
            raise


def check(wanted: PreferencesView) -> None:
    """Raise `InvalidRequest` for what cannot be meant."""
    for one in SETTINGS:
        one.kind.check(one.name, getattr(wanted, one.name))


def text_of(view: PreferencesView, name: str) -> str:
    """One preference as it is written: what `put_text` takes."""
    return BY_NAME[name].kind.write(getattr(view, name))


def with_texts(view: PreferencesView, texts: Mapping[str, str]) -> PreferencesView:
    """`view` with what is written in `texts`, not checked yet; raises `InvalidRequest` for what cannot be read."""
    return replace(view, **{name: _read(name, text) for name, text in texts.items()})


def _restored(view: PreferencesView, stored: Mapping[str, Any]) -> PreferencesView:
    for name in NAMES:
        text = stored.get(name)
        try:
            if isinstance(text, str):
                changed = with_texts(view, {name: text})
                check(changed)
                view = changed
        except InvalidRequest:  # of another version, or damaged: what was offered holds
            continue
    return view


def _read(name: str, text: str) -> Any:
    if name not in BY_NAME:
        title = tr("There is no setting named {name}", name=name)
        raise wrong(name, title, tr("There are {names}.", names=", ".join(NAMES)))
    return BY_NAME[name].kind.read(name, text.strip().lower())
