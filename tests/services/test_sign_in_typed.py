"""Sign-ins that ask for a text: a PIN, six digits, a token made on the broker's own page; and pages that come again."""

import asyncio

import pytest

from app.brokers.base import AskText, OpenPage, Typed
from app.domain import BadCredentials, Secret
from app.services.answers import No, Yes
from app.services.sign_ins import RunningSignIn
from app.services.views import AccountState, Asked, Draft, Phase, SignInChanged
from tests.fakes.clock import settle
from tests.fakes.waiting import until
from tests.services.fakes import credentials
from tests.services.house import House

PIN = AskText("pin", "PIN", hint="Of the app")
CODE = AskText("totp", "Code", hint="Of your authenticator", digits=6, period=30)


async def asking(house: House, *steps: AskText | OpenPage, user_id: str = "") -> RunningSignIn:
    """A sign-in to an account that is stored, which asks for something."""
    account = user_id or (await house.connected()).user_id
    house.world.steps = list(steps)
    running = house.services.sign_ins.start(account)
    await until(lambda: running.view.phase is Phase.ASKING)
    return running


async def asked_for(running: RunningSignIn, name: str) -> None:
    await until(lambda: running.view.asked is not None and running.view.asked.name == name)


async def test_what_is_asked_for_is_shown_as_the_broker_says_it(house: House) -> None:
    running = await asking(house, CODE)

    assert running.view.asked == Asked("totp", "Code", "Of your authenticator", secret=True, digits=6, period=30)
    assert (running.view.url, house.pages) == ("", [])
    running.cancel()
    await running.result()


async def test_pin_and_code_lead_to_ready(house: House) -> None:
    running = await asking(house, PIN, CODE)

    running.answer(Secret("2468"))
    await asked_for(running, "totp")
    running.answer(Secret("407123"))
    answer = await running.result()

    assert isinstance(answer, Yes)
    assert answer.value.state is AccountState.READY
    assert house.world.told == [Typed(Secret("2468")), Typed(Secret("407123"))]


async def test_nothing_is_asked_any_more_once_it_was_answered(house: House) -> None:
    running = await asking(house, CODE)
    house.world.gates["exchange"] = asyncio.Event()

    running.answer(Secret("407123"))
    await until(lambda: running.view.phase is Phase.EXCHANGING)

    assert running.view.asked is None
    house.world.gates["exchange"].set()
    assert isinstance(await running.result(), Yes)


async def test_a_new_account_is_stored_after_its_code(house: House) -> None:
    house.world.steps = [CODE]
    running = house.services.sign_ins.start(Draft("HUF", "zerodha", credentials(client_id="AB1234")))
    await asked_for(running, "totp")

    running.answer(Secret("407123"))

    assert isinstance(await running.result(), Yes)
    assert len(house.services.brokers.accounts()) == 1


@pytest.mark.parametrize("text", ["", "40712", "4071234", "abcdef", "407 12", "٤٠٧١٢٣", "-40712"])
async def test_a_text_that_cannot_be_the_code_is_told_and_never_sent(house: House, text: str) -> None:
    running = await asking(house, CODE)

    running.answer(Secret(text))
    problem = running.view.problem
    running.answer(Secret("407123"))
    answer = await running.result()

    assert problem is not None
    assert (problem.kind, problem.field) == ("invalid_request", "totp")
    assert house.world.told == [Typed(Secret("407123"))]
    assert isinstance(answer, Yes)


async def test_an_empty_pin_is_told(house: House) -> None:
    running = await asking(house, PIN)

    running.answer(Secret(" "))

    assert running.view.problem is not None
    assert running.view.problem.title == "Nothing was typed"
    running.cancel()
    await running.result()


async def test_blanks_inside_a_code_are_no_part_of_it(house: House) -> None:
    running = await asking(house, CODE)

    running.answer(Secret(" 407 123 "))

    assert isinstance(await running.result(), Yes)
    assert house.world.told == [Typed(Secret("407123"))]


async def test_pressing_twice_answers_one_question_only(house: House) -> None:
    running = await asking(house, PIN, PIN, CODE)

    running.answer(Secret("2468"))
    running.answer(Secret("2468"))
    await until(lambda: len(house.world.told) == 1)
    await settle()

    assert running.view.phase is Phase.ASKING
    assert house.world.told == [Typed(Secret("2468"))]
    running.cancel()
    await running.result()


async def test_an_answer_to_an_earlier_question_is_not_taken_for_this_one(house: House) -> None:
    running = await asking(house, PIN, CODE)
    earlier = running.view.asked
    running.answer(Secret("2468"), earlier)
    await asked_for(running, "totp")

    running.answer(Secret("246810"), earlier)
    await settle()

    assert house.world.told == [Typed(Secret("2468"))]
    running.cancel()
    await running.result()


