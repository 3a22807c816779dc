"""Sheet sections 2.3 and 2.4: flow C, PIN and six digits; and the renewal of a living token."""

import base64
import hashlib
import hmac
from datetime import datetime
from typing import Any

import pytest

from app.brokers.base import AskText, BaseBroker, Issued, Typed
from app.domain import IST, Credentials, Secret
from tests.brokers.dhan import wire
from tests.brokers.dhan.conftest import NOW
from tests.brokers.dhan.login import by_code, code_credentials
from tests.brokers.dhan.support import refusal
from tests.brokers.sheets import MakeBroker
from tests.brokers.zerodha.server import ScriptedServer

PATH = "/app/generateAccessToken"
RENEW = "/v2/RenewToken"
ONCE = "Token can be generated once every 2 minutes"
DIES = datetime(2026, 11, 19, 10, 30, tzinfo=IST)


def digits(seed: str, at: datetime) -> str:
    """RFC 6238 by hand: SHA-1, 30 seconds, six digits."""
    mac = hmac.new(base64.b32decode(seed), (int(at.timestamp()) // 30).to_bytes(8, "big"), hashlib.sha1).digest()
    place = mac[-1] & 15
    return f"{(int.from_bytes(mac[place : place + 4], 'big') & 0x7FFFFFFF) % 10**6:06d}"


async def test_section_2_3_the_six_digits_are_asked_for(make_broker: MakeBroker, server: ScriptedServer) -> None:
    step = await make_broker().sign_in(code_credentials()).advance(None)

    assert isinstance(step, AskText)
    assert step.digits == 6
    assert server.requests == []


async def test_section_2_3_the_query_carries_all_three_and_there_is_no_body(
    make_broker: MakeBroker, server: ScriptedServer
) -> None:
    server.on("POST", PATH, wire.text(wire.issued()))

    await (await by_code(make_broker())).advance(Typed(Secret("123456")))

    request = server.only("POST", PATH)
    assert request.query == {"dhanClientId": [wire.CLIENT], "pin": [wire.PIN], "totp": ["123456"]}
    assert request.body == b""


@pytest.mark.parametrize("status", [200, 201, 400])
async def test_section_2_3_an_access_token_is_success_whatever_the_status(
    status: int, make_broker: MakeBroker, server: ScriptedServer
) -> None:
    server.on("POST", PATH, wire.text(wire.issued()), status=status)

    end = await (await by_code(make_broker())).advance(Typed(Secret("123456")))

    assert isinstance(end, Issued)
    assert (end.token.access_token.reveal(), end.token.expires_at) == (wire.ISSUED, DIES)


@pytest.mark.parametrize(
    ("message", "kind"),
    [("Invalid Pin", "bad_credentials"), ("Invalid TOTP", "bad_credentials"), (ONCE, "login_throttled")],
)
async def test_section_2_3_failures_come_with_200_and_are_never_repeated(
    message: str, kind: str, make_broker: MakeBroker, server: ScriptedServer
) -> None:
    server.on("POST", PATH, wire.text({"status": "error", "message": message}))

    error = await refusal((await by_code(make_broker())).advance(Typed(Secret("123456"))))

    assert (error.kind, message in error.detail) == (kind, True)
    assert len(server.sent("POST", PATH)) == 1


@pytest.mark.parametrize("status", [500, 502, 503])
async def test_a_login_host_that_is_down_is_no_wrong_pin(
    status: int, make_broker: MakeBroker, server: ScriptedServer
) -> None:
    server.on("POST", PATH, "<html>x</html>", status=status, content_type="text/html")

    error = await refusal((await by_code(make_broker())).advance(Typed(Secret("123456"))))

    assert error.kind == "broker_down"
    assert len(server.sent("POST", PATH)) == 1


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "12345a"])
async def test_digits_that_are_not_six_are_not_sent(
    typed: str, make_broker: MakeBroker, server: ScriptedServer
) -> None:
    error = await refusal((await by_code(make_broker())).advance(Typed(Secret(typed))))

    assert error.kind in {"invalid_request", "bad_credentials"}
    assert server.requests == []


async def test_section_2_3_a_token_of_another_client_is_refused(
    make_broker: MakeBroker, server: ScriptedServer
) -> None:
    server.on("POST", PATH, wire.text(wire.issued(dhanClientId="1100009999")))

    error = await refusal((await by_code(make_broker())).advance(Typed(Secret("123456"))))

    assert error.kind == "wrong_account"


async def test_section_2_3_with_a_stored_seed_nothing_is_typed(make_broker: MakeBroker, server: ScriptedServer) -> None:
    server.on("POST", PATH, wire.text(wire.issued()))
    credentials = code_credentials(totp_secret=wire.SEED)

    end = await make_broker().sign_in(credentials).advance(None)

    assert isinstance(end, Issued)
    assert server.only("POST", PATH).query["totp"] == [digits(wire.SEED, NOW)]


# ------------------------------------------------------------------ section 2.4


@pytest.fixture
async def renewable(make_broker: MakeBroker, server: ScriptedServer) -> BaseBroker:
    """Connected with a token made on the broker's own pages."""
    token = wire.jwt("canarytoken7n8o9p0q1r2s3t4u5v6w7", tokenConsumerType="SELF")
    made = make_broker()
    server.on("GET", "/v2/profile", wire.text(wire.profile()))
    assert await made.connect(Credentials(Secret(), Secret(), Secret(token), client_id=wire.CLIENT))
    server.requests.clear()
    return made


async def test_section_2_4_a_renewal_is_a_get_with_token_and_client(
    renewable: BaseBroker, server: ScriptedServer
) -> None:
    server.on("GET", RENEW, wire.text(wire.issued()))

    token = await renewable.renew()

    headers = server.only("GET", RENEW).headers
    assert headers["access-token"].endswith("canarytoken7n8o9p0q1r2s3t4u5v6w7")
    assert headers["dhanclientid"] == wire.CLIENT
    assert (token.access_token.reveal(), token.expires_at) == (wire.ISSUED, DIES)


async def test_section_2_4_after_a_renewal_the_new_token_is_used(renewable: BaseBroker, server: ScriptedServer) -> None:
    server.on("GET", RENEW, wire.text(wire.issued()))

    await renewable.renew()
    await renewable.validate()

    assert server.only("GET", "/v2/profile").headers["access-token"] == wire.ISSUED


@pytest.mark.parametrize(
    ("status", "body", "kinds"),
    [
        (400, wire.failure("DH-906", "Invalid Token"), {"session_expired"}),
        (401, wire.failure("DH-901", "Expired", "Invalid_Authentication"), {"session_expired"}),
        (500, wire.failure("DH-908", "Internal"), {"broker_down"}),
        (429, wire.failure("DH-904", "Too many requests"), {"rate_limited"}),
        (200, {"status": "success"}, {"wire_surprise"}),
        (200, wire.issued(dhanClientId="1100009999"), {"wrong_account"}),
    ],
)
async def test_section_2_4_a_renewal_that_fails_is_typed_and_not_repeated(
    *, status: int, body: Any, kinds: set[str], renewable: BaseBroker, server: ScriptedServer
) -> None:
    server.on("GET", RENEW, wire.text(body), status=status)

    error = await refusal(renewable.renew())

    assert error.kind in kinds
    assert len(server.sent("GET", RENEW)) == 1


async def test_section_2_4_a_token_that_an_app_made_is_not_renewed(broker: BaseBroker, server: ScriptedServer) -> None:
    """Only tokens made on Dhan Web can be (documented); flow B's is not verified (section 15)."""
    assert (await refusal(broker.renew())).kind == "unsupported"
    assert server.requests == []
