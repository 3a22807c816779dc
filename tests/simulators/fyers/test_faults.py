"""Every fault by its name, on the wire of this broker, and in the log."""

import gzip
import json
import ssl
from typing import Any

import httpx
import pytest

from app.simulators.faults import CONNECTION_FAULTS, FAULTS, NETWORK_FAULTS, ODD_ANSWERS
from app.simulators.fyers.server import FyersSimulator
from tests.simulators.fyers.support import ASHA, new_client, ok, place
from tests.simulators.support import Heard, ask

PLAIN = [name for name in NETWORK_FAULTS if name not in CONNECTION_FAULTS]
FUNDS = "/api/v3/funds"
STATUSES = {
    "portal": 200, "redirect-get": 302, "redirect-post": 307, "429-seconds": 429, "429-date": 429, "429-bare": 429,
    "500": 500, "502-html": 502, "503-bare": 503, "504": 504,
}  # fmt: skip
ODD_JSON: dict[str, Any] = {
    "list": [{"s": "ok", "code": 200, "message": ""}],
    "null": None,
    "string": "ok",
    "number": 42,
    "no-data": {"s": "ok", "code": 200, "message": ""},
    "null-data": {"s": "ok", "code": 200, "message": "", "fund_limit": None},
    "error-without-type": {"s": "error", "message": "No such answer"},
    "error-type-null": {"s": "error", "code": None, "message": "No such answer"},
    "error-type-number": {"s": 7, "code": 7, "message": "No such answer"},
    "error-type-dunder": {"s": "error", "code": "__doc__", "message": "No such answer"},
    "error-without-message": {"s": "error", "code": -1},
    "word-false": False,
}


async def _heard(simulator: FyersSimulator, name: str, path: str = FUNDS) -> Heard:
    """What a raw line hears; the fault is in the log."""
    simulator.controls.break_seconds = simulator.controls.drip_seconds = 0.0
    simulator.controls.fault("*", name, retry_after=9)
    heard = await ask(simulator.base_url, path, patience=0.3)
    assert [one.fault for one in simulator.log][-1] == name
    return heard


@pytest.mark.parametrize("name", PLAIN)
async def test_network_fault_is_played_and_logged(name: str, simulator: FyersSimulator) -> None:
    heard = await _heard(simulator, name)

    if name in STATUSES:
        assert heard.status == STATUSES[name]
    else:
        assert heard.end in {"closed", "reset", "silent"}


async def test_refused_and_stalled_connections(simulator: FyersSimulator) -> None:
    simulator.controls.fault("*", "refused")
    assert (await ask(simulator.base_url, FUNDS)).end == "refused"

    simulator.controls.fault("*", "accept-stall")
    assert (await ask(simulator.base_url, FUNDS, patience=0.2)).end == "silent"


@pytest.mark.parametrize("name", ["429-seconds", "429-date", "500"])
async def test_throttling_and_outage_speak_this_brokers_envelope(name: str, simulator: FyersSimulator) -> None:
    heard = await _heard(simulator, name)

    expected = -99 if name == "500" else -429
    assert (heard.json["s"], heard.json["code"]) == ("error", expected)
    assert name != "429-seconds" or heard.headers["retry-after"] == "9"


async def test_redirects_lead_to_a_port_that_remembers(simulator: FyersSimulator, client: httpx.AsyncClient) -> None:
    simulator.controls.fault("funds", "redirect-get")
    answer = await client.get(FUNDS)

    await client.get(answer.headers["Location"])

    assert [one.operation for one in simulator.elsewhere] == ["redirected"]


@pytest.mark.parametrize("name", ODD_JSON)
async def test_odd_answer_of_one_body(name: str, simulator: FyersSimulator, client: httpx.AsyncClient) -> None:
    simulator.controls.fault("funds", name)

    answer = await client.get(FUNDS)

    assert (answer.status_code, answer.json()) == (200, ODD_JSON[name])


async def _odd(client: httpx.AsyncClient, simulator: FyersSimulator, name: str, path: str = FUNDS) -> httpx.Response:
    simulator.controls.fault("*", name)
    return await client.get(path)


async def test_odd_answers_without_a_body(simulator: FyersSimulator, client: httpx.AsyncClient) -> None:
    empty = [await _odd(client, simulator, name) for name in ("204-empty", "200-empty")]

    assert [(answer.status_code, answer.content) for answer in empty] == [(204, b""), (200, b"")]


async def test_odd_nan_is_no_json_number(simulator: FyersSimulator, client: httpx.AsyncClient) -> None:
    text = (await _odd(client, simulator, "nan")).text

    assert "NaN" in text
    assert "Infinity" in text
    assert text.startswith('{"s":"ok","code":200')


async def test_odd_wrong_types(simulator: FyersSimulator, client: httpx.AsyncClient) -> None:
    row = (await _odd(client, simulator, "wrong-types")).json()["fund_limit"][0]

    assert isinstance(row["equityAmount"], str)
    assert row["title"] == 7


