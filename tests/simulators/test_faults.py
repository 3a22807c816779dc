"""Every fault of the list really shows its symptom on the wire, and the log says that it was played."""

import asyncio
import email.utils
import json
import math
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import httpx
import pytest

from app.simulators import DEMO, FAULTS, ZerodhaSimulator
from tests.fakes.clock import ManualClock, settle
from tests.fakes.waiting import until
from tests.simulators.support import Heard, ask, new_client, signed_in

# typed anew from the project's list of faults, not taken from the product
NETWORK = [
    "refused",
    "dns",
    "accept-stall",
    "reset-before",
    "reset-in-headers",
    "reset-in-body",
    "stall-before-headers",
    "stall-in-body",
    "drip",
    "half-headers",
    "short-body",
    "long-body",
    "bad-chunk",
    "gzip-junk",
    "portal",
    "redirect-get",
    "redirect-post",
    "429-seconds",
    "429-date",
    "429-bare",
    "500",
    "502-html",
    "503-bare",
    "504",
    "tls-self-signed",
    "tls-expired",
    "tls-wrong-host",
    "tls-unknown-ca",
    "plain-on-tls-port",
]
ODD = [
    "list",
    "null",
    "string",
    "number",
    "no-data",
    "null-data",
    "error-without-type",
    "error-type-null",
    "error-type-number",
    "error-type-dunder",
    "error-without-message",
    "no-content-type",
    "204-empty",
    "200-empty",
    "word-false",
    "nan",
    "wrong-types",
    "duplicate-keys",
    "deep",
    "500-success-body",
]
ON_TLS = [name for name in NETWORK if "tls" in name]
SILENT = {"accept-stall", "stall-before-headers", "stall-in-body", "drip"}
MESSAGE = {"status": "error", "message": "Something went wrong.", "data": None}


def promised(heard: Heard) -> int:
    return int(heard.headers["content-length"])


def is_429(heard: Heard) -> bool:
    body = {"status": "error", "message": "Too many requests", "data": None, "error_type": "NetworkException"}
    return heard.status == 429 and heard.json == body


def constants(body: bytes) -> list[float]:
    found: list[float] = []
    json.loads(body, parse_constant=lambda word: found.append(float(word)))
    return found


def keys_twice(body: bytes) -> bool:
    twice: list[bool] = []

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        twice.append(len(found) != len({key for key, _ in found}))
        return dict(found)

    json.loads(body, object_pairs_hook=pairs)
    return sum(twice) >= 2


