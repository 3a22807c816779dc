"""The walk through the product on a broker that is played, every step told by what was seen from outside.

connect -> status -> positions -> the token expires -> a notification -> a click on its button -> the sign-in in a real
browser -> ready again. `demo.py` walks it for a person and the end-to-end tests walk it for the suite. Nothing in here
reads the inside of the product: windows through the accessibility tree, the notification on the bus, the vault and the
simulator's log as files.
"""

import base64
import json
import math
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.desktop import browser, evidence
from tests.desktop.bus import Message
from tests.desktop.desktop import Desktop, NotObservedError, until
from tests.desktop.evidence import Record, records, traces
from tests.desktop.eyes import Match, Node
from tests.desktop.window import APP, Window

ACCOUNT: Final = "HUF"
TITLE: Final = "HUF · Zerodha"
NOTES: Final = "xfce4-notifyd"
ENTRY: Final = "check box"
SECRET: Final = "password text"
CELLS: Final = frozenset({"table cell", "tree item"})
EXPIRE: Final = "Expire"
SEALED_BITS: Final = 6.5


@dataclass(frozen=True)
class Person:
    """Who signs in at the played broker."""

    client_id: str
    api_key: str
    api_secret: str
    redirect_url: str

    @property
    def secrets(self) -> dict[str, str]:
        """What must be found nowhere."""
        return {"API key": self.api_key, "API secret": self.api_secret}


@dataclass(frozen=True)
class Seen:
    """One observation: where, and what."""

    where: str
    what: str


@dataclass
class Step:
    """One step of the walk with everything that was seen in it."""

    name: str
    seen: list[Seen] = field(default_factory=list)
    picture: Path | None = None

    def add(self, where: str, what: str) -> None:
        """Note an observation."""
        self.seen.append(Seen(where, what))


