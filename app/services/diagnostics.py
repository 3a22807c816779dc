"""What `kunji doctor` and Help > Diagnostics say: how everything stands that Kunji rests on, and what to do about it.

Nothing is changed by looking. All looks go side by side and have one deadline; what cannot be found out in time is not
known, which is not the same as a trouble. Every text passes the mask of the log.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from app.brokers import specs
from app.brokers.base import BrokerSpec
from app.brokers.reach import Door, door_of
from app.domain import Clock, TradingError
from app.domain.records import dataclass
from app.domain.tongue import tr
from app.system.report import clean, stamp

if TYPE_CHECKING:
    from app.services.core import Services
    from app.system.paths import Profile
    from app.vault import Keychain

_log: Final = logging.getLogger(__name__)
_WAIT: Final = 8.0  # seconds for all of them


class Verdict(StrEnum):
    """The three answers, worst first."""

    TROUBLE = "trouble"
    NOT_KNOWN = "not_known"
    OK = "ok"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing: how it stands, and what to do where that is not well."""

    name: str
    says: str
    verdict: Verdict = Verdict.OK
    todo: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """What belongs together."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Everything that was looked at."""

    at: datetime
    sections: tuple[Section, ...]

    @property
    def verdict(self) -> Verdict:
        """The worst of all."""
        found = {line.verdict for section in self.sections for line in section.lines}
        return next((verdict for verdict in Verdict if verdict in found), Verdict.OK)

    @property
    def text(self) -> str:
        """As it is copied and saved."""
        parts = [tr("Kunji diagnostics, {stamp}", stamp=stamp(self.at))]
        parts += ["\n".join([tr(one.title), *(_as_text(line) for line in one.lines)]) for one in self.sections]
        return clean("\n\n".join(parts)) + "\n"


@dataclass(frozen=True, slots=True)
class Face:
    """What only the window knows."""

    tray: bool
    notices: bool  # whether desktop notifications of it carry buttons


@dataclass(frozen=True, slots=True)
class Subject:
    """What is looked at. `doors` by broker key; empty for brokers that are played by code, whose place nobody knows."""

    profile: "Profile"
    clock: Clock
    doors: Mapping[str, tuple[Door, ...]] = field(default_factory=dict)
    keychain: "Keychain | None" = None
    services: "Services | None" = None
    declared: Sequence[BrokerSpec] = ()
    silent: TradingError | None = None  # why the owner of the profile was not asked

    def label(self, broker_type: str) -> str:
        """What the broker is called."""
        return next((spec.label for spec in self.declared if spec.key == broker_type), broker_type)


Look = Callable[[Subject, "Face | None"], Awaitable[Iterable[Line]]]


class Diagnostics:
    """Looks at one profile. `face` is set by a window while there is one."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self.face: Callable[[], Face] | None = None

    @property
    def log_dir(self) -> Path:
        """Where the log lies that tells more."""
        return self._subject.profile.log_dir

    async def run(self) -> Diagnosis:
        """Look at everything, side by side; ends within eight seconds."""
        from app.services.looks import LOOKS  # loaded on first use: start-up

        face = self.face() if self.face is not None else None
        tasks = {(title, name): asyncio.ensure_future(look(self._subject, face)) for title, name, look in LOOKS}
        try:
            await asyncio.wait(tasks.values(), timeout=_WAIT)
            return Diagnosis(self._subject.clock.now(), _sections(tasks))
        finally:
            for task in tasks.values():
                task.cancel()
            await asyncio.gather(*tasks.values(), return_exceptions=True)


def diagnostics_of(
    profile: "Profile",
    clock: Clock,
    *,
    base_url: str | Mapping[str, str] | None = None,
    make_broker: object = None,
    keychain: "Keychain | None" = None,
    declared: Sequence[BrokerSpec] | None = None,
    services: "Services | None" = None,
    silent: TradingError | None = None,
    **_: Any,
) -> Diagnostics:
    """What looks at `profile`, built with what `build_services` is built with.

    Where the brokers are elsewhere (`base_url`) their own hosts are left alone, and so they are for a demo's profile.
    """
    known = tuple(declared or specs())
    doors = {} if make_broker is not None or (profile.is_demo and base_url is None) else _doors(known, base_url)
    return Diagnostics(Subject(profile, clock, doors, keychain, services, known, silent))


def _doors(known: Sequence[BrokerSpec], base_url: str | Mapping[str, str] | None) -> Mapping[str, tuple[Door, ...]]:
    if base_url is None:
        return {spec.key: tuple(Door(host) for host in spec.hosts) for spec in known}
    urls = base_url if isinstance(base_url, Mapping) else {spec.key: base_url for spec in known}
    return {key: (door_of(url),) for key, url in urls.items()}


def _sections(tasks: Mapping[tuple[str, str], "asyncio.Future[Iterable[Line]]"]) -> tuple[Section, ...]:
    found: dict[str, list[Line]] = {}
    for (title, name), task in tasks.items():
        found.setdefault(title, []).extend(_masked(line) for line in _lines(name, task))
    return tuple(Section(title, tuple(lines)) for title, lines in found.items() if lines)


def _lines(name: str, task: "asyncio.Future[Iterable[Line]]") -> Iterable[Line]:
    """What a look found; one that is not over, or that failed, is not known."""
    if not task.done():
        return [Line(tr(name), tr("no answer in time"), Verdict.NOT_KNOWN, tr("Run it once more."))]
    error = task.exception()
    if error is None:
        return task.result()
    _log.warning("a look failed name=%s", name, exc_info=error)
    said = error.title if isinstance(error, TradingError) else type(error).__name__
    return [Line(tr(name), said, Verdict.NOT_KNOWN, tr("The log says more."))]


def _masked(line: Line) -> Line:
    return Line(line.name, clean(line.says), line.verdict, clean(line.todo))


def _as_text(line: Line) -> str:
    todo = f" {line.todo}" if line.todo else ""
    return f"  {line.verdict.value.replace('_', ' '):<9}  {line.name}: {line.says}.{todo}"
