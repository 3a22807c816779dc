"""Kunji's window as a person uses it: what it shows is read from the accessibility tree, what it is told is clicked."""

import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.desktop.desktop import Desktop, NotObservedError, until
from tests.desktop.eyes import Match, Node

APP: Final = "Kunji"
READS: Final = 0.5
"""Seconds that a person needs to read a request. For 400 ms after it has come no press is taken, and its button stands
there as ever: no look at the window tells when they are over, and presses until one is taken would be many presses."""


@dataclass
class Window:
    """One running Kunji. `profile` is its folder, `name` what its output is kept as."""

    desktop: Desktop
    profile: Path
    command: list[str]
    name: str = "kunji"

    def open(self, env: Mapping[str, str] | None = None) -> Node:
        """Start the program and wait for its frame."""
        self.process: subprocess.Popen[bytes] = self.desktop.run(
            [*self.command, "--profile-dir", str(self.profile)], self.name, env=env
        )
        return self.see("the window", role="frame", name=APP, seconds=40)

    def see(self, what: str, *, seconds: float = 20, **match: str) -> Node:
        """The first element described, as soon as it is on the screen."""
        wanted = Match(APP, **match)
        return self._until(lambda: next(iter(self.desktop.see(wanted)), None), seconds, f"{what} ({wanted})")

    def _until(self, look: Callable[[], Node | None], seconds: float, what: str) -> Node:
        """As `until`, while the program runs; an error tells what the window shows instead."""

        def look_at_the_living() -> Node | None:
            if self.process.poll() is not None:
                raise NotObservedError(f"Kunji ended with {self.process.returncode}: {self.output[-2000:]}")
            return look()

        try:
            return until(look_at_the_living, seconds, what)
        except NotObservedError as error:
            raise NotObservedError(f"{error}; seen instead: {self.words}") from error

    def fact(self, name: str) -> str:
        """What stands beside a fact's name on the account's page."""
        return self.see(name, role="label", name=f"{name}: ").name.partition(": ")[2]

    def click(self, name: str, *, role: str = "push button", **match: str) -> None:
        """Press the control of that name with the pointer."""
        self.desktop.click(self.reach(name, role=role, name=name, **match))

    def to_send(self) -> Node:
        """The button that sends the order on show, as soon as a press of it is taken."""
        button = self.see("the button", role="push button", name=" now")
        time.sleep(READS)
        return button

    def fill(self, name: str, text: str, *, role: str = "text") -> None:
        """Type into the field of that name: only once it has the keyboard, and until it says what was typed."""

        def filled() -> bool:
            self.desktop.click(self.reach(name, role=role, name=name))
            focused = self.see(name, role=role, name=name)
            if "focused" not in focused.states:  # the form moved under the pointer: look again
                return False
            self.desktop.type_over(text)
            said = self.see(name, role=role, name=name).text
            return len(said) == len(text) and (role != "text" or said == text)

        until(filled, 30, f"{name} takes its text")

    def reach(self, what: str, **match: str) -> Node:
        """The element described, where the pointer can reach it: what is scrolled away is scrolled to."""
        wanted = Match(APP, **match)
        return self._until(lambda: self._reached(wanted), 20, f"{what} ({wanted}), by scrolling if need be")

    def _reached(self, wanted: Match) -> Node | None:
        nodes = {node.id: node for node in self.desktop.eyes.shown(APP)}
        node = next((node for node in nodes.values() if wanted.fits(node)), None)
        around = None if node is None else self._cut_by(node, nodes)
        if node is None or around is None:
            return node
        self.desktop.scroll(around, down=node.centre[1] > around.centre[1])
        return None

    def _cut_by(self, node: Node, nodes: Mapping[int, Node]) -> Node | None:
        """What surrounds `node` and does not show its middle."""
        x, y = node.centre
        parent = node.parent
        while parent is not None:
            left, top, width, height = nodes[parent].box
            if width and height and not (left <= x < left + width and top <= y < top + height):
                return nodes[parent]
            parent = nodes[parent].parent
        return None

    def gone(self, what: str, *, seconds: float = 20, **match: str) -> None:
        """Wait until nothing of that kind is on the screen."""
        until(lambda: not self.desktop.see(Match(APP, **match)), seconds, f"{what} goes away")

    @property
    def words(self) -> str:
        """Everything on the screen that says something."""
        said = [node.words for node in self.desktop.eyes.shown(APP) if node.on_screen and node.words]
        return " / ".join(dict.fromkeys(said))

    @property
    def everything(self) -> str:
        """All that the window tells assistive technology, shown or not: names, descriptions, texts, values."""
        return "\n".join(f"{node.words} {node.value or ''}" for node in self.desktop.eyes.tree(APP))

    @property
    def begun(self) -> bool:
        """Whether it was started."""
        return (self.desktop.logs / f"{self.name}.log").exists()

    @property
    def output(self) -> str:
        """What the process printed."""
        return (self.desktop.logs / f"{self.name}.log").read_text(errors="replace")

    def hide(self) -> None:
        """Close the window; with a tray the program goes on."""
        self.desktop.bring_forward(APP)
        self.desktop.key("ctrl+w")
        self.gone("the window", role="frame", name=APP)

    def quit(self, seconds: float = 10.0) -> int:
        """Ctrl+Q, and the exit status."""
        self.desktop.bring_forward(APP)
        self.desktop.key("ctrl+q")
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise NotObservedError(f"Kunji did not end within {seconds} s") from None
