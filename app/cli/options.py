"""The words of the command line. No secret is ever one of them: arguments are visible to every process."""

import argparse
import datetime as dt
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from app import __version__

_PORTS = range(65536)
_LIMITS = range(1, 101)
_DAYS = range(1, 3661)
_WITH_FILE = ("export", "import")  # of settings


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The options as attributes: command (None: the window), profile_dir, json, account and what a command adds.

    Ends the program with code 2 for a mistake, and with 0 after --help and --version.
    """
    options = _of_window(arguments) or _parser().parse_args(arguments)
    defaults = {"profile_dir": None, "json": False, "account": "", "port": 0}
    for name, value in defaults.items():
        if not hasattr(options, name):
            setattr(options, name, value)
    if options.command == "settings" and options.name in _WITH_FILE and options.value:
        options.value = _file(options.value)
    return options


def _of_window(arguments: Sequence[str] | None) -> argparse.Namespace | None:
    """The options of a start that opens the window; None for every other one, and for mistakes.

    To describe all commands takes some milliseconds, which the window would wait for.
    """
    parser = argparse.ArgumentParser(parents=[_place()], add_help=False, allow_abbrev=False, exit_on_error=False)
    _add_window(parser)
    with suppress(argparse.ArgumentError):
        options, others = parser.parse_known_args(arguments, argparse.Namespace(command=None))
        return None if others else options
    return None


def _place() -> argparse.ArgumentParser:
    place = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    place.add_argument("--profile-dir", type=Path, metavar="DIR", help="the folder of the profile to use")
    return place


def _add_window(parser: argparse.ArgumentParser) -> None:
    words = "open the window in the tray, or minimized where there is none"
    parser.add_argument("--hidden", action="store_true", help=words)


def _parser() -> argparse.ArgumentParser:
    place = _place()
    output = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    output.add_argument("--json", action="store_true", help="print one JSON object (docs/cli.md)")
    output.add_argument("--account", metavar="NAME", help="the account: its name or its client id")

    parser = argparse.ArgumentParser(
        prog="kunji",
        description="Keeps your broker accounts connected. Without a command it opens the window.",
        parents=[place],
        allow_abbrev=False,
    )
    _add_window(parser)
    parser.add_argument("--version", action="version", version=f"kunji {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    common = [place, output]
    _add(commands, "status", "how the accounts stand", common)
    connect = _add(commands, "connect", "connect a new account; its keys are asked for", common)
    connect.add_argument("broker", nargs="?", default="", help="the broker, for example dhan")
    connect.add_argument("--token", action="store_true", help="ask for today's access token instead of a sign-in")
    validate = _add(commands, "validate", "ask the broker about an account", common)
    validate.add_argument("broker", nargs="?", default="", help="with --new: the broker, for example dhan")
    validate.add_argument("--new", action="store_true", help="ask for credentials and test them; nothing is stored")
    disconnect = _add(commands, "disconnect", "erase an account from this computer", common)
    disconnect.add_argument("--yes", action="store_true", help="do not ask")
    _add(commands, "positions", "the open positions", common)
    _add_readings(commands, common)
    _add_keeping(commands, common)
    _add_settings(commands, common)
    _add(commands, "doctor", "how everything stands that Kunji rests on, and what to do about it", common)
    demo = _add(commands, "demo", "open the window on an invented broker, with a profile of its own", [place])
    demo.add_argument("--port", type=_port, default=0, metavar="N", help="the port of the invented broker on 127.0.0.1")
    demo.add_argument("--at", type=_time, metavar="HH:MM", help="play as if it were this time in India now")
    return parser


def _add_keeping(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", common: list[argparse.ArgumentParser]
) -> None:
    """What keeps accounts connected."""
    reconnect = _add(commands, "reconnect", "sign in again to an account, or to all that are signed out", common)
    words = "the same as --account ACCOUNT"
    reconnect.add_argument("account", nargs="?", default=argparse.SUPPRESS, metavar="ACCOUNT", help=words)
    reconnect.add_argument("--all", action="store_true", help="every account that is signed out")
    reconnect.add_argument("--yes", action="store_true", help="do not ask before a session that lives is replaced")
    watch = _add(commands, "watch", "say how the accounts stand, and each change of it, until it is ended", common)
    watch.add_argument("--once", action="store_true", help="ask once, say how they stand, and end")


def _add_settings(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", common: list[argparse.ArgumentParser]
) -> None:
    """What the user sets, and what happened."""
    settings = _add(commands, "settings", "what you have set; change one of it, or take all along in a file", common)
    words = "a setting; or export, import (a file without secrets), columns (usual)"
    settings.add_argument("name", nargs="?", default="", metavar="NAME", help=words)
    settings.add_argument("value", nargs="?", default="", metavar="VALUE", help="08:45, 10, on, off, dark; or the file")
    settings.add_argument("--yes", action="store_true", help="of import: do not ask")
    restore = _add(commands, "restore", "put back the copy of a damaged file of the profile", common)
    restore.add_argument("--yes", action="store_true", help="do not ask")
    _add(commands, "move", "what to do, and to enter again, to go on with your accounts on another computer", common)
    calendar = _add(commands, "calendar", "trading days and holidays; take a list of your own", common)
    words = "show (default), import a list of your own, or reset to Kunji's"
    calendar.add_argument("action", nargs="?", default="show", choices=["show", "import", "reset"], help=words)
    calendar.add_argument("file", nargs="?", type=_file, metavar="FILE", help="of import: the list")
    _add(commands, "history", "what the accounts went through in the last 90 days", common)
    forget = _add(commands, "forget-pin", "erase the PIN and the TOTP secret that are kept for an account", common)
    forget.add_argument("--yes", action="store_true", help="do not ask")
    address = _add(commands, "address", "the internet address that you registered for the orders of an account", common)
    words = "note it, as 198.51.100.7; none forgets it"
    address.add_argument("address", nargs="?", default="", metavar="ADDRESS", help=words)


def _add_readings(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", common: list[argparse.ArgumentParser]
) -> None:
    """What is only read."""
    _add(commands, "holdings", "what lies in the demat accounts", common)
    _add(commands, "funds", "the money at the brokers", common)
    orders = _add(commands, "orders", "the orders of the day", common)
    orders.add_argument("--history", metavar="ORDER_ID", default="", help="the states of one order of one account")
    _add(commands, "trades", "the trades of the day", common)
    journal = _add(commands, "journal", "the orders that Kunji sent, or was to send, and what came of each", common)
    journal.add_argument("--days", type=_days, metavar="N", help="of the last N days (7; of an export all)")
    journal.add_argument("--export", type=_file, default="", metavar="FILE", help="into this file, for a spreadsheet")
    ltp = _add(commands, "ltp", "last traded prices", common)
    ltp.add_argument("symbols", nargs="+", metavar="SYMBOL", help='INFY, BSE:INFY, "NFO:NIFTY 30DEC25 FUT"')
    search = _add(commands, "search", "find instruments by what one types", common)
    search.add_argument("text", nargs="+", metavar="TEXT", help="reli, nifty 26 dec 24000 ce")
    search.add_argument("--limit", type=_limit, default=20, metavar="N", help="how many at most (20)")
    instruments = _add(commands, "instruments", "the brokers' lists of instruments", common)
    instruments.add_argument("action", choices=["refresh"], help="fetch them now")
    for parser in (search, instruments):
        parser.add_argument("--broker", default="", help="of this broker only")


def _add(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    words: str,
    parents: list[argparse.ArgumentParser],
) -> argparse.ArgumentParser:
    return commands.add_parser(name, help=words, description=words, parents=parents, allow_abbrev=False)


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) not in _PORTS:
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return int(text)


def _time(text: str) -> dt.time:
    try:
        return dt.datetime.strptime(text, "%H:%M").time()  # noqa: DTZ007 - a time of day alone, in India
    except ValueError:
        raise argparse.ArgumentTypeError("a time is written like 09:14") from None


def _file(text: str) -> str:
    """As the owner of the profile finds it, whose folder may be another."""
    return str(Path(text).absolute())


def _limit(text: str) -> int:
    return _whole(text, _LIMITS)


def _days(text: str) -> int:
    return _whole(text, _DAYS)


def _whole(text: str, allowed: range) -> int:
    if not text.isdecimal() or int(text) not in allowed:
        raise argparse.ArgumentTypeError(f"a whole number from 1 to {allowed[-1]}")
    return int(text)
