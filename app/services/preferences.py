"""What the user sets about being told, and how Kunji reaches the brokers: typed, checked, kept in the settings.

A stored value that cannot be right counts as never set: a preference must not keep Kunji from starting.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import time
from typing import TYPE_CHECKING, Any, Final

from app.domain import InvalidRequest
from app.services.events import Events
from app.services.quiet import DEFAULT, QuietHours
from app.services.views import PreferencesChanged, PreferencesView

if TYPE_CHECKING:
    from app.store import AppStore

NAMES: Final = ("readiness", "quiet", "snooze", "ipv4_only")
"""The preferences by name, as the command line takes them; each is a field of `PreferencesView`."""

LONGEST_SNOOZE: Final = 240  # minutes
_SETTING: Final = "preferences"
_OFF: Final = "off"
_ON: Final = "on"
_NEVER_SET: Final = object()


class Preferences:
    """What holds now, and the way to change it. `quiet_hours` hold until the user says otherwise."""

    def __init__(self, store: "AppStore", events: Events, quiet_hours: QuietHours | None = DEFAULT) -> None:
        self._store = store
        self._events = events
        self._changing = asyncio.Lock()
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

    async def put(self, wanted: PreferencesView) -> PreferencesView:
        """Keep `wanted` and let everyone know.

        Raises `InvalidRequest`, whose field is the name of the preference, or the `VaultError` that kept it from the
        disk; then nothing has changed.
        """
        check(wanted)
        if wanted != self._view:
            await self._store.settings.set(_SETTING, {name: text_of(wanted, name) for name in NAMES})
            self._view = wanted
            self._events.publish(PreferencesChanged(wanted))
        return self._view

    async def put_text(self, name: str, text: str) -> PreferencesView:
        """Change one as it is written on the command line: "08:45", "22:00-08:00", "10", "on", "off"."""
        async with self._changing:  # two of them changed at once are both kept
            return await self.put(_with_text(self._view, name, text))


def check(wanted: PreferencesView) -> None:
    """Raise `InvalidRequest` for what cannot be meant."""
    if wanted.quiet is not None and wanted.quiet[0] == wanted.quiet[1]:
        raise _wrong("quiet", "The quiet hours begin when they end", 'Give two times, or "off" for none.')
    if not 1 <= wanted.snooze <= LONGEST_SNOOZE:
        raise _wrong("snooze", f"A notice comes again after 1 to {LONGEST_SNOOZE} minutes", "Give a number of minutes.")


def text_of(view: PreferencesView, name: str) -> str:
    """One preference as it is written: what `put_text` takes."""
    value = getattr(view, name)
    if value is None or isinstance(value, bool):
        return _ON if value else _OFF
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, tuple):
        return "-".join(f"{one:%H:%M}" for one in value)
    return str(value)


def _restored(view: PreferencesView, stored: Mapping[str, Any]) -> PreferencesView:
    for name in NAMES:
        text = stored.get(name, _NEVER_SET)
        try:
            if isinstance(text, str):
                changed = _with_text(view, name, text)
                check(changed)
                view = changed
        except InvalidRequest:  # of another version, or damaged: what was offered holds
            continue
    return view


def _with_text(view: PreferencesView, name: str, text: str) -> PreferencesView:
    if name not in _READERS:
        raise _wrong(name, f"There is no preference named {name}", f"There are {', '.join(NAMES)}.")
    return replace(view, **{name: _READERS[name](text.strip().lower())})


def _readiness(text: str) -> time | None:
    hint = 'Write it as 08:45, Indian time, or "off".'
    return None if text == _OFF else _time(text, "readiness", hint)


def _quiet(text: str) -> tuple[time, time] | None:
    hint = 'Write them as 22:00-08:00, Indian time, or "off".'
    if text == _OFF:
        return None
    begin, _, end = text.partition("-")
    return _time(begin, "quiet", hint), _time(end, "quiet", hint)


def _snooze(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise _wrong("snooze", f"{text} is no number of minutes", "Write it as 10.")
    return int(text[:9])


def _ipv4_only(text: str) -> bool:
    if text not in (_ON, _OFF):
        raise _wrong("ipv4_only", f"{text} is neither on nor off", 'Write "on" or "off".')
    return text == _ON


def _time(text: str, name: str, hint: str) -> time:
    hour, _, minute = text.strip().partition(":")
    numbers = (hour, minute)
    if not all(part.isascii() and part.isdigit() and len(part) <= len("00") for part in numbers):
        raise _wrong(name, f"{text} is no time of day", hint)
    try:
        return time(int(hour), int(minute))
    except ValueError:
        raise _wrong(name, f"{text} is no time of day", hint) from None


def _wrong(name: str, title: str, next_step: str) -> InvalidRequest:
    return InvalidRequest(f"{name}: {title}", title=title, next_step=next_step, field=name)


_READERS: Final[Mapping[str, Callable[[str], Any]]] = {
    "readiness": _readiness,
    "quiet": _quiet,
    "snooze": _snooze,
    "ipv4_only": _ipv4_only,
}
