"""Every shortcut in one table; menus, tooltips and the window take them from here (design.md section 11)."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Shortcut:
    """Keys as `QKeySequence` reads them ("Ctrl" is Cmd on macOS) and what they do, in words."""

    name: str
    keys: str
    says: str


SHORTCUTS: Final = (
    Shortcut("overview", "Alt+1", "Overview"),
    Shortcut("positions", "Alt+2", "Positions"),
    Shortcut("add", "Ctrl+N", "Add account"),
    Shortcut("repair", "Ctrl+R", "Repair the worst account"),
    Shortcut("repair_all", "Ctrl+Shift+R", "Reconnect all"),
    Shortcut("refresh", "F5", "Refresh"),
    Shortcut("filter", "Ctrl+F", "Filter positions"),
    Shortcut("filter_slash", "/", "Filter positions"),
    Shortcut("privacy", "Ctrl+Shift+H", "Hide amounts"),
    Shortcut("settings", "Ctrl+,", "Settings"),
    Shortcut("help", "F1", "All shortcuts"),
    Shortcut("hide", "Ctrl+W", "Close the window"),
    Shortcut("quit", "Ctrl+Q", "Quit"),
    *(Shortcut(f"account_{number}", f"Ctrl+{number}", f"Account {number}") for number in range(1, 10)),
)

_BY_NAME: Final = {shortcut.name: shortcut for shortcut in SHORTCUTS}


def keys(name: str) -> str:
    """The keys of the shortcut `name`; raises `KeyError` when there is none."""
    return _BY_NAME[name].keys


def hint(name: str) -> str:
    """The tooltip of a control with a shortcut: "Refresh (F5)"."""
    shortcut = _BY_NAME[name]
    return f"{shortcut.says} ({shortcut.keys})"
