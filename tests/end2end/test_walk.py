"""`kunji demo` from the empty start to green again, observed from outside; at the usual scale and at 150 %."""

from pathlib import Path

import pytest

from tests.desktop import browser
from tests.desktop.demo import DEMO, demo_command
from tests.desktop.desktop import SCREEN, Desktop, Setting
from tests.desktop.eyes import Node
from tests.desktop.walk import Log, Step, Walk
from tests.desktop.window import APP, Window

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
