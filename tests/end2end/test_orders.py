"""Orders in the real window: a ticket becomes one order, a position, and is flat again; and the same with no answer.

Everything is done with keyboard and pointer; what is asserted is what stands in the broker's books and its log, and
in the journal on the disk.
"""

import os
import signal
import time
from collections.abc import Iterator

import pytest

from tests.desktop.desktop import until
from tests.desktop.eyes import Match, Node
from tests.desktop.walk import NOTES
from tests.desktop.window import APP
from tests.end2end.conftest import homes
from tests.end2end.test_life import ENDS_WITHIN, slowness
from tests.end2end.trader import Trader

pytestmark = [pytest.mark.alone, pytest.mark.desktop, pytest.mark.timeout(240)]

SENDS = ("now", "send", "again", "order", "review")
"""What the name of a button would hold that could send something."""
BROKERS = ("zerodha", *(pytest.param(key, marks=pytest.mark.slow) for key in ("dhan", "fyers", "angel_one")))


@pytest.fixture(scope="module", params=BROKERS)
def desk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trader]:
    """A trader with one account, at a broker that fills nothing by itself. Each test trades a share of its own."""
    with homes(tmp_path_factory.mktemp("orders")) as make:
        home = make(at=request.param)
        trader = Trader(home, home.connected())
        home.broker.controls.filling(trader.client, "never")
        yield trader


@pytest.fixture
def trader(desk: Trader) -> Iterator[Trader]:
    """The trader before an open window, the broker as it should be."""
    if desk.window.process.poll() is not None:
        desk.start_again()
    desk.begin()
    yield desk
    desk.home.broker.controls.mute_sockets(yes=False)
    desk.home.broker.controls.clear()


def test_ticket_becomes_one_order_then_a_position_and_is_flat_again(trader: Trader) -> None:
    window, controls = trader.window, trader.home.broker.controls
    trader.write("BUY", 10, "HDFCBANK")
    trader.picture("ticket")
    trader.review()
    said = window.see("the request in words", role="label", name="Buy 10 HDFCBANK on NSE at").name
    trader.picture("review")
    window.desktop.key("ctrl+Return")
    window.see("that it was taken", role="label", exact=trader.took)
    order = trader.arrived("HDFCBANK")
    trader.picture("taken")

    controls.fill_order(trader.client, order.order_id, 4)
    window.see("the first part", role="label", words="4 of 10 filled")
    trader.picture("partly-filled")
    controls.fill_order(trader.client, order.order_id, 6)
    window.see("all of it", role="label", words="10 of 10 filled")
    trader.close("Order: HDFCBANK")
    trader.page("alt+2")
    window.desktop.click(trader.row("HDFCBANK"))
    held = trader.held("HDFCBANK")
    trader.picture("position")

    window.desktop.key("ctrl+shift+e")
    window.see("what would be sent", role="label", name="Sell 10 HDFCBANK on NSE (MIS)")
    window.see("whose exit it is, and LIVE", exact=trader.head)
    trader.picture("exit")
    controls.filling(trader.client, "at-once")
    window.click("Exit 1 position now")
    window.see("the receipt", role="label", exact="The position is flat", seconds=40)
    trader.picture("receipt")
    controls.filling(trader.client, "never")
    trader.close("Exit HDFCBANK")

    assert f"\u20b9{order.price}" in said
    assert (order.side, order.kind, order.product, order.quantity) == ("BUY", "LIMIT", "MIS", 10)
    assert held == 10
    opened, closed = trader.booked("HDFCBANK")
    assert (closed.side, closed.product, closed.quantity, closed.filled) == ("SELL", "MIS", 10, 10)
    assert [call.tag for call in trader.calls] == [opened.tag, closed.tag]
    assert trader.held("HDFCBANK") == 0
    assert [one.fates for one in trader.written("HDFCBANK")] == [("sending", "accepted")] * 2


