"""The one table of what can be done in the window: it feeds shortcuts, tooltips, the palette and the list of shortcuts.

What an action does is said by who does it (`actions.py`): the window for what can always be done, a page for its own.
A new action is a line here and a `Deed` there; `docs/keyboard.md` is made from this table.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.domain.tongue import tr


class Group(StrEnum):
    """Under which head an action is listed, in the order of the list."""

    VIEWS = "Views"
    ACCOUNTS = "Accounts"
    TABLES = "Tables"
    WINDOW = "Window"
    SETTINGS = "Settings"
    HELP = "Help"


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One action: keys as `QKeySequence` reads them ("Ctrl" is Cmd on macOS), the usual ones first; none for many.

    `says` is what it does and `also` more words by which the palette finds it. `where` is why it cannot run while
    nobody offers it. `own`: the control that has the keyboard hears the keys itself, no shortcut is made of them.
    """

    name: str
    says: str
    group: Group
    keys: tuple[str, ...] = ()
    also: str = ""
    where: str = ""
    own: bool = False


_TABLE: Final = "Only on a page with a table"
_OPENING: Final = "Kunji is still opening"

ACTIONS: Final = (
    ActionSpec("overview", "Overview", Group.VIEWS, ("Alt+1",), "home accounts attention"),
    ActionSpec("positions", "Positions", Group.VIEWS, ("Alt+2",), "p&l profit loss"),
    ActionSpec("holdings", "Holdings", Group.VIEWS, ("Alt+3",), "shares demat portfolio"),
    ActionSpec("orders", "Orders and trades", Group.VIEWS, ("Alt+4",), "order book"),
    ActionSpec("funds", "Funds", Group.VIEWS, ("Alt+5",), "margin money cash limits"),
    ActionSpec("settings", "Settings", Group.VIEWS, ("Ctrl+,",), "preferences options theme"),
    ActionSpec("add", "Add account", Group.ACCOUNTS, ("Ctrl+N",), "connect new broker", _OPENING),
    ActionSpec("repair", "Repair the worst account", Group.ACCOUNTS, ("Ctrl+R",), "reconnect sign in renew", _OPENING),
    ActionSpec("repair_all", "Reconnect all", Group.ACCOUNTS, ("Ctrl+Shift+R",), "sign in", _OPENING),
    *(
        ActionSpec(f"account_{number}", f"Account {number}", Group.ACCOUNTS, (f"Ctrl+{number}",))
        for number in range(1, 10)
    ),
    ActionSpec("filter", "Filter the table", Group.TABLES, ("Ctrl+F", "/"), "search find", _OPENING),
    ActionSpec("clear", "Clear the filter, back to the table", Group.TABLES, ("Esc",)),
    ActionSpec("merge", "By account or merged", Group.TABLES, ("Ctrl+M",), "group instrument", _TABLE),
    ActionSpec("columns", "Choose columns", Group.TABLES, (), "show hide order", _TABLE),
    ActionSpec("copy", "Copy the selected rows", Group.TABLES, ("Ctrl+C",), own=True),
    ActionSpec("export", "Export the table as CSV", Group.TABLES, ("Ctrl+E",), "save file spreadsheet", _TABLE),
    ActionSpec("refresh", "Refresh", Group.WINDOW, ("F5",), "read again reload update", _OPENING),
    ActionSpec("privacy", "Hide amounts", Group.WINDOW, ("Ctrl+Shift+H",), "privacy show mask"),
    ActionSpec("palette", "Find anything", Group.WINDOW, ("Ctrl+K",), "palette commands search", _OPENING),
    ActionSpec("next_region", "Next part of the window", Group.WINDOW, ("F6",), "region focus"),
    ActionSpec("previous_region", "Previous part of the window", Group.WINDOW, ("Shift+F6",), "region focus"),
    ActionSpec("dismiss", "Dismiss the message", Group.WINDOW, (), "close notice", "There is no message"),
    ActionSpec("expire", "Expire the session now", Group.WINDOW, (), "demo", "Only in the demo"),
    ActionSpec("hide", "Close the window", Group.WINDOW, ("Ctrl+W",), "hide tray"),
    ActionSpec("quit", "Quit", Group.WINDOW, ("Ctrl+Q",), "exit leave end"),
    ActionSpec("shortcuts", "All shortcuts", Group.HELP, ("F1", "?"), "keys keyboard help"),
)

_BY_NAME: Final = {spec.name: spec for spec in ACTIONS}


def spec(name: str) -> ActionSpec:
    """The action `name`; raises `KeyError` when there is none."""
    return _BY_NAME[name]


def keys(name: str) -> str:
    """The usual keys of the action `name`, "" for none; raises `KeyError` when there is no such action."""
    return next(iter(spec(name).keys), "")


def hint(name: str) -> str:
    """The tooltip of a control that does the action: "Refresh (F5)"."""
    found = spec(name)
    return f"{tr(found.says)} ({found.keys[0]})" if found.keys else tr(found.says)


def listing() -> tuple[tuple[Group, tuple[tuple[str, tuple[str, ...]], ...]], ...]:
    """What has keys, by group in the order of the table: words and keys; the accounts in one line."""
    lines: dict[Group, list[tuple[str, tuple[str, ...]]]] = {group: [] for group in Group}
    for action in ACTIONS:
        if action.name == "account_1":
            lines[action.group].append(("Account by its place", ("Ctrl+1 \u2026 Ctrl+9",)))
        elif action.keys and not action.name.startswith("account_"):
            lines[action.group].append((action.says, action.keys))
    return tuple((group, tuple(found)) for group, found in lines.items() if found)
