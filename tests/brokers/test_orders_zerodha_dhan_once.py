"""O5, read off the code: on its way to the socket an order call passes no loop, and nothing calls itself again."""

import ast
from collections import Counter
from pathlib import Path
from typing import Final

import pytest

import app.brokers

ROOM: Final = Path(next(iter(app.brokers.__path__)))
WAYS: Final[dict[str, tuple[tuple[str, str, str], ...]]] = {  # file, function, and what it calls exactly once
    "dhan": (
        ("dhan/broker.py", "place_order", "place"),
        ("dhan/broker.py", "modify_order", "modify"),
        ("dhan/broker.py", "cancel_order", "cancel"),
        ("dhan/client.py", "place", "write"),
        ("dhan/client.py", "modify", "_change"),
        ("dhan/client.py", "cancel", "_change"),
        ("dhan/client.py", "_change", "write"),
        ("http.py", "write", "_judged"),
        ("http.py", "_judged", "_answer"),
        ("http.py", "_answer", "_flight"),
        ("http.py", "_flight", "_exchange"),
        ("http.py", "_exchange", "handle_async_request"),
        ("transport.py", "handle_async_request", "_answer"),
    ),
    "zerodha": (
        ("zerodha/broker.py", "place_order", "_send"),
        ("zerodha/broker.py", "modify_order", "_send_for"),
        ("zerodha/broker.py", "cancel_order", "_send_for"),
        ("zerodha/broker.py", "_send_for", "_send"),
        ("zerodha/broker.py", "_send", "order"),
        ("zerodha/desk.py", "order", "_on_wire"),
        ("zerodha/desk.py", "_on_wire", "run"),
        ("zerodha/client.py", "perform", "run"),
        ("zerodha/client.py", "order_place", "place_order"),
        ("zerodha/client.py", "order_modify", "modify_order"),
        ("zerodha/client.py", "order_cancel", "cancel_order"),
        ("zerodha/session.py", "request", "_exchange"),
        ("zerodha/session.py", "_exchange", "urlopen"),
        ("zerodha/wire.py", "urlopen", "urlopen"),
    ),
}
STEPS: Final = [step for way in WAYS.values() for step in way]
LOOPS: Final = (ast.For, ast.AsyncFor, ast.While, ast.comprehension)
WRITES: Final = frozenset({"ORDER", "CHANGE", "CANCEL"})


def function(file: str, name: str) -> ast.AST:
    """The one function of that name."""
    tree = ast.parse((ROOM / file).read_text(encoding="utf-8"))
    [found] = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name
    ]
    return found


def called(node: ast.AST) -> Counter[str]:
    """How often each name is called within."""
    calls = [inner.func for inner in ast.walk(node) if isinstance(inner, ast.Call)]
    return Counter(func.attr if isinstance(func, ast.Attribute) else ast.unparse(func) for func in calls)


@pytest.mark.parametrize(("file", "name", "next_step"), STEPS, ids=str)
def test_each_step_takes_the_next_one_once_and_in_no_loop(file: str, name: str, next_step: str) -> None:
    step = function(file, name)

    assert called(step)[next_step] == 1
    assert not any(isinstance(inner, LOOPS) for inner in ast.walk(step))


def test_the_library_below_repeats_nothing_and_follows_nothing() -> None:
    [call] = [
        node
        for node in ast.walk(function("zerodha/wire.py", "urlopen"))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "urlopen"
    ]

    said = {word.arg: ast.literal_eval(word.value) for word in call.keywords if word.arg in {"retries", "redirect"}}
    assert said == {"retries": False, "redirect": False}


@pytest.mark.parametrize("file", ["dhan/client.py", "fyers/client.py", "angel_one/client.py", "zerodha/broker.py"])
def test_what_changes_something_is_never_asked_the_way_of_reads(file: str) -> None:
    tree = ast.parse((ROOM / file).read_text(encoding="utf-8"))
    writers = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and any(
            isinstance(inner, ast.Attribute) and inner.attr in WRITES and ast.unparse(inner.value) == "Asked"
            for inner in ast.walk(node)
        )
    ]

    assert writers
    assert [node.name for node in writers if {"read", "once"} & set(called(node))] == []
