"""The sign-in: from the click to green, and every way out of it."""

from app.services.answers import Yes
from app.services.views import AccountState
from tests.services.house import House


async def test_one_click_brings_an_expired_account_back_to_ready(house: House) -> None:
    account = await house.connected()
    house.world.kill("AB1234")
    await house.services.brokers.validate_broker(account.user_id)
    assert house.view(account).state is AccountState.SIGNED_OUT

    running = house.services.sign_ins.start(account.user_id)
    page = await house.land()
    answer = await running.result()

    assert isinstance(answer, Yes)
    assert answer.value.state is AccountState.READY
    assert b"You can close this tab" in page
    assert house.services.portfolio.view(account.user_id).current