SYMPTOMS: dict[str, Callable[[Heard], bool]] = {
    "refused": lambda heard: heard.end == "refused",
    "accept-stall": lambda heard: heard.end == "silent" and not heard.raw,
    "reset-before": lambda heard: heard.end == "reset" and not heard.raw,
    "reset-in-headers": lambda heard: heard.end == "reset" and heard.status == 200 and b"\r\n\r\n" not in heard.raw,
    "reset-in-body": lambda heard: heard.end == "reset" and 0 < len(heard.body) < promised(heard),
    "stall-before-headers": lambda heard: heard.end == "silent" and not heard.raw,
    "stall-in-body": lambda heard: heard.end == "silent" and 0 < len(heard.body) < promised(heard),
    "drip": lambda heard: heard.end == "silent" and 1 <= len(heard.raw) <= 2,
    "half-headers": lambda heard: heard.end == "closed" and heard.status == 200 and b"\r\n\r\n" not in heard.raw,
    "short-body": lambda heard: heard.end == "closed" and 0 < len(heard.body) < promised(heard),
    "long-body": lambda heard: heard.end == "closed" and json.loads(heard.body[: promised(heard)])["data"] != {},
    "bad-chunk": lambda heard: heard.headers["transfer-encoding"] == "chunked" and b"not a size" in heard.body,
    "gzip-junk": lambda heard: heard.headers["content-encoding"] == "gzip" and heard.body.startswith(b"{"),
    "portal": lambda heard: heard.status == 200 and "html" in heard.headers["content-type"],
    "redirect-get": lambda heard: heard.status == 302,
    "redirect-post": lambda heard: heard.status == 307,
    "429-seconds": lambda heard: is_429(heard) and heard.headers["retry-after"] == "11",
    "429-date": is_429,
    "429-bare": lambda heard: heard.status == 429 and "retry-after" not in heard.headers and not heard.body,
    "500": lambda heard: heard.status == 500 and heard.json["status"] == "error",
    "502-html": lambda heard: heard.status == 502 and heard.body.startswith(b"<html>"),
    "503-bare": lambda heard: heard.status == 503 and not heard.body and "content-type" not in heard.headers,
    "504": lambda heard: heard.status == 504,
    "plain-on-tls-port": lambda heard: heard.status == 400,
    "list": lambda heard: isinstance(heard.json, list),
    "null": lambda heard: heard.json is None,
    "string": lambda heard: heard.json == "success",
    "number": lambda heard: heard.json == 42,
    "no-data": lambda heard: heard.json == {"status": "success"},
    "null-data": lambda heard: heard.json == {"status": "success", "data": None},
    "error-without-type": lambda heard: heard.json == MESSAGE,
    "error-type-null": lambda heard: heard.json == {**MESSAGE, "error_type": None},
    "error-type-number": lambda heard: heard.json == {**MESSAGE, "error_type": 7},
    "error-type-dunder": lambda heard: heard.json == {**MESSAGE, "error_type": "__doc__"},
    "error-without-message": lambda heard: "message" not in heard.json and heard.json["status"] == "error",
    "no-content-type": lambda heard: "content-type" not in heard.headers and heard.json["data"] != {},
    "204-empty": lambda heard: heard.status == 204 and not heard.body,
    "200-empty": lambda heard: heard.status == 200 and not heard.body and "json" in heard.headers["content-type"],
    "word-false": lambda heard: heard.body == b"false",
    "nan": lambda heard: {math.inf, -math.inf} < set(constants(heard.body)),
    "wrong-types": lambda heard: {type(row["tradingsymbol"]) for row in heard.json["data"]["net"]} == {int},
    "duplicate-keys": lambda heard: keys_twice(heard.body),
    "deep": lambda heard: heard.body.count(b"[") == 10_000,
    "500-success-body": lambda heard: heard.status == 500 and len(heard.json["data"]["net"]) > 1,
}
BY_HANDSHAKE = {
    "tls-self-signed": "self-signed certificate",
    "tls-expired": "certificate has expired",
    "tls-wrong-host": "IP address mismatch",
    "tls-unknown-ca": "unable to get local issuer certificate",
}


def test_list_of_faults_is_whole() -> None:
    assert (len(NETWORK), len(ODD)) == (29, 20)
    assert list(FAULTS) == NETWORK + ODD
    assert set(SYMPTOMS) | set(BY_HANDSHAKE) | {"dns"} == set(FAULTS)


@pytest.mark.parametrize("name", [name for name in NETWORK + ODD if name not in ON_TLS and name != "dns"])
async def test_fault_shows_its_symptom_and_is_logged(name: str, simulator: ZerodhaSimulator) -> None:
    token = simulator.controls.replace_token(DEMO.client_id)
    simulator.controls.fault("positions", name, retry_after=11)
    patience = 0.5 if name in SILENT else 10
    heard = await ask(simulator.base_url, "/portfolio/positions", token=token, patience=patience)
    assert SYMPTOMS[name](heard), heard
    assert [(seen.operation, seen.fault) for seen in simulator.log] == [("positions", name)]


@pytest.mark.parametrize("name", sorted(BY_HANDSHAKE))
async def test_tls_fault_breaks_the_handshake(name: str, clock: ManualClock) -> None:
    simulator = ZerodhaSimulator(clock=clock)
    await simulator.start(tls="good")
    try:
        trusting = ssl.create_default_context(cafile=simulator.ca_file)
        assert (await ask(simulator.base_url, "/instruments", tls=trusting)).status == 200
        simulator.controls.fault("profile", name)
        with pytest.raises(ssl.SSLCertVerificationError, match=BY_HANDSHAKE[name]):
            await ask(simulator.base_url, "/user/profile", tls=trusting)
        assert simulator.log[-1].fault == name
        simulator.controls.clear()
        assert (await ask(simulator.base_url, "/instruments", tls=trusting)).status == 200
    finally:
        await simulator.stop()


