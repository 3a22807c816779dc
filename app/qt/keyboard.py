"""The one table of what can be done in the window: it feeds shortcuts, tooltips, the palette and the list of shortcuts.

What an action does is said by who does it (`actions.py`): the window for what can always be done, a page for its own.
A new action is a line here and a `Deed` there; `docs/keyboard.md` is made from this table.
"""

from enum import StrEnum
from typing import Final

from app.domain.records import dataclass
from app.domain.tongue import tr


class Group(StrEnum):
    """Under which head an action is listed, in the order of the list."""

    VIEWS = "Views"
    ACCOUNTS = "Accounts"
    TABLES = "Tables"
    ORDERS = "Orders"
    WINDOW = "Window"
    SETTINGS = "Settings"
    HELP = "Help"


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One action: keys as `QKeySequence` reads them ("Ctrl" is Cmd on macOS), the usual ones first; none for many.

    `says` is its name on the screen, `does` what will happen, `also` more words by which the palette finds it. `where`
    is why it cannot run while nobody offers it. `own`: the control that has the keyboard hears the keys itself.
    """

    name: str
    says: str
    group: Group
    keys: tuple[str, ...] = ()
    does: str = ""
    also: str = ""
    where: str = ""
    own: bool = False


_TABLE: Final = "Only on a page with a table"
_V, _A, _T, _W, _H = Group.VIEWS, Group.ACCOUNTS, Group.TABLES, Group.WINDOW, Group.HELP
_O: Final = Group.ORDERS
_BOOK: Final = "Only on the page of orders"
_HELD: Final = "Only on the page of positions"

ACTIONS: Final = (
    ActionSpec("overview", "Overview", _V, ("Alt+1",), "every account, the worst first", "home attention"),
    ActionSpec("positions", "Positions", _V, ("Alt+2",), "open and closed today, with P&L", "p&l profit loss"),
    ActionSpec("holdings", "Holdings", _V, ("Alt+3",), "shares held at the brokers", "shares demat portfolio"),
    ActionSpec("orders", "Orders and trades", _V, ("Alt+4",), "of today; change, cancel", "order book"),
    ActionSpec("funds", "Funds", _V, ("Alt+5",), "what is available, and what is used", "margin money cash limits"),
    ActionSpec("settings", "Settings", _V, ("Ctrl+,",), "what you set", "preferences options theme dark light"),
    ActionSpec("add", "Add account", _A, ("Ctrl+N",), "opens the form", "connect new broker"),
    ActionSpec("repair", "Repair the worst account", _A, ("Ctrl+R",), "its one button", "reconnect renew"),
    ActionSpec("repair_all", "Reconnect all", _A, ("Ctrl+Shift+R",), "signs in to one after another"),
    *(
        ActionSpec(f"account_{number}", f"Account {number}", _A, (f"Ctrl+{number}",), "its page")
        for number in range(1, 10)
    ),
    ActionSpec("filter", "Filter the table", _T, ("Ctrl+F", "/"), "type what to look for", "search find"),
    ActionSpec("clear", "Clear the filter", _T, ("Esc",), "and back to the table"),
    ActionSpec("merge", "By account or merged", _T, ("Ctrl+M",), "one line a contract, or each", "group", _TABLE),
    ActionSpec("columns", "Choose columns", _T, (), "which are shown, and in which order", "show hide order", _TABLE),
    ActionSpec("copy", "Copy the selected rows", _T, ("Ctrl+C",), "with their heads, for a spreadsheet", own=True),
    ActionSpec("export", "Export the table", _T, ("Ctrl+E",), "as a CSV file", "save csv spreadsheet", _TABLE),
    ActionSpec("order", "New order", _O, ("Ctrl+T",), "opens a ticket; nothing is sent", "buy sell trade ticket"),
    ActionSpec("buy", "Buy", _O, ("B",), "opens a ticket for the chosen row, once the settings allow it", own=True),
    ActionSpec("sell", "Sell", _O, ("S",), "opens a ticket for the chosen row, once the settings allow it", own=True),
    ActionSpec("change_order", "Change order", _O, ("Ctrl+Return",), "opens its ticket", "modify edit price", _BOOK),
    ActionSpec("cancel_order", "Cancel order", _O, ("Ctrl+Del",), "the chosen ones, at once", "withdraw", _BOOK),
    ActionSpec("cancel_all", "Cancel all orders", _O, (), "whatever rests; asks once", "withdraw every"),
    ActionSpec("exit", "Exit", _O, ("Ctrl+Shift+E",), "the chosen positions; asks first", "close square off", _HELD),
    ActionSpec("exit_all", "Exit all positions", _O, (), "of all accounts; asks first", "close square off flat"),
    ActionSpec("refresh", "Refresh", _W, ("F5",), "reads everything again now", "reload update"),
    ActionSpec("privacy", "Hide amounts", _W, ("Ctrl+Shift+H",), "and quantities, everywhere at once", "privacy show"),
    ActionSpec("palette", "Find anything", _W, ("Ctrl+K",), "accounts, views, actions, instruments"),
    ActionSpec("next_region", "Next part of the window", _W, ("F6",), "sidebar, top bar, toolbar, table, totals"),
    ActionSpec("previous_region", "Previous part of the window", _W, ("Shift+F6",), "the other way round"),
    ActionSpec("dismiss", "Dismiss the message", _W, (), "at the foot of the window", "close notice"),
    ActionSpec("expire", "Expire the session now", _W, (), "as a broker does at 06:00", "demo", "Only in the demo"),
    ActionSpec("hide", "Close the window", _W, ("Ctrl+W",), "Kunji goes on in the tray, where there is one", "hide"),
    ActionSpec("quit", "Quit", _W, ("Ctrl+Q",), "ends Kunji; nothing is told any more", "exit leave"),
    ActionSpec("help", "Help", _H, (), "shortcuts, diagnostics, the log", "doctor log about licence version trouble"),
    ActionSpec(
        "diagnostics", "Diagnostics", _H, (), "what Kunji stands on, and what is amiss", "doctor versions clock"
    ),
    ActionSpec("log", "Log", _H, (), "what was written, without secrets", "trouble errors file"),
    ActionSpec("move", "Move to another computer", _H, (), "a checklist made from your accounts", "export import new"),
    ActionSpec("shortcuts", "All shortcuts", _H, ("F1", "?"), "this list", "keys keyboard help"),
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