class Log:
    """The simulator's log: one JSON object a line."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def lines(self) -> list[dict[str, Any]]:
        """Everything so far."""
        if not self._path.exists():
            return []
        return [json.loads(line) for line in self._path.read_text().splitlines() if line.endswith("}")]

    def count(self, operation: str, status: int, broker: str = "Zerodha") -> int:
        """How often `operation` was answered with `status` by `broker`."""
        mine = (line for line in self.lines() if line.get("broker", broker) == broker)
        return sum(line["status"] == status and operation in (line["operation"], "*") for line in mine)


def entropy(text: str) -> float:
    """Bits a byte of what `text` decodes to from base64; random bytes of this length are above 7."""
    raw = base64.b64decode(text, validate=True)
    return -sum(count / len(raw) * math.log2(count / len(raw)) for count in Counter(raw).values())


@dataclass
class Walk:
    """The steps in order; each waits for what it must see and raises `NotObservedError` when it does not come."""

    desktop: Desktop
    window: Window
    person: Person
    log: Log
    pictures: Path
    told: Callable[[Step], None] = lambda _: None
    end_session: Callable[[], None] | None = None  # how the broker ends it; None: with the button of the demo

    def __post_init__(self) -> None:
        self.pictures.mkdir(parents=True, exist_ok=True)
        self._done = 0

    def all(self) -> Iterator[Step]:
        """Walk."""
        for step in (
            self.connect,
            self.status,
            self.positions,
            self.expire,
            self.notification,
            self.click_reconnect,
            self.sign_in_again,
            self.ready_again,
        ):
            yield self.take(step)

    def take(self, walk: Callable[[Step], None]) -> Step:
        """Walk one step, keep its picture, tell it."""
        self._done += 1
        name = walk.__name__.replace("_", " ")
        step = Step(name)
        try:
            walk(step)
            self._unbroken()
        finally:
            step.picture = self.desktop.screenshot(
                self.pictures / f"{self._done}-{walk.__name__.replace('_', '-')}.png"
            )
            self.told(step)
        return step

    # ------------------------------------------------------------------ the steps

    def connect(self, step: Step) -> None:
        """From the empty start to a connected account: the form, the browser, the broker's page, ready."""
        if self.end_session is None:
            step.add("window", f"opened and marked {self.window.see('the demo mark', exact='DEMO').name}")
        self.window.click("Connect Zerodha")
        self._fill_form(step)
        self.window.click("Connect", exact="Connect")
        self._sign_in(step)
        self._finish(step)
        record = self._record(lambda record: record.confirmed)
        step.add("vault file", f"{record.name}, {record.client_id}, revision {record.rev}, confirmed by the broker")
        self._sealed(step, record)

    def status(self, step: Step) -> None:
        """The account's own page: ready, until when, and when the broker was last asked."""
        self.window.click(TITLE, role=ENTRY)
        for fact in ("Session ends", "Last check"):
            self.window.see(f"the fact {fact}", words=fact)
        step.add("window", self.window.see("the headline", role="label", name="is ready").name)
        step.add("window", f"session ends {self.window.fact('Session ends')}")
        step.add("window", f"last check {self.window.fact('Last check')}")
        self._answered(step, "profile", 200)

    def positions(self, step: Step) -> None:
        """The table of positions, filled from the broker's answer."""
        self.window.click("Positions", role=ENTRY, exact="Positions")
        self._answered(step, "positions", 200)
        total = self.window.see("the totals", name="Totals:")
        step.add("window", total.name)
        cells = until(self._cells, 20, "cells of the table of positions")
        step.add("window", f"{len(cells)} cells, among them {', '.join(cells[:6])}")

    def expire(self, step: Step) -> None:
        """The broker ends the session; the next question shows it."""
        before = self.log.count("*", 403)
        if self.end_session is None:
            self.window.click(EXPIRE)  # it asks at once; another click could hit the notification that comes up there
        else:
            self.end_session()
            self.desktop.bring_forward(APP)
            self.desktop.key("F5")  # the next question finds out; a click there could hit the notification
        self.window.see("the account, signed out", name=f"{TITLE}, Signed out", seconds=30)
        step.add("window", self.window.see("the entry", name=f"{TITLE}, Signed out").name)
        after = self.log.count("*", 403)
        if after <= before:
            raise NotObservedError("the broker refused nothing, and yet the account is signed out")
        step.add("simulator's log", f"{after - before} requests refused with 403 since the token died")
        record = self._record(lambda record: not record.is_valid)
        step.add("vault file", f"{record.name} is marked invalid, revision {record.rev} still there")

    def notification(self, step: Step) -> None:
        """The desktop's own notification, with a button."""
        sent = until(lambda: self._notes("signed out"), 20, "a notification on the bus")[-1]
        if "Reconnect" not in sent.texts:
            raise NotObservedError(f"the notification has no button Reconnect: {sent.texts}")
        step.add("bus", f"Notify {' | '.join(text for text in sent.texts if text)}")
        self._bubble = self.desktop.wait_for("the bubble's button", Match(NOTES, role="push button", name="Reconnect"))
        step.add("screen", f"button {self._bubble.name} of the notification at {self._bubble.centre}")
        told = evidence.told(self.person.secrets, sent.raw)
        if told:
            raise NotObservedError(f"the notification tells {told}")

    def click_reconnect(self, step: Step) -> None:
        """A click on the notification's button opens the sign-in and the broker's page."""
        self.desktop.click(self._bubble)
        invoked = until(lambda: self.desktop.bus.messages("ActionInvoked"), 10, "the click on the bus")[-1]
        step.add("bus", f"ActionInvoked {' '.join(invoked.texts)}")
        step.add("window", self.window.see("the sign-in dialog", role="dialog", words=TITLE).name)
        page = self.desktop.wait_for("the broker's page", Match(browser.APP, role="push button", exact="Sign in"), 40)
        step.add("browser", f"the broker's page with its button {page.name}")

    def sign_in_again(self, step: Step) -> None:
        """The broker's page in the browser, and its button."""
        self._sign_in(step)

    def ready_again(self, step: Step) -> None:
        """Green, with another token in the vault and no notification left."""
        old = self._first
        self._finish(step)
        record = self._record(lambda record: record.is_valid and record.confirmed and record.token != old.token)
        step.add("vault file", f"token ciphertext changed, revision {old.rev} -> {record.rev}, valid and confirmed")
        self._sealed(step, record)
        ready = self.window.see("the account, ready", name=f"{TITLE}, Ready")
        step.add("window", ready.name)
        until(lambda: not self.desktop.see(Match(NOTES, name="signed out")), 10, "the notification is withdrawn")
        step.add("screen", "the notification is gone")

    def other_brokers(self, step: Step) -> None:
        """The accounts of three more brokers, then all four in one table."""
        self.three_more(step)
        self.window.click("Positions", role=ENTRY, exact="Positions")
        for title in (TITLE, "D · Dhan", "F · Fyers", "A · Angel One"):
            step.add("window", self._scrolled_to(f"{title}: live").name)
        for broker in ("Dhan", "Fyers", "AngelOne"):
            self._answered(step, "positions", 200, broker)
        step.add("window", self.window.see("the totals", name="Totals:").name)

    def three_more(self, step: Step) -> None:
        """An account at each of the other brokers, from a form that is filled in."""
        for broker, browses in (("Dhan", True), ("Fyers", True), ("Angel One", False)):
            self.window.click("Add account")
            self.window.click(broker, role="radio button", exact=broker)
            self.window.fill("Account name", broker[0])
            self.window.click("Connect", exact="Connect")
            if browses:
                self._press_sign_in()
            self._dismiss(step, f"{broker[0]} · {broker}")

    # ------------------------------------------------------------------ parts of steps

    def _unbroken(self) -> None:
        """The window says when an exception of its own was caught; then no step was walked well."""
        broken = self.desktop.see(Match(APP, role="label", name="Something in Kunji did not work"))
        if broken:
            raise NotObservedError(f"an exception inside Kunji: {self.window.words}")

    def _fill_form(self, step: Step) -> None:
        fields = {
            "Account name": ACCOUNT,
            "Client id": self.person.client_id,
            "Redirect URL": self.person.redirect_url,
            "API key": self.person.api_key,
            "API secret": self.person.api_secret,
        }
        for name, text in fields.items():
            self.window.fill(name, text, role=SECRET if name.startswith("API") else "text")
        masked = self.window.see("the secret field", role=SECRET, name="API secret")
        if self.person.api_secret in masked.words:
            raise NotObservedError("the secret field shows its text")
        step.add("window", f"form filled; API secret shows {masked.text[:4]}")

    def _sign_in(self, step: Step) -> None:
        """Press the button of the broker's page."""
        before = self.log.count("session", 200)
        told = self._press_sign_in()
        until(lambda: self.log.count("session", 200) > before, 30, "the exchange of the redirect's token")
        step.add("simulator's log", "login page used, then POST /session/token answered 200: its checksum was right")
        step.add("browser", told)

    def _press_sign_in(self) -> str:
        """What the page says after the button was pressed; its tab is closed then."""
        page = self.desktop.wait_for("the broker's page", Match(browser.APP, role="push button", exact="Sign in"), 60)
        self.desktop.click(page)
        told = self.desktop.wait_for("the page after the redirect", Match(browser.APP, name="You can close this tab"))
        self.desktop.key("ctrl+w")
        until(lambda: not self.desktop.see(Match(browser.APP, name="You can close this tab")), 10, "the tab is closed")
        return told.name

    def _finish(self, step: Step) -> None:
        """The sign-in dialog says that it is done; close it."""
        self._dismiss(step, TITLE)

    def _dismiss(self, step: Step, title: str) -> None:
        done = self.window.see("the end of the sign-in", role="push button", exact="Done", seconds=30)
        self.desktop.click(done)
        self.window.gone("the sign-in dialog", role="push button", exact="Done")
        step.add("window", self.window.see("the account, ready", name=f"{title}, Ready", seconds=30).name)

    def _record(self, wanted: Callable[[Record], bool]) -> Record:
        """The one record of the vault, as soon as it is as wanted."""

        def look() -> Record | None:
            found = records(self.window.profile / "vault.db")
            return found[0] if len(found) == 1 and wanted(found[0]) else None

        return until(look, 20, "the record in the vault")

    def _sealed(self, step: Step, record: Record) -> None:
        """Nothing of what is secret can be read from the folder."""
        least = min(entropy(text) for text in (record.token, record.api_key, record.secret))
        found = traces(self.person.secrets, [self.window.profile])
        if found or least < SEALED_BITS:
            raise NotObservedError(f"readable in the profile: {found}; entropy of the worst field {least:.2f}")
        step.add(
            "vault file", f"no secret readable in any file of the profile; every field has {least:.1f} bits a byte"
        )
        self._first = record

    def _answered(self, step: Step, operation: str, status: int, broker: str = "Zerodha") -> None:
        until(lambda: self.log.count(operation, status, broker), 20, f"{operation} {status} in the simulator's log")
        step.add("simulator's log", f"{operation} answered with {status} by {broker}")

    def _notes(self, words: str) -> list[Message]:
        return [sent for sent in self.desktop.bus.messages("Notify") if any(words in text for text in sent.texts)]

    def _scrolled_to(self, name: str) -> Node:
        """The line of that name in the table on show, which may be below what fits on the screen."""

        def look() -> Node | None:
            nodes = [node for node in self.desktop.eyes.shown(APP) if node.on_screen and node.role in CELLS]
            found = next((node for node in nodes if name in node.name), None)
            if found is None and nodes:
                self.desktop.scroll(nodes[0], down=True)
            return found

        return until(look, 20, f"{name}, by scrolling if need be")

    def _cells(self) -> list[str]:
        nodes = self.desktop.eyes.shown(APP)
        return [node.name for node in nodes if node.role in CELLS and node.on_screen and node.name]
