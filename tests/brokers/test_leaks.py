"""L2, L3 and L6 at every broker: adapters, errors with all locals, and the libraries below them show no secret."""

import json
import logging
import pickle
import traceback
from collections.abc import Callable, Iterator

import pytest

from app.brokers import http
from app.brokers.base import BaseBroker
from app.brokers.zerodha import desk
from app.domain import TradingError, secret
from tests.brokers.bench import BENCHES, Bench
from tests.brokers.fault_scene import begin, scene
from tests.brokers.operations import OPERATIONS, At
from tests.desktop.evidence import told

FAULTS = ("refused", "502-html", "wrong-types", "error-without-type")
LIBRARIES = ("", "httpx", "httpcore", "aiohttp", "urllib3", "requests", "kiteconnect", "asyncio", "websockets")


@pytest.fixture
def planted() -> Callable[[], dict[str, str]]:
    """Every secret that came into being since the test began, by itself."""
    before = set(secret._known)

    def since() -> dict[str, str]:
        new = secret._known - before
        return {text: text for text in new if len(text) > 8 and "://" not in text and "%3A%2F%2F" not in text}

    return since


@pytest.fixture(autouse=True)
def _no_pause_before_a_retry(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (http, desk):
        monkeypatch.setattr(module, "_BACK_OFF", (0.0, 0.0, 0.0))


@pytest.fixture
def everything_logged() -> Iterator[list[str]]:
    """What every logger says at DEBUG, before any mask of ours."""
    said: list[str] = []
    handler = logging.Handler(logging.DEBUG)
    handler.emit = lambda record: said.append(  # type: ignore[method-assign]  # a handler as small as can be
        f"{record.getMessage()} {vars(record)} {logging.Formatter().format(record)}"
    )
    levels = {name: logging.getLogger(name).level for name in LIBRARIES}
    for name in LIBRARIES:
        logging.getLogger(name).setLevel(logging.DEBUG)
    logging.getLogger().addHandler(handler)
    yield said
    logging.getLogger().removeHandler(handler)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


async def error_of(name: str, at: At) -> str:
    """How the operation ended: the error with its chain and all local variables."""
    try:
        await OPERATIONS[name].call(at)
    except TradingError as error:
        shown = traceback.TracebackException.from_exception(error, capture_locals=True)
        return "".join([*shown.format(), str(vars(error)), repr(error), error.title, error.next_step])
    return ""


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("key", BENCHES)
async def test_an_error_with_its_chain_and_its_locals_shows_no_secret(
    key: str, fault: str, planted: Callable[[], dict[str, str]], everything_logged: list[str]
) -> None:
    async with scene(key, fault) as (bench, met):
        await begin(bench, fault, met)
        shown = {name: await error_of(name, at) for name, at in met.items()}

    assert sum(map(bool, shown.values())) > len(shown) // 2
    assert planted()
    assert {name: told(planted(), text) for name, text in shown.items() if told(planted(), text)} == {}
    assert told(planted(), "\n".join(everything_logged)) == []


async def test_a_session_from_its_beginning_to_its_end_is_logged_without_a_secret(
    planted: Callable[[], dict[str, str]], bench: Bench, equipped: BaseBroker, everything_logged: list[str]
) -> None:
    at = At(bench, equipped)
    for name in ("profile", "positions", "holdings", "funds", "orders"):
        await OPERATIONS[name].call(at)
    bench.expire()
    refusal = await error_of("positions", at)

    assert refusal
    assert told(planted(), "\n".join([refusal, *everything_logged])) == []


async def test_an_adapter_and_its_sign_in_are_safe_to_print(
    planted: Callable[[], dict[str, str]], bench: Bench, connected: BaseBroker
) -> None:
    sign_in = connected.sign_in(bench.signed_out())
    step = await sign_in.advance(None)
    held = [connected, vars(connected), sign_in, vars(sign_in), step, bench.live()]
    said = [f"{one!r} {one} {one!s:>9}" for one in held]
    said += [json.dumps(one, default=repr) for one in held]

    assert told(planted(), "\n".join(said)) == []
    for one in (connected, bench.live()):
        with pytest.raises((TypeError, AttributeError, pickle.PicklingError)):
            pickle.dumps(one)
