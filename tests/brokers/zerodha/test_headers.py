"""Sheet section 3 (headers) and section 14 (what requests would do with the environment), on every operation."""

import gzip
from pathlib import Path

import pytest

from app.brokers.base import BaseBroker
from app.domain import Credentials, Profile
from tests.brokers.sheets import MakeBroker
from tests.brokers.zerodha import wire
from tests.brokers.zerodha.server import Received, ScriptedServer
from tests.brokers.zerodha.support import READS, refusal, ticket

TOKEN_HEADER = f"token {wire.API_KEY}:{wire.ACCESS_TOKEN}"


async def _read(name: str, broker: BaseBroker, server: ScriptedServer) -> Received:
    READS[name].script(server, wire.success(READS[name].data))
    await READS[name].ask(broker)
    return server.requests[-1]


async def _place(broker: BaseBroker, server: ScriptedServer) -> Received:
    server.on("POST", "/orders/regular", wire.success({"order_id": "151220000000000"}))
    await broker.place_order(ticket())
    return server.only("POST", "/orders/regular")


@pytest.mark.parametrize("name", READS)
async def test_section_3_every_read_carries_the_token_header(
    name: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    request = await _read(name, broker, server)

    assert request.headers["authorization"] == TOKEN_HEADER
    assert request.method == "GET"


@pytest.mark.parametrize("name", READS)
async def test_section_3_every_read_names_version_3(name: str, broker: BaseBroker, server: ScriptedServer) -> None:
    request = await _read(name, broker, server)

    assert request.headers["x-kite-version"] == "3"


async def test_section_3_an_order_carries_the_token_header_and_version_3(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    request = await _place(broker, server)

    assert request.headers["authorization"] == TOKEN_HEADER
    assert request.headers["x-kite-version"] == "3"


async def test_section_3_the_instrument_file_is_asked_for_with_version_3(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    server.on("GET", "/instruments", wire.failure("InputException", "No"), status=400)

    await refusal(broker.load_instruments())

    assert server.only("GET", "/instruments").headers["x-kite-version"] == "3"


async def test_section_3_a_post_is_form_encoded(broker: BaseBroker, server: ScriptedServer) -> None:
    request = await _place(broker, server)

    assert request.headers["content-type"].split(";")[0] == "application/x-www-form-urlencoded"


async def test_section_3_blanks_around_pasted_values_never_reach_the_header(
    make_broker: MakeBroker, server: ScriptedServer
) -> None:
    server.on("GET", "/user/profile", wire.success(wire.profile()))
    pasted = Credentials(f" {wire.API_KEY}\r\n", f"{wire.API_SECRET}\n", f"\t{wire.ACCESS_TOKEN} \n")  # type: ignore[arg-type]  # plain text is accepted and wrapped

    await make_broker().connect(pasted)

    assert server.only("GET", "/user/profile").headers["authorization"] == TOKEN_HEADER


async def test_section_3_a_gzipped_answer_is_read(broker: BaseBroker, server: ScriptedServer) -> None:
    packed = gzip.compress(wire.success(wire.profile()).encode())
    server.on("GET", "/user/profile", packed, headers=(("Content-Encoding", "gzip"),))

    profile = await broker.get_profile()

    assert isinstance(profile, Profile)
    assert profile.client_id == wire.CLIENT_ID


async def test_section_14_a_netrc_entry_does_not_replace_the_token_header(
    broker: BaseBroker, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))

    request = await _read("profile", broker, server)

    assert request.headers["authorization"] == TOKEN_HEADER


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
async def test_section_14_a_proxy_of_the_environment_is_not_used(
    variable: str, broker: BaseBroker, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with ScriptedServer() as proxy:
        monkeypatch.setenv(variable, proxy.base_url)
        await _read("profile", broker, server)

    assert proxy.requests == []
