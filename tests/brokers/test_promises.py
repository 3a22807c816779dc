"""Promises that are read off the code or off one broker at work: TLS, money, hosts, the day's orders (M1, N5, N6)."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

import app.brokers
from app.brokers import create_broker
from app.brokers.base import BrokerPorts
from app.brokers.zerodha.broker import ZerodhaBroker
from app.domain import DailyCap, MemoryCallCounts, MemoryInstruments, NotReachable
from app.simulators import DEMO
from tests.brokers.bench import BENCHES, Bench, ZerodhaBench, started
from tests.brokers.raw_server import answer, raw_server

SOURCES = sorted(Path(next(iter(app.brokers.__path__))).rglob("*.py"))
ABOUT_MONEY = {
    "mapping.py", "rows.py", "ticket.py", "instruments.py", "broker.py", "book.py", "quotes.py", "listings.py",
    "exact.py",
}  # fmt: skip
MONEY_SOURCES = [path for path in SOURCES if path.name in ABOUT_MONEY]
TODAY = date(2026, 11, 18)


def nodes(path: Path) -> list[ast.AST]:
    return list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def names(path: Path) -> set[str]:
    """Every name, attribute and keyword that the code of a file uses."""
    found = nodes(path)
    used = {node.id for node in found if isinstance(node, ast.Name)}
    used |= {node.attr for node in found if isinstance(node, ast.Attribute)}
    return used | {node.arg for node in found if isinstance(node, ast.keyword) and node.arg}


def test_the_sources_are_found() -> None:
    assert len(SOURCES) > 12


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.name))
def test_nothing_can_switch_the_check_of_certificates_off(path: Path) -> None:
    assert not names(path) & {"disable_ssl", "check_hostname", "verify_mode", "_create_unverified_context"}
    texts = {node.value for node in nodes(path) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    assert "CERT_NONE" not in texts | names(path)


@pytest.mark.parametrize("path", MONEY_SOURCES, ids=lambda path: str(path.name))
def test_no_float_takes_part_in_money(path: Path) -> None:
    assert "float" not in names(path)
    assert not any(isinstance(node, ast.Constant) and isinstance(node.value, float) for node in nodes(path))


ORDER_CALL = re.compile(
    r"(place|modify|cancel)_order|client\.(place|modify|cancel)|http\.write|_write|handle_async_request"
)
AGAIN = (ast.For, ast.AsyncFor, ast.While, ast.ExceptHandler, ast.comprehension, ast.ListComp, ast.GeneratorExp)


def order_calls(node: ast.AST, *, again: bool = False) -> Iterator[tuple[str, bool]]:
    """Every call below `node` that may put something into the market, and whether it can come a second time there."""
    for inner in ast.iter_child_nodes(node):
        if isinstance(inner, ast.Call) and ORDER_CALL.search(ast.unparse(inner.func)):
            yield ast.unparse(inner.func), again
        yield from order_calls(inner, again=again or isinstance(inner, AGAIN))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_order_call_stands_in_a_loop_or_after_a_failure(path: Path) -> None:
    """O5, read off the code; that it holds at work is counted by the servers of the fault matrix."""
    assert [call for call, again in order_calls(ast.parse(path.read_text(encoding="utf-8"))) if again] == []


def test_there_is_one_way_to_the_wire_for_all_adapters_on_http() -> None:
    calls = [call for path in SOURCES for call, _ in order_calls(ast.parse(path.read_text(encoding="utf-8")))]
    ways = Counter(call.rpartition(".")[2] for call in calls)
    assert ways["handle_async_request"] == 1
    assert ways["_write"] == 3 * 2, "placing, changing and ending, at two brokers"


def test_only_the_brokers_own_hosts_are_named() -> None:
    texts = [
        node.value
        for path in SOURCES
        for node in nodes(path)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "\n" not in node.value
    ]
    hosts = {text for text in texts if "://" in text.strip(":/") and "{" not in text}
    assert hosts == {
        "https://api.kite.trade",
        "https://kite.zerodha.com",
        "https://developers.kite.trade",
        "http://127.0.0.1:5021/zerodha",
        "https://api.dhan.co/v2",
        "https://auth.dhan.co",
        "https://images.dhan.co",
        "https://web.dhan.co",
        "http://127.0.0.1:5022/dhan/",
        "https://api-t1.fyers.in/api/v3",
        "https://api-t1.fyers.in/data",
        "https://public.fyers.in/sym_details",
        "https://myapi.fyers.in",
        "http://127.0.0.1:5023/fyers",
        "https://apiconnect.angelone.in",
        "https://margincalculator.angelone.in",
        "https://smartapi.angelone.in",
        "wss://ws.kite.trade",
        "wss://api-order-update.dhan.co",
        "wss://socket.fyers.in/trade/v3",
        "wss://tns.angelone.in/smart-order-update",
    }


@pytest.mark.parametrize("key", BENCHES)
async def test_a_certificate_that_only_the_test_trusts_is_refused_without_it(key: str) -> None:
    async with started(key, "good") as bench:
        broker = bench.spec.make(BrokerPorts(bench.clock, MemoryCallCounts(), MemoryInstruments(), bench.base_url))
        bench.hurry(broker, 0.5, 0.5)
        with pytest.raises(NotReachable, match="certificate"):
            await broker.connect(bench.live())
        await broker.close()
        assert bench.arrived == 0


async def test_proxies_of_the_environment_are_not_used(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    async with raw_server(answer(b"{}")) as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.base_url)
        broker = bench.broker()
        assert await broker.connect(bench.live())
        assert await broker.load_instruments()
        await broker.close()
        assert proxy.connections == 0


async def order_under(counts: MemoryCallCounts) -> int:
    """Place an order with these counts; how many orders arrived."""
    bench = ZerodhaBench()
    await bench.start()
    broker = create_broker("zerodha", base_url=bench.base_url, clock=bench.clock, calls=counts)
    try:
        assert await broker.connect(bench.live())
        await broker.load_instruments()
        before = bench.arrived
        await broker.place_order(bench.order())
        return bench.arrived - before
    finally:
        await broker.close()
        await bench.stop()


async def test_the_last_of_four_fifths_of_the_days_orders_is_sent_and_counted() -> None:
    counts = MemoryCallCounts()
    for _ in range(3999):
        counts.add(DEMO.client_id, "zerodha.orders", TODAY)
    assert await order_under(counts) == 1
    assert counts.count(DEMO.client_id, "zerodha.orders", TODAY) == 4000


async def test_beyond_four_fifths_of_the_days_orders_nothing_is_sent() -> None:
    counts = MemoryCallCounts()
    for _ in range(4000):
        counts.add(DEMO.client_id, "zerodha.orders", TODAY)
    with pytest.raises(DailyCap):
        await order_under(counts)


async def test_ports_that_are_handed_in_are_the_ones_used() -> None:
    bench, instruments = ZerodhaBench(), MemoryInstruments()
    await bench.start()
    broker = create_broker("zerodha", base_url=bench.base_url, clock=bench.clock, instruments=instruments)
    assert isinstance(broker, ZerodhaBroker)
    assert await broker.load_instruments() > 0
    assert await instruments.loaded_on("zerodha") == TODAY
    await broker.close()
    await bench.stop()
