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

    def press(self, name: str, *, role: str = BUTTON) -> None:
        """Do the own action of the control that is called `name` and nothing else."""
        self.window.desktop.eyes.press(self.hear(name, role=role, exact=name))

    def write(self, name: str, text: str, *, role: str = "text") -> None:
        """Put `text` into the field of that name."""
        self.window.desktop.eyes.write(self.hear(name, role=role, name=name), text)

    def read_table(self, *wanted: str) -> list[str]:
        """What the cells of the table on show say, once some of them say what is wanted."""

        def read() -> list[str] | None:
            nodes = self.window.desktop.eyes.shown(APP)
            cells = [node.name for node in nodes if node.role == CELL and node.name]
            return cells if all(any(words in cell for cell in cells) for words in wanted) else None

        return until(read, 20, f"cells of a table that say {wanted}")
