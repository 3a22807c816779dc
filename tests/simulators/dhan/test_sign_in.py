"""Consents, codes, renewal and the one live token (protocol sheet section 2)."""

import base64
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from app.simulators.dhan.people import dhan_users
from app.simulators.dhan.server import DhanSimulator
from app.simulators.totp import code
from tests.fakes.clock import ManualClock
from tests.simulators.dhan.support import APP, ME, data

OTHER = dhan_users(2)[1]
CONSENT = "/app/generate-consent"
PAGE = "/login/consentApp-login"
CONSUME = "/app/consumeApp-consent"
CODE = "/app/generateAccessToken"


async def _consent(client: httpx.AsyncClient, **headers: str) -> httpx.Response:
    return await client.post(CONSENT, params={"client_id": ME.client_id}, headers=APP | headers)


async def _signed(client: httpx.AsyncClient, **form: str) -> httpx.Response:
    consent = data(await _consent(client))["consentAppId"]
    sent = {"consentAppId": consent, "client_id": ME.client_id, "do": "sign-in"} | form
    return await client.post(PAGE, data=sent)


async def _code(client: httpx.AsyncClient, totp: str, pin: str = ME.pin) -> Any:
    query = {"dhanClientId": ME.client_id, "pin": pin, "totp": totp}
    return data(await client.post(CODE, params=query))


def claims(token: str) -> Any:
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


# ------------------------------------------------------------------ flow B


async def test_consent_is_generated(stranger: httpx.AsyncClient) -> None:
    body = data(await _consent(stranger))

    assert (body["consentAppStatus"], body["status"]) == ("GENERATED", "success")
    assert len(body["consentAppId"]) == 36


@pytest.mark.parametrize("wrong", [{"app_secret": "x"}, {"app_id": "x"}])
async def test_wrong_app_is_refused(wrong: dict[str, str], stranger: httpx.AsyncClient) -> None:
    answer = await _consent(stranger, **wrong)

    assert (answer.status_code, answer.json()["status"]) == (401, "error")


async def test_26th_consent_of_a_day_is_refused_and_tomorrow_is_another_day(
    stranger: httpx.AsyncClient, clock: ManualClock
) -> None:
    answers = [await _consent(stranger) for _ in range(26)]
    assert [answer.status_code for answer in answers] == [200] * 25 + [400]
    assert answers[-1].json()["errorCode"] == "CONSENT_LIMIT_EXCEED"
    clock.jump(24 * 3600)
    assert (await _consent(stranger)).status_code == 200


async def test_page_can_be_used_by_a_person(stranger: httpx.AsyncClient) -> None:
    consent = data(await _consent(stranger))["consentAppId"]

    page = await stranger.get(PAGE, params={"consentAppId": consent})

    assert page.headers["Content-Type"].startswith("text/html")
    assert "DEMO, no real money" in page.text
    assert f'value="{ME.client_id}"' in page.text


async def test_sign_in_goes_back_with_a_token_id_after_a_slash(stranger: httpx.AsyncClient) -> None:
    answer = await _signed(stranger)

    parts = urlsplit(answer.headers["Location"])
    assert (answer.status_code, parts.path) == (302, "/dhan/")
    assert list(parse_qs(parts.query)) == ["tokenId"]


async def test_another_client_cannot_sign_in_at_this_app(stranger: httpx.AsyncClient) -> None:
    assert (await _signed(stranger, client_id=OTHER.client_id)).status_code == 403


async def test_cancelling_sends_nobody_back(stranger: httpx.AsyncClient) -> None:
    answer = await _signed(stranger, do="cancel")

    assert (answer.status_code, "Location" in answer.headers) == (200, False)


async def test_unknown_consent_has_no_page(stranger: httpx.AsyncClient) -> None:
    assert (await stranger.get(PAGE, params={"consentAppId": "nobody"})).status_code == 400


@pytest.mark.parametrize("verb", ["GET", "POST"])
async def test_token_id_becomes_a_token_once(verb: str, sim: DhanSimulator, stranger: httpx.AsyncClient) -> None:
    query = {"tokenId": sim.controls.token_id(ME.client_id)}

    body = data(await stranger.request(verb, CONSUME, params=query, headers=APP))
    again = await stranger.request(verb, CONSUME, params=query, headers=APP)

    assert set(body) == {
        "dhanClientId", "dhanClientName", "dhanClientUcc", "givenPowerOfAttorney", "accessToken", "expiryTime",
    }  # fmt: skip
    assert (body["dhanClientId"], body["expiryTime"]) == (ME.client_id, "2026-11-19T10:00:00")
    assert (again.status_code, again.json()["status"]) == (400, "error")


async def test_token_id_of_another_client_is_refused(sim: DhanSimulator, stranger: httpx.AsyncClient) -> None:
    query = {"tokenId": sim.controls.token_id(OTHER.client_id)}

    assert (await stranger.get(CONSUME, params=query, headers=APP)).status_code == 400


# ------------------------------------------------------------------ flow C


async def test_code_makes_a_token(sim: DhanSimulator, stranger: httpx.AsyncClient) -> None:
    body = await _code(stranger, sim.controls.totp(ME.client_id))

    assert body["expiryTime"] == "2026-11-19T10:00:00.000"
    assert sim.controls.is_live(ME.client_id)


