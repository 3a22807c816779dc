"""The settings as a document: docs/settings.md is written from the one table of them.

python -m app.services.setting_pages > docs/settings.md
"""

import sys
from collections.abc import Iterator

from app.services.setting_table import GROUPS, SETTINGS

_HEAD = """# Settings

Every setting stands on the page Settings (Ctrl+,), and each can be read and changed with
[`kunji settings`](cli.md#settings-calendar-history). What you change is kept at once and holds at once. Times are
Indian. A stored value that cannot be right counts as never set. This page is written from the same table as the
settings themselves: `python -m app.services.setting_pages`.
"""

_FOOT = """
## Columns, sizes and the last view

What you arrange is remembered without being set: the columns of each table, their order and sorting, where the window
was and how large, and the view you looked at last. A window whose place lies outside of all screens is brought back.
*Settings > Put all columns back*, or `kunji settings columns usual`, shows every table as it was delivered.

## In a file

*Settings > Take your settings along*, or `kunji settings export FILE` and `kunji settings import FILE`: the settings
above, the columns of the tables, and the names, colours and order of your accounts. Never a key, a token, a secret or a
PIN. An import shows what it would change and asks first; a file of another program, of a newer Kunji or with damage is
refused, and nothing changes. Accounts are matched by broker and client id.

    {"kunji": "settings", "version": 1, "settings": {"theme": "dark"}, "arranged": {},
     "accounts": [{"broker": "zerodha", "client_id": "AB1234", "name": "HUF", "colour": "brown"}]}

## Another computer

*Settings > Move to another computer*, or `kunji move`: a list made from your accounts that says what must be entered
again there. Keys never leave this computer, because the key that opens them lies in its keychain alone.

## At login

On Linux `start_at_login` writes an entry into the autostart folder of your desktop (`~/.config/autostart`). Switching
the entry off there is the same as switching the setting off here. `kunji --hidden` starts without showing the window;
where no tray comes up, the window waits minimized.
"""


def lines() -> Iterator[str]:
    """The document."""
    yield _HEAD
    for group in GROUPS:
        yield f"## {group}\n"
        yield "| Setting | What it is | May be | Usual |"
        yield "|---|---|---|---|"
        for one in (one for one in SETTINGS if one.group == group):
            restart = " Holds from the next start on." if one.restart else ""
            yield f"| `{one.name}` | {one.title}. {one.meaning}{restart} | {one.kind.form} | `{one.default}` |"
        yield ""
    yield _FOOT.strip()


if __name__ == "__main__":
    sys.stdout.write("\n".join(lines()) + "\n")
