"""Kunji's window as a person uses it: what it shows is read from the accessibility tree, what it is told is clicked."""

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.desktop.desktop import Desktop, NotObservedError, until
from tests.desktop.eyes import Match, Node

APP: Final = "Kunji"


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

        def look() -> list[Node]:
            if self.process.poll() is not None:
                raise NotObservedError(f"Kunji ended with {self.process.returncode}: {self.output[-2000:]}")
            return self.desktop.see(wanted)

        try:
            return until(look, seconds, f"{what} ({wanted})")[0]
        except NotObservedError as error:
            raise NotObservedError(f"{error}; seen instead: {self.words}") from error

    def fact(self, name: str) -> str:
        """What stands beside a fact's name on the account's page."""
        return self.see(name, role="label", name=f"{name}: ").name.partition(": ")[2]

    def click(self, name: str, *, role: str = "push button", seconds: float = 20, **match: str) -> None:
        """Press the control of that name with the pointer."""
        self.desktop.click(self.see(name, role=role, name=name, seconds=seconds, **match))

    def gone(self, what: str, *, seconds: float = 20, **match: str) -> None:
        """Wait until nothing of that kind is on the screen."""
        until(lambda: not self.desktop.see(Match(APP, **match)), seconds, f"{what} goes away")

    @property
    def words(self) -> str:
        """Everything on the screen that says something."""
        said = [node.words for node in self.desktop.eyes.tree(APP) if node.on_screen and node.words]
        return " / ".join(dict.fromkeys(said))

    @property
    def everything(self) -> str:
        """All that the window tells assistive technology, shown or not: names, descriptions, texts, values."""
        return "\n".join(f"{node.words} {node.value or ''}" for node in self.desktop.eyes.tree(APP))

    @property
    def output(self) -> str:
        """What the process printed."""
        return (self.desktop.logs / f"{self.name}.log").read_text(errors="replace")

    def hide(self) -> None:
        """Close the window; with a tray the program goes on."""
        self.desktop.key("ctrl+w")
        self.gone("the window", role="frame", name=APP)

    def quit(self, seconds: float = 5.0) -> int:
        """Ctrl+Q, and the exit status."""
        self.desktop.key("ctrl+q")
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise NotObservedError(f"Kunji did not end within {seconds} s") from None
