"""What every window of the session tells assistive technology; `agent.py` reads it, this asks the agent."""

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

_AGENT: Final = Path(__file__).with_name("agent.py")
_DEBIANS_PYTHON: Final = "/usr/bin/python3"  # the accessibility bindings are installed for this one


@dataclass(frozen=True)
class Node:
    """One element of a window: what it is, what it says, and where on the screen it is (x, y, width, height)."""

    id: int
    parent: int | None
    app: str
    role: str
    name: str
    description: str
    text: str
    value: float | None
    states: frozenset[str]
    box: tuple[int, int, int, int]

    @property
    def centre(self) -> tuple[int, int]:
        """The middle of it on the screen."""
        x, y, width, height = self.box
        return x + width // 2, y + height // 2

    @property
    def words(self) -> str:
        """All it says."""
        return " | ".join(part for part in (self.name, self.description, self.text) if part)

    @property
    def on_screen(self) -> bool:
        """Shown, and of some size."""
        return "showing" in self.states and self.box[2] > 0 and self.box[3] > 0


@dataclass(frozen=True)
class Match:
    """Which node is meant. `app`, `name` and `words` are found inside, `role` is exact; only what is on the screen."""

    app: str
    role: str = ""
    name: str = ""
    words: str = ""
    exact: str = ""

    def fits(self, node: Node) -> bool:
        """Whether `node` is meant."""
        return (
            node.on_screen
            and (not self.role or node.role == self.role)
            and self.name.lower() in node.name.lower()
            and self.words.lower() in node.words.lower()
            and (not self.exact or node.name == self.exact)
        )


class Eyes:
    """The agent, asked; a new agent takes the place of one that died."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = dict(env)
        self._scale = float(env.get("QT_SCALE_FACTOR", "1"))
        self._agent: subprocess.Popen[str] | None = None

    def tree(self, app: str) -> list[Node]:
        """Every node of the applications whose name contains `app`, parents before children."""
        return [self._node(raw) for raw in self._ask({"do": "tree", "app": app})]

    def shown(self, app: str) -> list[Node]:
        """As `tree`, without what is hidden and all inside of it: a few times quicker."""
        return [self._node(raw) for raw in self._ask({"do": "tree", "app": app, "shown": True})]

    def press(self, node: Node) -> None:
        """Do the node's own action; `node` must be of the latest `tree`."""
        if not self._ask({"do": "press", "id": node.id}):
            raise RuntimeError(f"cannot be pressed: {node}")

    def write(self, node: Node, text: str) -> None:
        """Put `text` into an input; `node` as above."""
        if not self._ask({"do": "type", "id": node.id, "text": text}):
            raise RuntimeError(f"takes no text: {node}")

    def close(self) -> None:
        """Let the agent go."""
        if self._agent is None:
            return
        for stream in (self._agent.stdin, self._agent.stdout):
            if stream is not None:
                stream.close()
        self._agent.kill()
        self._agent.wait()
        self._agent = None

    def _ask(self, request: dict[str, Any]) -> Any:
        agent = self._agent = self._agent or self._start()
        if agent.stdin is None or agent.stdout is None:
            raise RuntimeError("the agent has no pipes")
        try:
            agent.stdin.write(json.dumps(request) + "\n")
            agent.stdin.flush()
            line = agent.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            self.close()
            return []
        answer = json.loads(line)
        return answer.get("ok", [])

    def _start(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [_DEBIANS_PYTHON, "-W", "ignore::DeprecationWarning", str(_AGENT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=self._env,
        )

    def _node(self, raw: dict[str, Any]) -> Node:
        """Qt tells places in its own units, GTK and Chromium in pixels of the screen: here all are pixels."""
        scale = self._scale if raw["app"].lower().startswith("kunji") else 1.0
        x, y, width, height = (round(number * scale) for number in raw["box"])
        return Node(**{**raw, "states": frozenset(raw["states"]), "box": (x, y, width, height)})
