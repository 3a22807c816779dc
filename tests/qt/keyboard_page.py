"""Writes docs/keyboard.md from the table of actions.

python tests/qt/keyboard_page.py
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/keyboard.md"
sys.path.insert(0, str(ROOT))

from app.qt.keyboard import ACTIONS, ActionSpec, Group  # noqa: E402 - the folder of the program comes first

HEAD = """# Everything by keyboard

Made from the table of actions in `app/qt/keyboard.py`, which also feeds the tooltips, the palette (Ctrl+K) and the list
that F1 shows. On macOS it is Cmd for Ctrl. What has no keys here is found with the palette: a few letters of its name,
the beginnings of its words in any order ("rec huf" finds "Reconnect HUF · Zerodha").

Tab and Shift+Tab go through all controls as they are read; F6 and Shift+F6 walk over the parts of the window. In a
table the arrows move, Enter opens the details of a row and the context-menu key its menu.
"""


def page() -> str:
    parts = [HEAD]
    for group in Group:
        rows = [row(action) for action in ACTIONS if action.group is group and numbered(action) in (0, 1)]
        if rows:
            parts.append("\n".join([f"## {group}", "", "| Keys | What | |", "|---|---|---|", *rows, ""]))
    return "\n".join(parts)


def numbered(action: ActionSpec) -> int:
    """The account's number, 0 for every other action: the nine stand in one line."""
    return int(action.name.removeprefix("account_")) if action.name.startswith("account_") else 0


def row(action: ActionSpec) -> str:
    if numbered(action):
        return "| Ctrl+1 … Ctrl+9 | Account by its place in the list | its page |"
    pressed = " or ".join(f"`{keys}`" for keys in action.keys)
    where = f" ({action.where[:1].lower()}{action.where[1:]})" if action.where else ""
    return f"| {pressed} | {action.says} | {action.does}{where} |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