async def test_plain_http_answers_on_a_tls_port(clock: ManualClock) -> None:
    simulator = ZerodhaSimulator(clock=clock)
    await simulator.start(tls="good")
    try:
        simulator.controls.fault("*", "plain-on-tls-port")
        trusting = ssl.create_default_context(cafile=simulator.ca_file)
        with pytest.raises(ssl.SSLError, match=r"(?i)wrong.version.number|record layer failure"):
            await ask(simulator.base_url, "/user/profile", tls=trusting)
        assert simulator.base_url.startswith("https://")
    finally:
        await simulator.stop()


@pytest.mark.parametrize("mode", ["self-signed", "expired", "wrong-host", "unknown-ca"])
async def test_start_takes_the_bad_certificates_too(mode: Any, clock: ManualClock) -> None:
    simulator = ZerodhaSimulator(clock=clock)
    await simulator.start(tls=mode)
    try:
        trusting = ssl.create_default_context(cafile=simulator.ca_file)
        with pytest.raises(ssl.SSLCertVerificationError, match=BY_HANDSHAKE[f"tls-{mode}"]):
            await ask(simulator.base_url, "/user/profile", tls=trusting)
    finally:
        await simulator.stop()


async def test_tls_fault_on_a_plain_simulator_is_refused(simulator: ZerodhaSimulator) -> None:
    with pytest.raises(ValueError, match="started with TLS"):
        simulator.controls.fault("*", "tls-expired")


async def test_dns_fault_gives_an_address_that_never_resolves(simulator: ZerodhaSimulator) -> None:
    simulator.controls.fault("profile", "dns")
    with pytest.raises(socket.gaierror):
        await ask(simulator.base_url, "/user/profile")
    assert simulator.base_url == simulator.unresolvable_url
    assert simulator.log[-1].fault == "dns"
    simulator.controls.clear()
    assert "127.0.0.1" in simulator.base_url


async def test_refused_port_is_the_same_port_afterwards(simulator: ZerodhaSimulator) -> None:
    before = simulator.base_url
    simulator.controls.fault("*", "refused")
    assert (await ask(before, "/instruments")).end == "refused"
    simulator.controls.clear()
    assert (await ask(before, "/instruments")).status == 200
    assert simulator.base_url == before


async def test_refused_hits_a_client_that_keeps_its_connection_open(simulator: ZerodhaSimulator) -> None:
    async with new_client(simulator) as client:
        await signed_in(simulator, client)
        simulator.controls.fault("*", "refused")
        await settle()
        with pytest.raises(httpx.ConnectError):
            await client.get("/user/profile")


async def test_redirect_points_to_another_port_that_remembers_visitors(simulator: ZerodhaSimulator) -> None:
    simulator.controls.fault("profile", "redirect-get")
    async with new_client(simulator) as client:
        answer = await client.get("/user/profile")
        visitors = len(simulator.elsewhere)
        await client.get(answer.headers["Location"])
    assert visitors == 0
    assert [(seen.method, seen.path) for seen in simulator.elsewhere] == [("GET", "/user/profile")]
    assert not answer.headers["Location"].startswith(simulator.base_url)


async def test_retry_date_is_counted_from_the_injected_clock(simulator: ZerodhaSimulator, clock: ManualClock) -> None:
    simulator.controls.fault("profile", "429-date", retry_after=90)
    heard = await ask(simulator.base_url, "/user/profile")
    assert email.utils.parsedate_to_datetime(heard.headers["retry-after"]) == clock.now() + timedelta(seconds=90)


async def test_fault_is_played_so_many_times(simulator: ZerodhaSimulator) -> None:
    token = simulator.controls.replace_token(DEMO.client_id)
    simulator.controls.fault("profile", "500", times=2)
    statuses = [(await ask(simulator.base_url, "/user/profile", token=token)).status for _ in range(3)]
    assert statuses == [500, 500, 200]


async def test_unread_connections_are_counted(simulator: ZerodhaSimulator) -> None:
    simulator.controls.fault("*", "accept-stall", times=1)
    assert (await ask(simulator.base_url, "/instruments", patience=0.05)).end == "silent"
    assert (await ask(simulator.base_url, "/instruments")).status == 200


