"""Kunji as somebody uses it who neither sees it nor holds a pointer: heard and done through the accessibility tree.

A control is reached by its role and name, pressed by its own action and written into by its own interface.
"""

from dataclasses import dataclass
from typing import Final

from tests.desktop.desktop import until
from tests.desktop.eyes import Node
from tests.desktop.window import APP, Window

BUTTON: Final = "push button"
STAYS_DOWN: Final = "check box"
CELL: Final = "table cell"


@dataclass
class Reader:
    """A person with a screen reader before `window`."""

    window: Window

    def hear(self, what: str, *, seconds: float = 20, **match: str) -> Node:
        """The element described, as soon as it can be heard."""
        return self.window.see(what, seconds=seconds, **match)

    def press(self, name: str, *, role: str = BUTTON, **match: str) -> None:
        """Do the control's own action."""
        self.hear(name, role=role, name=name, **match)
        self.window.desktop.eyes.press(self.hear(name, role=role, name=name, **match))

    def write(self, name: str, text: str, *, role: str = "text") -> None:
        """Put `text` into the field of that name."""
        self.window.desktop.eyes.write(self.hear(name, role=role, name=name), text)

    def cells(self) -> list[str]:
        """What the cells of a table say."""
        nodes = self.window.desktop.eyes.shown(APP)
        return [node.name for node in nodes if node.role == CELL and node.name]

    def read_table(self, wanted: int) -> list[str]:
        """The cells, once there are at least so many."""
        return until(lambda: found if len(found := self.cells()) >= wanted else None, 20, f"{wanted} cells of a table")
