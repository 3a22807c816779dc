"""The pictures of the documents: `kunji demo` in a private desktop session, walked screen by screen.

    python -m tests.desktop.shots [FOLDER [SCREEN ...]]        the pictures go into FOLDER, by default docs/pictures

Four accounts are connected on their brokers' pages; then every screen is taken in light and dark, in a window of
1024x640, and in a second session at 150 %. "trade" is an order from its ticket to the receipt of its exit, and one
whose answer was lost. Each picture has 64 colours, which a flat design does not miss, so that it stays small.
"""

import re
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from tests.desktop import browser
from tests.desktop.demo import DEMO, say
from tests.desktop.desktop import ROOT, SCREEN, Desktop, NotObservedError, Setting, until
from tests.desktop.eyes import Match
from tests.desktop.program import kunji, kunji_demo
from tests.desktop.walk import ENTRY, NOTES, Log, Walk
from tests.desktop.window import APP, Window
from tests.fakes.waiting import found_within

AT: Final = "10:00"  # in India, on every picture
COLOURS: Final = 64
PANEL: Final = 30  # pixels of the desktop's panel, above every window
SMALL: Final = (1024, 640)
WIDE: Final = (SCREEN[0] - 4, SCREEN[1] - PANEL - 4)
PAGES: Final = ("Zerodha", "Dhan", "Fyers")  # who lets one sign in on a page, in the order of the accounts
STILL: Final = 20.0  # seconds a screen may take to come to rest
MOMENT: Final = 0.4  # seconds between two looks at a screen; less than what a caret stays as it is
NUMBERS: Final = re.compile(r"[+-]?\d[\d,.:]*")
KEYS: Final = {  # how each screen is reached from any other
    "overview": ("alt+1",),
    "positions": ("alt+2",),
    "positions-merged": ("alt+2", "ctrl+m"),
    "holdings": ("alt+3",),
    "orders": ("alt+4",),
    "funds": ("alt+5",),
    "account": ("ctrl+1",),
    "add-account": ("ctrl+n",),
    "settings": ("ctrl+comma",),
    "help": (),  # by its entry in the sidebar
    "palette": ("alt+1", "ctrl+k"),
    "shortcuts": ("alt+1", "F1"),
}
LEAVE: Final = {"positions-merged": ("ctrl+m",), "palette": ("Escape",), "shortcuts": ("Escape",)}


