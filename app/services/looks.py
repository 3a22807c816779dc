"""The looks at this computer: program, profile, databases, keychain, desktop. Those at the brokers: `broker_looks`."""

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from app.domain import Busy, KeychainMissing, NotFound, TradingError, VaultError, Worker
from app.domain.tongue import tr
from app.services.broker_looks import accounts, calls, clocks, hosts, lists
from app.services.diagnostics import Face, Line, Look, Subject, Verdict

if TYPE_CHECKING:
    from app.store.look import Looked
    from app.system.desktop_look import DesktopLooked

T = TypeVar("T")
_LITTLE: Final = 200_000_000  # bytes of a disk below which writing may soon fail
_MEGABYTE: Final = 1_000_000
_KEYCHAINS: Final = {
    "SecretService": "Secret Service",
    "kwallet": "KWallet",
    "Windows": "Windows Credential Manager",
    "macOS": "macOS Keychain",
}


async def program(subject: Subject, _: Face | None) -> Iterable[Line]:
    """Versions."""
    from app.system.versions import desktop_name, versions  # loaded on first use: start-up

    found = await blocking(versions)
    desktop = {"Desktop": desktop_name()} if desktop_name() else {}
    return [Line(name, version) for name, version in (found | desktop).items()] + list(_owner(subject))


def _owner(subject: Subject) -> Iterable[Line]:
    """Whether the one who has the profile open could be asked."""
    if isinstance(subject.silent, Busy):
        todo = tr("End it in the system's list of processes, then start Kunji again.")
        yield Line(tr("Window"), tr("Kunji is open and does not answer"), Verdict.TROUBLE, todo)
    elif subject.silent is not None and not isinstance(subject.silent, NotFound):
        yield Line(tr("Window"), subject.silent.title, Verdict.TROUBLE, subject.silent.next_step)
    elif subject.services is None:
        yield Line(
            tr("Window"), tr("Kunji is not open"), Verdict.NOT_KNOWN, tr("Open it and ask again: it knows more.")
        )
    else:
        yield Line(tr("Window"), tr("Kunji is open and answers"))


