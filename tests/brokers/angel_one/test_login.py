"""Sheet section 2: flow A step by step, what is sent, what comes of it, when the token dies."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from app.brokers.angel_one.spec import SPEC
from app.brokers.base import AskText, BaseBroker, Issued, Login, Typed
from app.domain import IST, Credentials, Secret
from tests.brokers.angel_one import wire
from tests.brokers.angel_one.conftest import NOW
from tests.brokers.angel_one.login import (
    CODE,
    KEPT_BOTH,
    KEPT_PIN,
    answers,
    at_code,
    code_at,
    codes_sent,
    login_credentials,
)
from tests.brokers.angel_one.support import planted, posted, refusal
from tests.brokers.zerodha.server import ScriptedServer
from tests.fakes.clock import ManualClock

MIDNIGHT = datetime(2026, 11, 19, tzinfo=IST)
WRONG_CODE = wire.standard("AB1050", "Invalid totp")


async def _issued(broker: BaseBroker, extras: dict[str, str] | None = None) -> Issued:
    step = await (await at_code(broker, extras)).advance(Typed(Secret(CODE)))
    assert isinstance(step, Issued)
    return step


# ------------------------------------------------------------------ the questions, section 2.3


def test_section_2_1_one_signs_in_by_a_code_and_not_in_the_browser() -> None:
    assert SPEC.login is Login.CODE


async def test_section_2_3_nothing_kept_asks_for_the_pin_and_then_for_the_code(
    fresh: BaseBroker, server: ScriptedServer
) -> None:
    sign_in = fresh.sign_in(login_credentials())
    pin = await sign_in.advance(None)
    code = await sign_in.advance(Typed(Secret(wire.PIN)))

    assert isinstance(pin, AskText)
    assert isinstance(code, AskText)
    assert (pin.secret, pin.digits, code.digits) == (True, 0, 6)
    assert server.requests == []


async def test_section_2_3_a_kept_pin_leaves_one_field(fresh: BaseBroker) -> None:
    step = await fresh.sign_in(login_credentials(KEPT_PIN)).advance(None)

    assert isinstance(step, AskText)
    assert step.digits == 6


async def test_section_2_3_pin_and_seed_kept_is_one_click(fresh: BaseBroker, server: ScriptedServer) -> None:
    answers(server, wire.good(wire.issued()))

    step = await fresh.sign_in(login_credentials(KEPT_BOTH)).advance(None)

    assert isinstance(step, Issued)
    assert codes_sent(server) == [code_at(NOW)]


async def test_section_2_1_the_seed_is_taken_as_it_is_shown_in_groups_and_small_letters(
    fresh: BaseBroker, server: ScriptedServer
) -> None:
    answers(server, wire.good(wire.issued()))
    grouped = " ".join(wire.SEED.lower()[place : place + 4] for place in range(0, len(wire.SEED), 4))

    await fresh.sign_in(login_credentials(KEPT_BOTH | {"totp_secret": grouped})).advance(None)

    assert codes_sent(server) == [code_at(NOW)]


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "12345x", "१२३४५६"])
async def test_section_2_1_a_code_that_has_not_six_digits_is_not_sent(
    typed: str, fresh: BaseBroker, server: ScriptedServer
) -> None:
    sign_in = await at_code(fresh)

    assert (await refusal(sign_in.advance(Typed(Secret(typed))))).kind == "invalid_request"
    assert server.requests == []


@pytest.mark.parametrize("lacking", ["api_key", "client_id"])
async def test_section_2_1_key_and_client_code_are_needed(
    lacking: str, fresh: BaseBroker, server: ScriptedServer
) -> None:
    given: dict[str, Any] = {"api_key": Secret(wire.API_KEY), "client_id": wire.CLIENT}
    given[lacking] = type(given[lacking])()
    credentials = Credentials(api_secret=Secret(), access_token=Secret(), **given)

    error = await refusal(fresh.sign_in(credentials).advance(None))

    assert (error.kind, error.field) == ("invalid_request", lacking)
    assert server.requests == []


# ------------------------------------------------------------------ the request, sections 2.1 and 3


async def test_section_2_1_the_body_of_the_login(fresh: BaseBroker, server: ScriptedServer) -> None:
    answers(server, wire.good(wire.issued()))

    await _issued(fresh)

    body = posted(server.only("POST", wire.LOGIN))
    body.pop("state", None)  # not required
    assert body == {"clientcode": wire.CLIENT, "password": wire.PIN, "totp": CODE}


async def test_section_3_the_login_has_no_authorization(fresh: BaseBroker, server: ScriptedServer) -> None:
    answers(server, wire.good(wire.issued()))

    await _issued(fresh)

    headers = server.only("POST", wire.LOGIN).headers
    assert "authorization" not in headers
    assert headers["content-type"].startswith("application/json")
    assert (headers["x-privatekey"], headers["x-usertype"], headers["x-sourceid"]) == (wire.API_KEY, "USER", "WEB")


# ------------------------------------------------------------------ the reply


async def test_section_2_1_the_three_tokens(fresh: BaseBroker, server: ScriptedServer) -> None:
    answers(server, wire.good(wire.issued()))

    token = (await _issued(fresh)).token

    assert (token.access_token.reveal(), token.client_id) == (wire.ISSUED, wire.CLIENT)
    assert wire.REFRESH in {extra.reveal() for extra in token.extras.values()}
    assert wire.FEED in {extra.reveal() for extra in token.extras.values()}


async def test_section_2_1_a_prefix_on_the_token_is_stripped(fresh: BaseBroker, server: ScriptedServer) -> None:
    answers(server, wire.good(wire.issued(jwtToken=f"Bearer {wire.ISSUED}")))

    assert (await _issued(fresh)).token.access_token.reveal() == wire.ISSUED


async def test_an_issued_token_is_never_printed(fresh: BaseBroker, server: ScriptedServer) -> None:
    answers(server, wire.good(wire.issued()))

    step = await _issued(fresh)

    assert planted(f"{step!r} {step.token!r} {step.token}") == []


@pytest.mark.parametrize("value", [None, "", 5, [], {}])
async def test_a_login_without_a_token_issues_nothing(value: Any, fresh: BaseBroker, server: ScriptedServer) -> None:
    answers(server, wire.good(wire.issued(jwtToken=value)))
    sign_in = await at_code(fresh)

    assert (await refusal(sign_in.advance(Typed(Secret(CODE))))).kind == "wire_surprise"


# ------------------------------------------------------------------ section 2.2


@pytest.mark.parametrize(
    ("login", "death"),
    [
        (NOW, MIDNIGHT),
        (MIDNIGHT - timedelta(seconds=1), MIDNIGHT),
        (MIDNIGHT, MIDNIGHT + timedelta(days=1)),
        (MIDNIGHT + timedelta(minutes=1), MIDNIGHT + timedelta(days=1)),
        (datetime.fromisoformat("2026-11-18T18:29:59+00:00"), MIDNIGHT),
        (datetime.fromisoformat("2026-11-18T18:30:00+00:00"), MIDNIGHT + timedelta(days=1)),
    ],
)
def test_section_2_2_a_token_dies_at_the_next_indian_midnight(login: datetime, death: datetime) -> None:
    assert SPEC.token_dies(login) == death


async def test_section_2_2_the_issued_token_carries_the_forecast(fresh: BaseBroker, server: ScriptedServer) -> None:
    answers(server, wire.good(wire.issued()))

    assert (await _issued(fresh)).token.expires_at == MIDNIGHT


# ------------------------------------------------------------------ refusals


@pytest.mark.parametrize("message", ["Invalid totp", "Invalid TOTP provided"])
async def test_section_6_2_a_wrong_typed_code_is_refused_and_asked_once(
    message: str, fresh: BaseBroker, server: ScriptedServer
) -> None:
    answers(server, wire.standard("AB1050", message))
    sign_in = await at_code(fresh)

    error = await refusal(sign_in.advance(Typed(Secret(CODE))))

    assert (error.kind, error.field) == ("bad_credentials", "totp")
    assert codes_sent(server) == [CODE]


async def test_section_2_3_a_wrong_computed_code_is_tried_once_more_in_the_next_window(
    fresh: BaseBroker, server: ScriptedServer, clock: ManualClock
) -> None:
    answers(server, WRONG_CODE)
    began = clock.now()

    error = await refusal(fresh.sign_in(login_credentials(KEPT_BOTH)).advance(None))

    assert error.kind == "bad_credentials"
    assert codes_sent(server) == [code_at(NOW), code_at(NOW, 1)]
    assert clock.now() - began >= timedelta(seconds=18)  # the window of 10:30:12 ends at 10:30:30


@pytest.mark.parametrize("code", ["AB1000", "AB1001", "AB1002", "AB1031", "AB1032", "AB1007", "AG8004"])
async def test_section_6_2_refused_credentials(code: str, fresh: BaseBroker, server: ScriptedServer) -> None:
    answers(server, wire.standard(code, "Invalid clientcode or password"))
    sign_in = await at_code(fresh)

    assert (await refusal(sign_in.advance(Typed(Secret(CODE))))).kind == "bad_credentials"
    assert len(codes_sent(server)) == 1


@pytest.mark.parametrize(
    ("code", "kinds"),
    [
        ("AB1004", {"broker_down"}),
        ("AB2000", {"broker_down"}),
        ("AB2001", {"broker_down"}),
        ("AB1021", {"rate_limited", "login_throttled"}),
        ("AB1023", {"rate_limited", "login_throttled"}),
        ("AG7002", {"ip_not_registered"}),
        ("AB1006", {"permission_denied", "user_blocked"}),
    ],
)
@pytest.mark.parametrize("shape", [wire.standard, wire.gateway, wire.partial, wire.in_words])
async def test_section_6_2_other_answers_to_a_login(
    *, code: str, kinds: set[str], shape: Any, fresh: BaseBroker, server: ScriptedServer
) -> None:
    answers(server, shape(code))
    sign_in = await at_code(fresh)

    assert (await refusal(sign_in.advance(Typed(Secret(CODE))))).kind in kinds


async def test_section_2_3_the_text_of_the_limit_is_no_refusal_and_the_login_is_not_repeated(
    fresh: BaseBroker, server: ScriptedServer
) -> None:
    text = "Access denied because of exceeding access rate"
    answers(server, text, status=403, content_type="text/plain")

    error = await refusal(fresh.sign_in(login_credentials(KEPT_BOTH)).advance(None))

    assert error.kind in {"rate_limited", "login_throttled"}
    assert len(codes_sent(server)) == 1


@pytest.mark.parametrize("status", [200, 400, 415, 500, 502])
@pytest.mark.parametrize("body", ["", "<html><body>Request Rejected. Support ID: 1</body></html>", "busy"])
async def test_section_6_1_what_is_no_json_proves_nothing_about_the_credentials(
    *, status: int, body: str, fresh: BaseBroker, server: ScriptedServer
) -> None:
    answers(server, body, status=status, content_type="text/html" if body.startswith("<") else None)
    sign_in = await at_code(fresh)

    error = await refusal(sign_in.advance(Typed(Secret(CODE))))

    assert error.kind in {"wire_surprise", "broker_down", "not_reachable"}
    assert len(codes_sent(server)) == 1


@pytest.mark.parametrize("value", ["Bearer ", "Bearer"])
async def test_section_2_1_a_login_whose_token_is_the_bare_prefix_issues_nothing(
    value: str, fresh: BaseBroker, server: ScriptedServer
) -> None:
    answers(server, wire.good(wire.issued(jwtToken=value)))
    sign_in = await at_code(fresh)

    assert (await refusal(sign_in.advance(Typed(Secret(CODE))))).kind == "wire_surprise"