class Shots:
    """One session with the demo in it."""

    def __init__(self, desktop: Desktop, folder: Path, target: Path) -> None:
        self.desktop, self.folder = desktop, folder
        self._target = target
        self._log = Log(folder / "broker.jsonl")
        command = kunji_demo(folder / "broker.jsonl", "--at", AT)
        self.window = Window(desktop, folder / "profile", command)
        self.window.open({"BROWSER": str(browser.wrapper(folder / "browser"))})
        self.walk = Walk(desktop, self.window, DEMO, self._log, folder / "steps")

    # ------------------------------------------------------------------ what is done in the window

    def set(self, name: str, value: str) -> None:
        """Change one setting by the command line, which the window answers."""
        done = self.desktop.call(kunji("settings", name, value, "--profile-dir", str(self.window.profile)))
        if done.returncode != 0:
            raise NotObservedError(f"kunji settings {name} {value}: {done.stderr}")

    def resize(self, width: int, height: int) -> None:
        """Make the window as large as said."""
        found = self._must("xdotool", "search", "--onlyvisible", "--name", f"^{APP}").split()[-1]
        self._must("xdotool", "windowsize", "--sync", found, str(width), str(height))
        self._must("xdotool", "windowmove", "--sync", found, "2", str(PANEL))

    def connect(self) -> None:
        """One account by the form, three more; every message that says so is put away."""
        for step in (self.walk.connect, self.walk.three_more):
            self.walk.take(step)

    def reconnect(self) -> None:
        """All sessions end: the notification, the first page in the browser, and everything ready again."""
        self.go("overview")
        self.window.click("Expire")
        bubble = self.desktop.wait_for("the button", Match(NOTES, role="push button", exact="Reconnect all"), 30)
        self.keep("reconnect-1", whole=True)
        self.desktop.click(bubble)
        for broker in PAGES:
            until(partial(self._again, broker, 200), 60, f"the page of {broker}")
            button = self.desktop.wait_for("its button", Match(browser.APP, role="push button", exact="Sign in"), 60)
            if broker == PAGES[0]:
                self.keep("reconnect-2", whole=True)
            self.desktop.click(button)
            until(partial(self._again, broker, 302), 40, f"the sign-in at {broker}")
        self.desktop.key("ctrl+shift+w")
        self.window.click("Done", exact="Done")
        self.take("overview", "reconnect-3")

    # ------------------------------------------------------------------ an order

    def trade(self, suffix: str = "") -> None:
        """From the ticket to the receipt, then an order whose answer is lost. The trader buys intraday."""
        self.go("positions")
        self._write("HDFCBANK", "10")
        self.keep(f"ticket{suffix}")
        self._confirm(f"ticket-review{suffix}")
        self.window.see("all of it", role="label", words="10 of 10 filled", seconds=40)
        self.keep(f"ticket-result{suffix}")
        self.desktop.key("Escape")
        self.desktop.key("ctrl+f")
        self.desktop.type_over("hdfcbank")
        self._still()
        self.window.click("Instrument HDFCBANK", role="table cell")
        self.desktop.key("ctrl+shift+e")
        self.window.see("what would be sent", role="label", name="Sell 10 HDFCBANK")
        self.keep(f"exit{suffix}")
        self.window.click("Exit 1 position now")
        self.window.see("the receipt", role="label", exact="The position is flat", seconds=60)
        self.keep(f"exit-receipt{suffix}")
        self.desktop.key("Escape", "ctrl+f", "ctrl+a", "BackSpace")
        self._lose(suffix)

    def _lose(self, suffix: str) -> None:
        """An order whose answer is lost, in its ticket and on the page of orders."""
        self.go("orders")
        self._write("ICICIBANK", "7")
        self._play("lose")
        self._confirm()
        self.window.see("that it is looked for", role="label", exact="Do not send it again.")
        self.keep(f"ticket-unknown{suffix}")
        self.desktop.key("Escape")
        self.take("orders", f"orders-unknown{suffix}")
        self._play("mend")
        later = Match(NOTES, role="push button", exact="Later")
        until(lambda: not self.desktop.see(later), 60, "the end of the notice, which lies over the window's buttons")

    def _write(self, symbol: str, quantity: str) -> None:
        self.desktop.key("ctrl+t")
        self.window.see("where the instrument is found", role="text", exact="Instrument")
        self.desktop.type_over(symbol.lower())
        self.window.see("it in the list", role="list item", name=f"{symbol} NSE")
        self.desktop.key("Return")
        self.window.see("the ticket", role="dialog", name=f"Order: {symbol}")
        self.desktop.type_over(quantity)
        self.window.click("BUY", role=ENTRY, exact="BUY")
        self.window.click("CNC", role="combo box")
        self.desktop.key("m", "Return")
        self.window.see("that it is intraday", role="combo box", name="MIS")

    def _confirm(self, picture: str = "") -> None:
        self.window.click("Review", exact="Review")
        self.window.to_send()
        if picture:
            self.keep(picture)
        self.desktop.key("ctrl+Return")

    def _play(self, what: str) -> None:
        told = self.folder / "play"
        told.write_text(what, encoding="utf-8")
        until(lambda: not told.exists(), 30, "Zerodha's next request")

    def _again(self, broker: str, status: int) -> bool:
        """Whether the broker's page gave that answer since the first sign-in."""
        return self._log.count("login", status, broker) > 1

    # ------------------------------------------------------------------ pictures

    def go(self, screen: str) -> None:
        """Show one of the screens."""
        self.desktop.bring_forward(APP)
        if KEYS[screen]:
            self.desktop.key(*KEYS[screen])
        else:
            self.window.click(screen.title(), role=ENTRY, exact=screen.title())
        self._must("xdotool", "mousemove", *map(str, SCREEN))

    def take(self, screen: str, name: str) -> None:
        """Show a screen and keep its picture."""
        self.go(screen)
        self.keep(name)
        for key in LEAVE.get(screen, ()):
            self.desktop.key(key)

    def keep(self, name: str, *, whole: bool = False) -> None:
        """The window, or the whole screen, as a small picture."""
        self._still()
        with tempfile.TemporaryDirectory() as folder:
            raw = self.desktop.screenshot(Path(folder, "raw.png"))
            cut = [] if whole else ["-crop", self._frame(), "+repage"]
            path = self._target / f"{name}.png"
            small = ["-strip", "+dither", "-colors", str(COLOURS), "-define", "png:compression-level=9"]
            self._must("convert-im6.q16", str(raw), *cut, *small, f"PNG8:{path}")
        say(f"{path.name}: {path.stat().st_size // 1024} kB")

    def _still(self) -> None:
        """Until the page is read and painted and has come to say the same twice, whatever its clock and prices do."""
        before = ""

        def is_still() -> bool:
            nonlocal before
            last, before = before, NUMBERS.sub("0", self.window.words)
            return before == last

        if not found_within(STILL, is_still, MOMENT):
            raise NotObservedError("the screen does not come to rest")

    def _frame(self) -> str:
        left, top, width, height = self.window.see("the window", role="frame", name=APP).box
        return f"{width}x{height}+{left}+{top}"

    def _must(self, *command: str) -> str:
        done = self.desktop.call(list(command))
        if done.returncode != 0:
            raise NotObservedError(f"{' '.join(command)}: {done.stderr.strip()}")
        return done.stdout


