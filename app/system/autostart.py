"""Starting with the user's session on Linux: an entry in the autostart folder, by the desktops' own rule (XDG).

The folder is the truth, not a setting of ours: what is switched off in the desktop's own settings is off. An entry that
came with the package, for all users, is overruled by one of the user's, never touched.
"""

import hashlib
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

import app
from app.domain import InvalidRequest, ReadOnly
from app.domain.tongue import tr
from app.system.paths import Profile, default_profile_dir

_FIELD: Final = "start_at_login"
_SECTION: Final = "Desktop Entry"
_MODULE: Final = "app"
_RESERVED: Final = frozenset(" \t\n\"'\\><~|&;$*?#()`")
_ESCAPED: Final = str.maketrans({'"': '\\"', "`": "\\`", "$": "\\$", "\\": "\\\\"})


class Autostart:
    """The entry of one profile."""

    def __init__(self, profile: Profile, *, command: Sequence[str] | None = None) -> None:
        """`command` starts this program; by default as it was started itself."""
        self._profile = profile
        self._command = command

    @property
    def offered(self) -> bool:
        """Whether there is such a thing here: not yet elsewhere than on Linux, and never for the demo."""
        return sys.platform == "linux" and not self._profile.is_demo

    @property
    def is_on(self) -> bool:
        """Whether Kunji is started at the next login."""
        if not self.offered:
            return False
        entry = next((path for path in (self.path, *self._for_everyone) if path.exists()), None)
        return entry is not None and _is_enabled(entry)

    @property
    def path(self) -> Path:
        """The user's own entry."""
        return _config_home() / "autostart" / self._name

    def renew(self, *, hidden: bool) -> None:
        """Name this program in the entry when the one that it names is gone: another version, another folder."""
        started = _entry(self.path).get("TryExec") if self.offered and _is_enabled(self.path) else None
        if started and Path(started).is_absolute() and not Path(started).exists():
            with suppress(ReadOnly):  # nothing is lost by it that was there
                self.put(on=True, hidden=hidden)

    def put(self, *, on: bool, hidden: bool) -> None:
        """Start with the session, without a window when `hidden`, or not. Raises `InvalidRequest` or `ReadOnly`."""
        if on and not self.offered:
            raise InvalidRequest(
                "no autostart here",
                title=tr("Kunji cannot start itself at login here"),
                next_step=tr("Only Linux is supported so far, and never the demo."),
                field=_FIELD,
            )
        try:
            if on:
                self._write(self._entry(hidden=hidden))
            elif any(_is_enabled(path) for path in self._for_everyone):
                self._write(f"[{_SECTION}]\nType=Application\nName=Kunji\nHidden=true\n")
            else:
                self.path.unlink(missing_ok=True)
        except OSError as error:
            raise ReadOnly(
                f"{self.path}: {error.strerror}",
                title=tr("The entry that starts Kunji at login cannot be written"),
                next_step=tr("Make its folder writable for you and try again."),
                field=_FIELD,
            ) from error

    @property
    def _name(self) -> str:
        """As the package calls its entry; a profile elsewhere has one of its own."""
        if self._profile.directory == default_profile_dir():
            return "kunji.desktop"
        mark = hashlib.sha256(os.fsencode(self._profile.directory)).hexdigest()[:12]
        return f"kunji-{mark}.desktop"

    @property
    def _for_everyone(self) -> list[Path]:
        """The entries of that name that all users share, the strongest first."""
        import platformdirs  # loaded on first use: start-up

        places = platformdirs.site_config_dir(multipath=True).split(os.pathsep)
        return [Path(place) / "autostart" / self._name for place in places]

    def _entry(self, *, hidden: bool) -> str:
        command = list(self._command or this_program())
        place = [] if self._profile.directory == default_profile_dir() else ["--profile-dir", self._profile.directory]
        words = [*command, *map(str, place), *(["--hidden"] if hidden else [])]
        lines = {
            "Type": "Application",
            "Name": "Kunji",
            "Comment": "Keeps your broker accounts connected",
            "Exec": _value(" ".join(map(_quoted, words))),
            "TryExec": _value(command[0]),  # an entry whose program is gone is passed over
            "Icon": "kunji",
            "Terminal": "false",
            "StartupNotify": "false",
            "X-GNOME-Autostart-enabled": "true",
        }
        if _MODULE in command:  # a source tree is started in its own folder
            lines["Path"] = _value(str(Path(app.__file__).parents[1]))
        return f"[{_SECTION}]\n" + "".join(f"{key}={value}\n" for key, value in lines.items())

    def _write(self, text: str) -> None:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside = self.path.with_name(self.path.name + ".new")
        beside.write_text(text, encoding="utf-8")
        beside.replace(self.path)


def this_program() -> list[str]:
    """The words that start this very Kunji: the packaged one, the command of an installation, or the module."""
    if getattr(sys, "frozen", False):
        return [sys.executable]
    started = Path(sys.argv[0])
    command = str(started.absolute()) if started.name == "kunji" and started.exists() else shutil.which("kunji")
    return [command] if command else [sys.executable, "-m", _MODULE]


def _config_home() -> Path:
    import platformdirs  # loaded on first use: start-up

    return Path(platformdirs.user_config_dir())


def _is_enabled(path: Path) -> bool:
    """Whether the desktop follows this entry; one that cannot be read it passes over."""
    entry = _entry(path)
    hidden = entry.get("Hidden", "false").strip().lower() == "true"
    wanted = entry.get("X-GNOME-Autostart-enabled", "true").strip().lower() == "true"
    return bool(entry) and wanted and not hidden


def _entry(path: Path) -> Mapping[str, str]:
    """What stands in an entry; nothing where it cannot be read."""
    import configparser  # loaded on first use: start-up

    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, configparser.Error):
        return {}
    return parser[_SECTION] if parser.has_section(_SECTION) else {}


def _quoted(word: str) -> str:
    """One argument of an Exec line, by the desktop entry specification."""
    word = word.replace("%", "%%")
    return f'"{word.translate(_ESCAPED)}"' if not word or _RESERVED & set(word) else word


def _value(text: str) -> str:
    """A text as the value of a key."""
    return text.replace("\\", "\\\\")