def test_lost_answer_is_looked_for_and_nothing_sends_the_order_again(trader: Trader) -> None:
    window, controls = trader.window, trader.home.broker.controls
    trader.page("alt+4")
    trader.write("SELL", 7, "ICICIBANK")
    confirm = trader.review()
    controls.mute_sockets(yes=True)
    for asked in {"orders", "order_by_tag"} & set(controls.offered):
        controls.fault(asked, "503-bare")  # nothing tells what became of it
    controls.fault("place_order", "reset-in-headers", times=1, lands=True)
    press_as_if_broken(trader, confirm, "ctrl+Return")

    window.see("that its fate is open", role="label", exact=f"Checking with {trader.home.spec.label}")
    window.see("the warning", role="label", exact="Do not send it again.")
    trader.home.desktop.wait_for("the notice", Match(NOTES, words="Sell ICICIBANK: not known whether"))
    press_as_if_broken(trader, confirm, "Return", "space", "ctrl+Return")
    offered = buttons_of_the_ticket(trader)
    trader.picture("unknown")
    assert [name for name in offered if any(word in name.lower() for word in SENDS)] == []
    assert len(trader.calls) == 1

    controls.mute_sockets(yes=False)
    controls.clear()
    window.see("that it was found", role="label", exact=trader.took, seconds=40)
    until(lambda: not trader.home.desktop.see(Match(NOTES, words="not known whether")), 10, "the notice is withdrawn")
    trader.picture("found")
    trader.close("Order: ICICIBANK")
    trader.row("ICICIBANK")

    [order], [call] = trader.booked("ICICIBANK"), trader.calls
    assert (order.tag, order.side, order.quantity) == (call.tag, "SELL", 7)
    assert [one.fates for one in trader.written("ICICIBANK")] == [("sending", "unknown", "accepted")]


def test_killed_right_after_the_send_the_next_start_finds_the_one_order(trader: Trader) -> None:
    trader.home.broker.controls.delay("place_order", 30)
    trader.order("BUY", 3, "ITC")
    order = trader.arrived("ITC")
    os.killpg(trader.window.process.pid, signal.SIGKILL)
    trader.window.process.wait(10)
    left = trader.written("ITC")
    trader.home.broker.controls.clear()

    trader.start_again()
    until(lambda: trader.written("ITC")[0].fates[-1] == "accepted", 30, "the order is found")
    trader.page("alt+4")
    trader.row("ITC")
    trader.picture("after-the-kill")

    assert [(one.tag, one.fates) for one in left] == [(order.tag, ("sending",))]
    assert [one.fates for one in trader.written("ITC")] == [("sending", "unknown", "accepted")]
    assert [call.tag for call in trader.calls] == [order.tag]


def test_quit_with_an_order_in_flight_leaves_in_seconds_and_the_next_start_finds_it(trader: Trader) -> None:
    trader.home.broker.controls.delay("place_order", 30)
    trader.order("BUY", 2, "TATASTEEL")
    order = trader.arrived("TATASTEEL")
    trader.picture("in-flight")
    began = time.monotonic()
    status = trader.window.quit(20)
    took = time.monotonic() - began
    left = trader.written("TATASTEEL")
    trader.home.broker.controls.clear()

    trader.start_again()
    until(lambda: trader.written("TATASTEEL")[0].fates[-1] == "accepted", 30, "the order is found")
    trader.page("alt+4")
    trader.row("TATASTEEL")

    assert status == 0
    assert took < (ENDS_WITHIN + ENDS_WITHIN) * slowness()  # for the order, then for everything else
    assert [one.fates for one in left] == [("sending", "unknown")]
    assert [call.tag for call in trader.calls] == [order.tag]
    assert len(trader.booked("TATASTEEL")) == 1


def press_as_if_broken(trader: Trader, button: Node, *keys: str) -> None:
    """Four clicks where `button` was, then keys, each twice."""
    x, y = button.centre
    click = ["xdotool", "mousemove", str(x), str(y), "click", "--repeat", "4", "--delay", "60", "1"]
    done = trader.home.desktop.call(click)
    assert done.returncode == 0, done.stderr
    trader.home.desktop.key(*(key for key in keys for _ in range(2)))


def buttons_of_the_ticket(trader: Trader) -> list[str]:
    """The buttons that can be pressed inside the ticket's own window."""
    nodes = [node for node in trader.window.desktop.eyes.shown(APP) if node.on_screen]
    dialog = next(at for at, node in enumerate(nodes) if node.role == "dialog")
    return [node.name for node in nodes[dialog:] if node.role == "push button" and "enabled" in node.states]