def usual(shots: Shots, screens: list[str]) -> None:
    """Light and dark, the small window, the morning."""
    shots.set("theme", "light")
    if "first-run" in screens:
        shots.keep("first-run")
    shots.connect()
    for look in ("light", "dark"):
        shots.set("theme", look)
        for screen in filter(KEYS.__contains__, screens):
            shots.take(screen, screen if look == "light" else f"{screen}-dark")
    shots.set("theme", "light")
    shots.resize(*SMALL)
    for screen in filter(KEYS.__contains__, screens):
        shots.take(screen, f"{screen}-1024x640")
    shots.resize(*WIDE)
    if "trade" in screens:
        shots.trade()
    if "reconnect" in screens:
        shots.reconnect()


def large(shots: Shots, screens: list[str]) -> None:
    """Everything half as large again."""
    shots.set("theme", "light")
    shots.connect()
    for screen in filter(KEYS.__contains__, screens):
        shots.take(screen, f"{screen}-150pc")
    if "trade" in screens:
        shots.trade("-150pc")


def session(target: Path, scale: float, walk: Callable[[Shots, list[str]], None], screens: list[str]) -> None:
    """One session from start to end."""
    with (
        tempfile.TemporaryDirectory(
            prefix="kunji-shots-", ignore_cleanup_errors=True
        ) as folder,  # a browser still ends
        Desktop.start(Path(folder, "logs"), Setting(scale=scale)) as desktop,
    ):
        walk(Shots(desktop, Path(folder), target), screens)


def main() -> int:
    """Take what is named, or everything."""
    target = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else ROOT / "docs" / "pictures"
    target.mkdir(parents=True, exist_ok=True)
    screens = sys.argv[2:] or ["first-run", *KEYS, "trade", "reconnect"]
    session(target, 1.0, usual, screens)
    session(target, 1.5, large, screens)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
