"""Secrets planted in every way in: none comes out in a log, an event, an answer, a picture or the application file."""

import logging
import secrets

import pytest

from app.domain import Credentials, Secret
from tests.fakes.waiting import until
from tests.services.fakes import REDIRECT
from tests.services.house import House


@pytest.fixture
def planted() -> dict[str, str]:
    """One random text for each kind of secret, so that a plain search proves a leak."""
    return {kind: f"{kind}{secrets.token_hex(16)}" for kind in ("key", "secret", "token", "pasted", "request")}


def offered(house: House, planted: dict[str, str], token: str = "") -> Credentials:
    extras = {"redirect_url": Secret(REDIRECT.format(port=house.world.port))}
    return Credentials(Secret(planted["key"]), Secret(planted["secret"]), Secret(token), "AB1234", extras)


async def live_through(house: House, planted: dict[str, str]) -> list[object]:
    """Connect, fail, reconnect, paste wrongly, remove; everything that was answered on the way."""
    brokers, answers = house.services.brokers, list[object]()
    house.world.secrets[planted["key"]] = planted["secret"]
    house.world.tokens[planted["token"]] = "AB1234"
    answers.append(await brokers.connect_broker("HUF", "zerodha", offered(house, planted, planted["token"])))
    account = brokers.accounts()[0]
    answers.append(await brokers.update_broker_token(account.user_id, planted["pasted"]))
    house.world.kill("AB1234")
    answers.append(await brokers.validate_broker(account.user_id))
    for request_token in (planted["request"], "good"):
        house.pages.clear()
        running = house.services.sign_ins.start(account.user_id)
        await house.land(request_token)
        answers += [await running.result(), running.view]
    running = house.services.sign_ins.start(account.user_id)
    running.paste(f"http://127.0.0.1/?request_token={planted['request']}&state=wrong")
    await until(lambda: running.view.problem is not None)
    running.cancel()
    answers += [await running.result(), await brokers.broker_status(account.user_id)]
    return answers


async def test_no_planted_secret_comes_out_anywhere(
    house: House, planted: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        answers = await live_through(house, planted)
        seen = repr(answers) + repr(house.events) + repr(house.services) + caplog.text
        await house.close()

    stored = b"".join(file.read_bytes() for file in house.directory.rglob("*") if file.is_file())
    for secret in (*planted.values(), *house.world.deaths):
        assert secret not in seen
        assert secret.encode() not in stored
    await house.open()