async def test_wrong_pin_and_wrong_code_are_errors_inside_200(sim: DhanSimulator, stranger: httpx.AsyncClient) -> None:
    totp = sim.controls.totp(ME.client_id)
    wrong = f"{(int(totp) + 1) % 1_000_000:06d}"

    assert await _code(stranger, totp, pin="000000") == {"status": "error", "message": "Invalid Pin"}
    assert await _code(stranger, wrong) == {"status": "error", "message": "Invalid TOTP"}


async def test_second_token_within_two_minutes_is_refused(
    sim: DhanSimulator, stranger: httpx.AsyncClient, clock: ManualClock
) -> None:
    await _code(stranger, sim.controls.totp(ME.client_id))
    clock.jump(119)
    refused = await _code(stranger, sim.controls.totp(ME.client_id))
    clock.jump(31)
    taken = await _code(stranger, sim.controls.totp(ME.client_id))

    assert "once every 2 minutes" in refused["message"]
    assert taken["accessToken"]


async def test_code_is_taken_once(sim: DhanSimulator, stranger: httpx.AsyncClient, clock: ManualClock) -> None:
    old = sim.controls.totp(ME.client_id)
    await _code(stranger, old)
    clock.jump(121)

    assert await _code(stranger, old) == {"status": "error", "message": "Invalid TOTP"}


def test_codes_are_those_of_rfc_6238() -> None:
    """Appendix B of the RFC: 94287082 at 59 seconds, of which the last six digits."""
    from datetime import UTC, datetime

    seed = base64.b32encode(b"12345678901234567890").decode()

    assert code(seed, datetime.fromtimestamp(59, UTC)) == "287082"


# ------------------------------------------------------------------ tokens


async def test_token_says_who_it_is_for_and_how_long(sim: DhanSimulator) -> None:
    told = claims(sim.controls.replace_token(ME.client_id, "SELF"))

    assert (told["iss"], told["dhanClientId"], told["tokenConsumerType"]) == ("dhan", ME.client_id, "SELF")
    assert told["exp"] - told["iat"] == 24 * 3600


async def test_new_token_kills_the_old_one(sim: DhanSimulator, client: httpx.AsyncClient) -> None:
    assert (await client.get("/v2/profile")).status_code == 200

    sim.controls.replace_token(ME.client_id)

    assert (await client.get("/v2/profile")).status_code == 400


async def test_token_lives_24_hours(client: httpx.AsyncClient, clock: ManualClock) -> None:
    clock.jump(24 * 3600 - 1)
    assert (await client.get("/v2/profile")).status_code == 200
    clock.jump(1)
    assert (await client.get("/v2/profile")).status_code == 400


async def test_renewal_replaces_a_token_of_the_brokers_pages(sim: DhanSimulator, client: httpx.AsyncClient) -> None:
    old = sim.controls.replace_token(ME.client_id, "SELF")
    headers = {"access-token": old, "dhanClientId": ME.client_id}

    body = data(await client.get("/v2/RenewToken", headers=headers))

    assert body["accessToken"] != old
    assert (await client.get("/v2/profile", headers=headers)).status_code == 400
    assert claims(body["accessToken"])["tokenConsumerType"] == "SELF"


async def test_renewal_by_post_or_of_an_apps_token_is_refused(client: httpx.AsyncClient) -> None:
    headers = {"dhanClientId": ME.client_id}

    answers = [await client.request(verb, "/v2/RenewToken", headers=headers) for verb in ("GET", "POST")]

    assert [(answer.status_code, answer.json()["errorCode"]) for answer in answers] == [(400, "DH-905")] * 2
    assert (await client.get("/v2/profile")).status_code == 200


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/v2/orders", 401, "DH-901"),
        ("/v2/fundlimit", 401, "DH-901"),
        ("/v2/holdings", 401, "DH-901"),
        ("/v2/profile", 400, "DH-906"),
        ("/v2/positions", 400, "DH-906"),
        ("/v2/RenewToken", 400, "DH-906"),
    ],
)
async def test_death_shows_in_two_ways(path: str, status: int, code: str, stranger: httpx.AsyncClient) -> None:
    answer = await stranger.get(path, headers={"access-token": "dead", "dhanClientId": ME.client_id})

    assert (answer.status_code, answer.json()["errorCode"]) == (status, code)


async def test_death_shows_in_a_third_way_at_the_quotes(
    client: httpx.AsyncClient, stranger: httpx.AsyncClient, clock: ManualClock
) -> None:
    clock.jump(25 * 3600)
    old = await client.post("/v2/marketfeed/ltp", json={"NSE_EQ": [2885]})
    wrong = await client.post("/v2/marketfeed/ltp", json={"NSE_EQ": [2885]}, headers={"access-token": "x"})

    assert (old.status_code, list(old.json()["data"])) == (401, ["807"])
    assert (wrong.status_code, list(wrong.json()["data"])) == (401, ["809"])


async def test_log_shows_no_secret(sim: DhanSimulator, stranger: httpx.AsyncClient) -> None:
    body = await _code(stranger, sim.controls.totp(ME.client_id))
    await _signed(stranger)

    text = repr(sim.log) + repr(ME)
    assert [seen.operation for seen in sim.log] == ["token", "consent", "login"]
    assert not any(secret in text for secret in (ME.pin, ME.totp_seed, ME.api_secret, body["accessToken"]))
