"""What goes over the session bus to and from the notification service, as dbus-monitor prints it."""

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_CALL: Final = re.compile(r"^(?:method call|signal) .*?member=(\w+)", re.MULTILINE)
_TEXT: Final = re.compile(r'^ +string "(.*?)"$', re.MULTILINE | re.DOTALL)
_NUMBER: Final = re.compile(r"^ +uint32 (\d+)$", re.MULTILINE)


@dataclass(frozen=True)
class Message:
    """One call or signal: its member (Notify, ActionInvoked, ...), its texts and whole numbers in order."""

    member: str
    texts: tuple[str, ...]
    numbers: tuple[int, ...]
    raw: str


class Bus:
    """A monitor that writes to a file; `messages` reads it."""

    def __init__(self, env: Mapping[str, str], log: Path) -> None:
        self._log = log
        with log.open("wb") as out:
            self._monitor = subprocess.Popen(
                ["dbus-monitor", "--session", "interface=org.freedesktop.Notifications"],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.DEVNULL,
                env=dict(env),
            )

    def messages(self, member: str = "") -> list[Message]:
        """Everything so far, or what has the name `member`."""
        raw = self._log.read_text(errors="replace")
        starts = [found.start() for found in _CALL.finditer(raw)]
        parts = [raw[begin:stop] for begin, stop in zip(starts, [*starts[1:], len(raw)], strict=True)]
        found = [_message(part) for part in parts]
        return [message for message in found if member in ("", message.member)]

    def close(self) -> None:
        """Stop the monitor."""
        self._monitor.kill()
        self._monitor.wait()


def _message(raw: str) -> Message:
    name = _CALL.match(raw)
    texts, numbers = _TEXT.findall(raw), _NUMBER.findall(raw)
    return Message(name.group(1) if name else "", tuple(texts), tuple(int(number) for number in numbers), raw)
