"""Eyes and hands of the walk, run by Debian's own Python: what assistive technology sees of every window.

    /usr/bin/python3 tests/desktop/agent.py

Reads one JSON request a line and answers each with one JSON line. It is a program of its own because the accessibility
bindings (gir1.2-atspi-2.0) belong to Debian's interpreter, not to the project's virtual environment.

    {"do": "tree", "app": "Kunji"}                        -> every node of the applications whose name contains it
    {"do": "tree", "app": "Kunji", "shown": true}         -> those on the screen: what is below a hidden one is not read
    {"do": "press", "id": 7} {"do": "focus", "id": 7}     -> the node's first action, or the keyboard focus
    {"do": "type", "id": 7, "text": "abc"}                -> replaces the text of an input
"""

import json
import sys
from typing import Any

import gi  # type: ignore[import-not-found]  # Debian's, see above

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # type: ignore[import-not-found]  # noqa: E402 - the version comes first

DEEPEST = 40
STATES = ("SHOWING", "VISIBLE", "ENABLED", "SENSITIVE", "FOCUSED", "CHECKED", "SELECTED", "EDITABLE", "ACTIVE")

nodes: dict[int, Any] = {}


def text_of(node: Any) -> str:
    """The text that the node's text interface gives, "" when it has none."""
    interface = node.get_text_iface()
    if interface is None:
        return ""
    return str(Atspi.Text.get_text(interface, 0, Atspi.Text.get_character_count(interface)))


def value_of(node: Any) -> float | None:
    """The number that the node's value interface gives."""
    interface = node.get_value_iface()
    return None if interface is None else float(Atspi.Value.get_current_value(interface))


def describe(node: Any, states: Any, parent: int | None, number: int, app: str) -> dict[str, Any]:
    """Everything that one node tells."""
    place = node.get_extents(Atspi.CoordType.SCREEN)
    return {
        "id": number,
        "parent": parent,
        "app": app,
        "role": node.get_role_name(),
        "name": node.get_name() or "",
        "description": node.get_description() or "",
        "text": text_of(node),
        "value": value_of(node),
        "states": [name.lower() for name in STATES if states.contains(getattr(Atspi.StateType, name))],
        "box": [place.x, place.y, place.width, place.height],
    }


def walk(node: Any, parent: int | None, app: str, found: list[dict[str, Any]], *, shown: bool, depth: int = 0) -> None:
    """Add `node` and what is below it; a node that goes away while it is read is left out.

    Each thing asked is a call over the bus. `shown` leaves out a hidden part with all that is in it: most of a window.
    """
    try:
        states = node.get_state_set()
        if shown and parent is not None and not states.contains(Atspi.StateType.SHOWING):
            return
        number = len(nodes)
        nodes[number] = node
        found.append(describe(node, states, parent, number, app))
        children = [node.get_child_at_index(index) for index in range(node.get_child_count())]
    except GLib.Error:
        return
    for child in children:
        if child is not None and depth < DEEPEST:
            walk(child, number, app, found, shown=shown, depth=depth + 1)


def tree(app: str, *, shown: bool = False) -> list[dict[str, Any]]:
    """Every node of every application whose name contains `app`, or what of them is on the screen."""
    nodes.clear()
    desktop = Atspi.get_desktop(0)
    desktop.clear_cache()
    found: list[dict[str, Any]] = []
    for index in range(desktop.get_child_count()):
        application = desktop.get_child_at_index(index)
        name = application.get_name() if application is not None else None
        if name and app.lower() in name.lower():
            walk(application, None, name, found, shown=shown)
    return found


def press(node: Any) -> bool:
    """Do the node's first action, as a screen reader's user would."""
    action = node.get_action_iface()
    return action is not None and bool(Atspi.Action.do_action(action, 0))


def focus(node: Any) -> bool:
    """Give the node the keyboard."""
    component = node.get_component_iface()
    return component is not None and bool(Atspi.Component.grab_focus(component))


def put(node: Any, text: str) -> bool:
    """Replace the text of an input."""
    editable = node.get_editable_text_iface()
    return editable is not None and bool(Atspi.EditableText.set_text_contents(editable, text))


def answer(request: dict[str, Any]) -> Any:
    """Do what is asked."""
    if request["do"] == "tree":
        return tree(request["app"], shown=request.get("shown", False))
    node = nodes[request["id"]]
    if request["do"] == "type":
        return put(node, request["text"])
    return {"press": press, "focus": focus}[request["do"]](node)


def main() -> None:
    """Answer until the other side closes."""
    Atspi.init()
    Atspi.set_timeout(4000, 8000)  # a window that is busy is waited for; one that hangs is not
    for line in sys.stdin:
        try:
            result = {"ok": answer(json.loads(line))}
        except GLib.Error as error:
            result = {"error": error.message}
        sys.stdout.write(json.dumps(result) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