async def test_fault_of_an_operation_goes_before_that_of_all(simulator: ZerodhaSimulator) -> None:
    simulator.controls.fault("*", "503-bare")
    simulator.controls.fault("profile", "500")
    statuses = [(await ask(simulator.base_url, path)).status for path in ("/user/profile", "/orders", "/nowhere")]
    assert statuses == [500, 503, 503]


async def test_clear_ends_everything(simulator: ZerodhaSimulator) -> None:
    token = simulator.controls.replace_token(DEMO.client_id)
    simulator.controls.fault("profile", "500")
    simulator.controls.delay("profile", 30)
    simulator.controls.answer("profile", 403, "UserException", "blocked")
    simulator.controls.fuzz("profile", 1)
    simulator.controls.clear()
    assert (await ask(simulator.base_url, "/user/profile", token=token)).status == 200


async def test_fault_hits_only_its_operation(simulator: ZerodhaSimulator) -> None:
    token = simulator.controls.replace_token(DEMO.client_id)
    simulator.controls.fault("profile", "500")
    assert (await ask(simulator.base_url, "/user/margins", token=token)).status == 200


async def test_drip_sends_one_byte_a_second(simulator: ZerodhaSimulator) -> None:
    assert simulator.controls.drip_seconds == 1.0
    simulator.controls.drip_seconds = 0.001
    simulator.controls.fault("profile", "drip")
    heard = await ask(simulator.base_url, "/user/profile")
    assert heard.end == "closed"
    assert heard.status == 400


@pytest.mark.parametrize(("name", "value"), [("nope", "500"), ("profile", "nope")])
async def test_unknown_names_are_refused(name: str, value: str, simulator: ZerodhaSimulator) -> None:
    with pytest.raises(ValueError, match="no such"):
        simulator.controls.fault(name, value)


async def test_stop_ends_stalled_connections_promptly(clock: ManualClock) -> None:
    simulator = ZerodhaSimulator(clock=clock)
    await simulator.start()
    before = asyncio.all_tasks()
    simulator.controls.fault("profile", "stall-before-headers")
    stalled = asyncio.create_task(ask(simulator.base_url, "/user/profile", patience=30))
    await until(lambda: len(simulator.log) == 1)
    simulator.controls.fault("*", "accept-stall")
    unread = asyncio.create_task(ask(simulator.base_url, "/user/profile", patience=30))
    await until(lambda: len(simulator.log) == 2)
    async with asyncio.timeout(15):  # the clients would wait for 30
        await simulator.stop()
        await asyncio.gather(stalled, unread)
    await until(lambda: asyncio.all_tasks() <= before)


async def test_delay_holds_the_answer_back(simulator: ZerodhaSimulator) -> None:
    token = simulator.controls.replace_token(DEMO.client_id)
    simulator.controls.delay("profile", 0.3)
    assert (await ask(simulator.base_url, "/user/profile", token=token, patience=0.05)).end == "silent"
    assert (await ask(simulator.base_url, "/user/profile", token=token, patience=5)).status == 200


async def test_random_answers_are_the_same_for_the_same_seed(simulator: ZerodhaSimulator) -> None:
    token = simulator.controls.replace_token(DEMO.client_id)
    rows = []
    for seed in (5, 5, 6):
        simulator.controls.fuzz("profile", seed)
        simulator.controls.reset_limits()
        rows.append([(await ask(simulator.base_url, "/user/profile", token=token)).body for _ in range(8)])
    assert rows[0] == rows[1]
    assert rows[0] != rows[2]
    assert len(set(rows[0])) > 4


@pytest.mark.parametrize("turns", range(8))
async def test_stop_closes_what_was_accepted_only_just_now(turns: int) -> None:
    zerodha = ZerodhaSimulator(clock=ManualClock())
    await zerodha.start()
    clients = [socket.create_connection(("127.0.0.1", httpx.URL(zerodha.base_url).port or 0)) for _ in range(3)]
    await settle(turns)

    await zerodha.stop()

    for client in clients:
        client.settimeout(5)
        with client, suppress(ConnectionResetError):
            assert client.recv(1) == b""