async def test_odd_duplicate_keys(simulator: FyersSimulator, client: httpx.AsyncClient) -> None:
    pairs = json.loads((await _odd(client, simulator, "duplicate-keys")).content, object_pairs_hook=list)

    keys = [key for key, _ in pairs]
    assert keys.count("s") == keys.count("fund_limit") == 2


async def test_odd_depth(simulator: FyersSimulator, client: httpx.AsyncClient) -> None:
    assert (await _odd(client, simulator, "deep")).text.count("[") == 10_000


async def test_odd_500_with_a_success(simulator: FyersSimulator, client: httpx.AsyncClient) -> None:
    answer = await _odd(client, simulator, "500-success-body")

    assert (answer.status_code, answer.json()["s"]) == (500, "ok")


async def test_odd_answer_without_a_type(simulator: FyersSimulator) -> None:
    heard = await _heard(simulator, "no-content-type")

    assert "content-type" not in heard.headers


@pytest.mark.parametrize("name", ["nan", "wrong-types", "duplicate-keys", "null-data"])
async def test_odd_symbol_files(name: str, simulator: FyersSimulator, client: httpx.AsyncClient) -> None:
    path = "/sym_details/NSE_CD.csv"
    good = (await client.get(path)).text

    assert (await _odd(client, simulator, name, path)).text != good


@pytest.mark.parametrize("name", ODD_ANSWERS)
@pytest.mark.parametrize("path", ["/api/v3/profile", "/api/v3/orders", "/data/quotes?symbols=NSE:SBIN-EQ"])
async def test_every_odd_answer_is_another_one(
    path: str, name: str, simulator: FyersSimulator, client: httpx.AsyncClient
) -> None:
    good = await client.get(path)

    odd = await _odd(client, simulator, name, path)

    assert (odd.status_code, odd.content, odd.headers.get("Content-Type")) != (
        good.status_code,
        good.content,
        good.headers["Content-Type"],
    )
    assert simulator.log[-1].fault == name


@pytest.mark.parametrize(("name", "lands"), [("reset-in-body", True), ("500", False), ("500-success-body", True)])
async def test_an_order_lands_although_its_answer_is_broken(
    *, name: str, lands: bool, simulator: FyersSimulator, client: httpx.AsyncClient
) -> None:
    simulator.controls.fault("place_order", name, times=1)
    try:
        await place(client)
    except httpx.HTTPError:
        assert name == "reset-in-body"

    assert len(ok(await client.get("/api/v3/orders"))["orderBook"]) == lands


async def test_a_fault_hits_its_operation_so_many_times(simulator: FyersSimulator, client: httpx.AsyncClient) -> None:
    simulator.controls.fault("order", "500", times=1)

    book = await client.get("/api/v3/orders")
    first, second = [await client.get("/api/v3/orders", params={"id": "1"}) for _ in range(2)]

    assert [answer.status_code for answer in (book, first, second)] == [200, 500, 200]


async def test_a_minutes_outage_and_back(simulator: FyersSimulator, client: httpx.AsyncClient) -> None:
    simulator.controls.answer("funds", 500, -99, "Something went wrong. Please contact support", times=1)

    assert [(await client.get(FUNDS)).status_code for _ in range(2)] == [500, 200]


async def test_the_same_seed_makes_the_same_random_changes(
    client: httpx.AsyncClient, simulator: FyersSimulator
) -> None:
    rounds = []
    for _ in range(2):
        simulator.controls.fuzz("funds", 5)
        rounds.append([(await client.get(FUNDS)).content for _ in range(4)])

    assert rounds[0] == rounds[1]
    assert len(set(rounds[0])) == 4


async def test_answers_are_packed_for_those_who_take_it(simulator: FyersSimulator, client: httpx.AsyncClient) -> None:
    async with client.stream("GET", FUNDS, headers={"Accept-Encoding": "gzip"}) as answer:
        raw = b"".join([piece async for piece in answer.aiter_raw()])

    assert json.loads(gzip.decompress(raw))["s"] == "ok"
    assert simulator.log[-1].client_id == ASHA.client_id


async def test_it_can_speak_tls(simulator: FyersSimulator) -> None:
    await simulator.stop()
    await simulator.start(tls="good")
    context = ssl.create_default_context(cafile=simulator.ca_file)
    async with httpx.AsyncClient(base_url=simulator.base_url, verify=context, trust_env=False) as client:
        assert (await client.get("/sym_details/NSE_CD.csv")).status_code == 200


def test_every_fault_is_covered_here() -> None:
    assert set(FAULTS) == set(PLAIN) | set(CONNECTION_FAULTS) | set(ODD_ANSWERS)


async def test_a_second_client_is_not_disturbed(simulator: FyersSimulator, client: httpx.AsyncClient) -> None:
    simulator.controls.fault("holdings", "stall-before-headers", times=1)
    async with new_client(simulator) as other:
        other.headers["Authorization"] = client.headers["Authorization"]
        with pytest.raises(httpx.ReadTimeout):
            await other.get("/api/v3/holdings", timeout=httpx.Timeout(30, read=0.1))

        assert (await client.get("/api/v3/holdings")).status_code == 200
