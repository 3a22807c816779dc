"""`kunji demo` observed from outside: the whole walk at 100 % and at 150 %, and a morning with three accounts.

In one file, so that one process runs them all: the demo has one port of the machine.
"""

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.desktop import browser
from tests.desktop.demo import DEMO, demo_command
from tests.desktop.desktop import SCREEN, Desktop, Setting, until
from tests.desktop.eyes import Match, Node
from tests.desktop.walk import ENTRY, NOTES, Log, Step, Walk
from tests.desktop.window import APP, Window
from tests.end2end.test_life import slowness

pytestmark = [
    pytest.mark.usefixtures("the_demos_port"),
    pytest.mark.alone,
    pytest.mark.desktop,
    pytest.mark.timeout(280),
]

STEPS = 8
IMPORTANT = {"push button", "check box", "label", "text", "password text", "table cell", "table column header"}


def sticks_out(node: Node, frame: Node) -> bool:
    """Whether `node` reaches over the left or right border of its window: it would be cut or scroll sideways."""
    return node.box[0] < frame.box[0] or node.box[0] + node.box[2] > frame.box[0] + frame.box[2]


def inside_screen(node: Node) -> bool:
    x, y, width, height = node.box
    return x >= 0 and y >= 0 and x + width <= SCREEN[0] and y + height <= SCREEN[1]


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_demo_is_walked_and_nothing_important_is_cut(scale: float, tmp_path: Path) -> None:
    cut: list[str] = []

    with Desktop.start(tmp_path / "logs", Setting(scale=scale)) as desktop:
        window = Window(desktop, tmp_path / "profile", demo_command(tmp_path / "broker.jsonl"))
        window.open({"BROWSER": str(browser.wrapper(tmp_path / "browser"))})

        def look(step: Step) -> None:
            nodes = [node for node in desktop.eyes.shown(APP) if node.on_screen]
            frame = next(node for node in nodes if node.role == "frame")
            shown = [node for node in nodes if node.role in IMPORTANT and node.words]
            cut.extend(f"{step.name}: {node.words} {node.box}" for node in shown if sticks_out(node, frame))
            repairs = [node for node in shown if node.role == "push button" and node.name.startswith("Reconnect ")]
            cut.extend(f"{step.name}: {node.name} {node.box}" for node in [frame, *repairs] if not inside_screen(node))

        walk = Walk(desktop, window, DEMO, Log(tmp_path / "broker.jsonl"), tmp_path / "pictures", look)
        steps = list(walk.all())
        desktop.bring_forward(APP)
        desktop.key("ctrl+t")
        window.see("whose order it would be, and that it is none", exact="HUF · Zerodha, DEMO")
        desktop.key("Escape")
        status = window.quit()

    assert status == 0
    assert [step.name for step in steps if not step.seen] == []
    assert len(steps) == STEPS
    assert cut == []


# ------------------------------------------------------------------ three sessions end: one click brings all back

BROKERS = ("Zerodha", "Dhan", "Fyers")
AN_ACCOUNT_WITHIN = 3.0  # seconds, but for what a person does
TITLES = ("HUF · Zerodha", "D · Dhan", "F · Fyers")


class Morning(Walk):
    """The steps of a morning with three accounts."""

    def three(self, step: Step) -> None:
        """Two more accounts with a page in the browser."""
        for broker in ("Dhan", "Fyers"):
            self.window.click("Add account")
            self.window.click(broker, role="radio button", exact=broker)
            self.window.fill("Account name", broker[0])
            self.window.click("Connect", exact="Connect")
            self._press_sign_in()
            self._dismiss(step, f"{broker[0]} · {broker}")

    def all_out(self, step: Step) -> None:
        """Every session ends; the overview says so with one button."""
        self.window.click("Overview", role=ENTRY, exact="Overview")
        self.window.click("Expire")
        step.add("window", self.window.see("the headline", role="label", exact="0 of 3 accounts are ready").name)

    def one_click(self, step: Step) -> None:
        """The notification's button opens the walk, and with it the first page."""
        bubble = self.desktop.wait_for("the button", Match(NOTES, role="push button", exact="Reconnect all"))
        self.desktop.click(bubble)
        step.add("window", self.window.see("the walk", role="dialog", exact="Reconnect 3 accounts").name)

    def each_page(self, step: Step) -> None:
        """Sign in on each page as it comes; nothing is pressed in Kunji."""
        for broker in BROKERS:
            until(partial(self._again, broker, 200), 60, f"the page of {broker}")
            page = self.desktop.wait_for("its button", Match(browser.APP, role="push button", exact="Sign in"), 40)
            self.desktop.click(page)
            until(partial(self._again, broker, 302), 20, f"the sign-in at {broker}")
            step.add("simulator's log", f"a second sign-in at {broker}")
        self.window.see("the end", role="dialog", exact="All 3 accounts are ready", seconds=40)
        self.desktop.key("ctrl+shift+w")  # the next page came beside each last one: the browser is closed at the end
        until(lambda: not self.desktop.see(Match(browser.APP, role="frame")), 20, "the browser is closed")

    def _again(self, broker: str, status: int) -> bool:
        """Whether the broker's page gave that answer since the first sign-in."""
        return self.log.count("login", status, broker) > 1

    def green(self, step: Step) -> None:
        """All are ready, and nothing is left to be told."""
        self.window.click("Done", exact="Done")
        for title in TITLES:
            step.add("window", self.window.see("the account, ready", name=f"{title}, Ready").name)
        until(lambda: not self.desktop.see(Match(NOTES, name="signed out")), 10, "the notification is withdrawn")


def without_the_human(lines: list[dict[str, Any]]) -> list[float]:
    """Seconds of each account in the walk: from the one before to its page, and from the press there to its figures."""
    found, before = [], None
    for broker in BROKERS:
        mine = [(line["operation"], line["status"], line["at"]) for line in lines if line["broker"] == broker]
        page, pressed = (
            [at for what, got, at in mine if (what, got) == ("login", status)][-1] for status in (200, 302)
        )
        ready = next(at for what, got, at in mine if (what, got) == ("positions", 200) and at > pressed)
        times = [datetime.fromisoformat(at) for at in (before or page, page, pressed, ready)]
        found.append((times[1] - times[0] + times[3] - times[2]).total_seconds())
        before = ready
    return found


def test_one_click_on_the_notification_walks_over_three_accounts(tmp_path: Path) -> None:
    with Desktop.start(tmp_path / "logs", Setting()) as desktop:
        window = Window(desktop, tmp_path / "profile", demo_command(tmp_path / "broker.jsonl"))
        window.open({"BROWSER": str(browser.wrapper(tmp_path / "browser"))})
        morning = Morning(desktop, window, DEMO, Log(tmp_path / "broker.jsonl"), tmp_path / "pictures")
        for step in (morning.connect, morning.three, morning.all_out, morning.one_click):
            morning.take(step)
        pages = morning.take(morning.each_page)
        morning.take(morning.green)
        took = without_the_human(morning.log.lines())
        status = window.quit()

    assert status == 0
    assert max(took) < AN_ACCOUNT_WITHIN * slowness()
    assert len(pages.seen) == len(TITLES)