async def profile(subject: Subject, _: Face | None) -> Iterable[Line]:
    """The rights of folder and files, and the room on the disk."""
    from app.system import profile_look  # as above

    found = await blocking(lambda: profile_look.look(subject.profile))
    where = str(found.directory)
    lines = [Line(tr("Folder"), where) if found.writable else _trouble("Folder", "{what} cannot be written", where)]
    lines.append(_rights(found.open_to_others))
    room = tr("{count} MB free", count=found.free // _MEGABYTE)
    full = found.free < _LITTLE
    todo = tr("Free some space: what cannot be written is not kept.") if full else ""
    return [*lines, Line(tr("Disk"), room, Verdict.TROUBLE if full else Verdict.OK, todo)]


def _rights(open_to_others: tuple[str, ...] | None) -> Line:
    name = tr("Rights")
    if open_to_others is None:
        return Line(name, tr("those of your own application data folder"))
    if not open_to_others:
        return Line(name, tr("yours alone"))
    says = tr("other users may look into {names}", names=", ".join(open_to_others[:3]))
    return Line(name, says, Verdict.TROUBLE, tr("Start Kunji once more: it closes what is its own."))


async def databases(subject: Subject, _: Face | None) -> Iterable[Line]:
    """Both files, from end to end."""
    paths = (subject.profile.vault_path, subject.profile.app_path)
    return [_database(path, await _looked(path)) for path in paths]


async def _looked(path: Path) -> "Looked | VaultError | None":
    from app.store import look  # as above

    try:
        return await blocking(lambda: look.look(path))
    except VaultError as error:
        return error


def _database(path: Path, found: "Looked | VaultError | None") -> Line:
    if found is None:
        return Line(path.name, tr("not made yet"))
    if isinstance(found, Busy):
        return Line(path.name, tr("somebody is writing"), Verdict.NOT_KNOWN, tr("Run it once more."))
    if isinstance(found, VaultError):
        return Line(path.name, f"{found.kind}: {found.detail}", Verdict.TROUBLE, found.next_step)
    size = f"{max(1, found.size // 1000)} kB"
    return Line(path.name, tr("whole, version {version} of {newest}, {size}", version=found.version,
                              newest=found.newest, size=size))  # fmt: skip


async def keychain(subject: Subject, _: Face | None) -> Iterable[Line]:
    """Which one it is, and whether it answers; no key is asked for."""
    from app.vault import look  # as above

    name = tr("Keychain")
    try:
        found = await blocking(lambda: look.look(subject.keychain))
    except KeychainMissing as error:
        return [Line(name, tr("there is none"), Verdict.TROUBLE, error.next_step)]
    except TradingError as error:
        return [Line(name, error.title, Verdict.TROUBLE, error.next_step)]
    called = _KEYCHAINS.get(found.backend, found.backend)
    if found.locked:
        says = tr("{keychain} answers and is locked", keychain=called)
        return [Line(name, says, Verdict.TROUBLE, tr("Unlock it: your sessions cannot be read until then."))]
    return [Line(name, tr("{keychain} answers", keychain=called)), *_key(subject)]


def _key(subject: Subject) -> Iterable[Line]:
    """Whether the vault could be opened with what lies in it."""
    if subject.services is None:
        return
    error = subject.services.vault.key_error
    if error is None:
        yield Line(tr("Key"), tr("opens the credential store"))
    else:
        yield Line(tr("Key"), error.title, Verdict.TROUBLE, error.next_step)


async def desktop(_: Subject, face: Face | None) -> Iterable[Line]:
    """Notifications and the tray."""
    from app.system import desktop_look  # as above

    found = await desktop_look.look()
    return [_notifications(found, face), *_tray(found, face)]


def _notifications(found: "DesktopLooked | None", face: Face | None) -> Line:
    name = tr("Notifications")
    todo = tr("Install a notification service; until then Kunji tells things in its window.")
    if found is None:
        if sys.platform != "linux":
            return Line(name, tr("shown by the tray icon, without buttons"))
        return Line(name, tr("there is no session bus"), Verdict.TROUBLE, todo)
    if not found.notifier:
        return Line(name, tr("there is no service"), Verdict.TROUBLE, todo)
    buttons = tr("with buttons") if "actions" in found.can else tr("without buttons")
    says = tr("{service}, {buttons}", service=found.notifier, buttons=buttons)
    if face is not None and not face.notices and "actions" in found.can:
        return Line(name, says, Verdict.TROUBLE, tr("It came after Kunji: start Kunji once more to use it."))
    return Line(name, says)


def _tray(found: "DesktopLooked | None", face: Face | None) -> Iterable[Line]:
    """From outside only a tray on the bus is seen; that there is another one the window knows."""
    name, todo = tr("Tray"), tr("Kunji ends when its window is closed. Your desktop may offer a tray as an extension.")
    if face is not None:
        yield Line(name, tr("there is one")) if face.tray else Line(name, tr("there is none"), Verdict.TROUBLE, todo)
    elif found is not None and found.tray:
        yield Line(name, tr("there is one"))


def _trouble(name: str, says: str, what: str) -> Line:
    todo = tr("Make it writable for you, or choose another one with --profile-dir.")
    return Line(tr(name), tr(says, what=what), Verdict.TROUBLE, todo)


async def blocking(call: Callable[[], T]) -> T:
    """Run what blocks on a thread of its own; one that hangs is left behind."""
    worker = Worker("doctor")
    try:
        return await worker.run(call)
    finally:
        worker.stop()


LOOKS: Final[tuple[tuple[str, str, Look], ...]] = (
    ("Program", "Versions", program),
    ("Profile", "Folder", profile),
    ("Databases", "Databases", databases),
    ("Keychain", "Keychain", keychain),
    ("Desktop", "Desktop", desktop),
    ("Accounts", "Accounts", accounts),
    ("Brokers", "Hosts", hosts),
    ("Brokers", "Clock", clocks),
    ("Instruments", "Lists", lists),
    ("Calls", "Calls", calls),
)
"""Section, what is not known when the look fails, and the look."""