async def test_a_refused_code_ends_it_and_is_never_tried_again(house: House) -> None:
    running = await asking(house, CODE)
    house.world.faults["exchange"] = BadCredentials(title="The broker refused this code", field="totp")

    running.answer(Secret("407123"))
    answer = await running.result()

    assert isinstance(answer, No)
    assert answer.error.title == "The broker refused this code"
    assert house.world.asked["exchange"] == 1
    assert running.view.phase is Phase.FAILED


async def test_cancel_works_while_it_asks(house: House) -> None:
    running = await asking(house, CODE)

    running.cancel()
    answer = await running.result()

    assert isinstance(answer, No)
    assert answer.error.kind == "login_cancelled"
    assert house.world.told == []
    assert house.services.brokers.accounts()[0].state is AccountState.READY


async def test_an_answer_after_cancel_is_not_sent(house: House) -> None:
    running = await asking(house, CODE)

    running.cancel()
    running.answer(Secret("407123"))
    await running.result()

    assert house.world.told == []


async def test_five_minutes_are_the_time_of_all_steps_together(house: House) -> None:
    running = await asking(house, PIN, CODE)
    ends_at = running.view.ends_at
    await house.clock.advance(200)
    running.answer(Secret("2468"))
    await asked_for(running, "totp")
    assert running.view.ends_at == ends_at

    await house.clock.advance(99)
    assert not running.done
    await house.clock.advance(1)
    answer = await running.result()

    assert isinstance(answer, No)
    assert answer.error.kind == "login_timed_out"


async def test_typed_secrets_appear_in_no_event_and_no_log(house: House, caplog: pytest.LogCaptureFixture) -> None:
    running = await asking(house, PIN, CODE)

    running.answer(Secret("canary-2468"))
    await asked_for(running, "totp")
    running.answer(Secret("907351"))
    await running.result()

    told = repr([event for event in house.events if isinstance(event, SignInChanged)]) + caplog.text
    assert "canary" not in told
    assert "907351" not in told


# ------------------------------------------------------------------ a page that never comes back


def token_page(house: House) -> OpenPage:
    return OpenPage("https://broker.example/tokens", "", lambda _: None, brings=AskText("access_token", "Access token"))


async def test_what_only_the_page_can_give_is_asked_for_beside_it(house: House) -> None:
    running = await asking(house, token_page(house))
    await until(lambda: bool(house.pages))

    assert house.pages == [running.view.url] == ["https://broker.example/tokens"]
    running.answer(Secret("a-token-made-there"))
    assert isinstance(await running.result(), Yes)
    assert house.world.told == [Typed(Secret("a-token-made-there"))]


async def test_without_a_browser_the_link_is_told_and_the_text_still_taken(house: House) -> None:
    house.browser_missing = True
    running = await asking(house, token_page(house))
    await until(lambda: running.view.problem is not None)

    running.answer(Secret("a-token-made-there"))

    assert isinstance(await running.result(), Yes)


# ------------------------------------------------------------------ a page that is to be waited for anew


async def test_a_redirect_that_the_broker_refuses_does_not_end_the_wait(house: House) -> None:
    account = await house.connected()
    house.world.refuses = 5
    running = house.services.sign_ins.start(account.user_id)

    for left in (4, 3, 2, 1, 0):
        await house.land("bad")
        await until(lambda left=left: house.world.refuses == left)  # type: ignore[misc]  # no lambda names its types
    await house.land()

    assert isinstance(await running.result(), Yes)
    assert len(house.pages) == 1


async def test_the_user_is_told_that_what_came_back_was_not_taken(house: House) -> None:
    account = await house.connected()
    house.world.refuses = 1
    running = house.services.sign_ins.start(account.user_id)

    await house.land("bad")
    await until(lambda: running.view.problem is not None)

    assert running.view.phase is Phase.WAITING
    assert running.view.problem is not None
    assert running.view.problem.title == "The broker did not take the sign-in that came back"
    running.cancel()
    await running.result()


async def test_the_true_redirect_is_caught_while_a_false_one_is_being_refused(house: House) -> None:
    account = await house.connected()
    house.world.refuses = 1
    running = house.services.sign_ins.start(account.user_id)

    first, second = await house.land("bad"), await house.land()

    assert b"You can close this tab" in first
    assert b"You can close this tab" in second
    assert isinstance(await running.result(), Yes)


async def test_who_gives_up_during_a_refused_exchange_is_not_asked_again(house: House) -> None:
    running = await asking(house, PIN, CODE)
    running.answer(Secret("2468"))
    running._picture.show(phase=Phase.EXCHANGING)

    running.cancel()
    answer = await running.result()

    assert isinstance(answer, No)
    assert answer.error.kind == "login_cancelled"


async def test_another_client_is_refused_in_the_words_of_every_broker(house: House) -> None:
    running = await asking(house, CODE)
    house.world.signs_in_as = "CD5678"

    running.answer(Secret("407123"))
    answer = await running.result()

    assert isinstance(answer, No)
    assert answer.error.title == "You signed in as CD5678; this account is AB1234"
    assert answer.error.next_step == "Nothing was changed. Sign out on Zerodha's page and try again."
