"""One account's page: state, since when, until when, what to do; check, rename, and remove only after a question."""

import asyncio
from datetime import timedelta

from PySide6.QtWidgets import QLabel

from app.domain import IpNotRegistered, NotReachable, NotSubscribed, Progress
from app.domain.forecast import Certainty
from app.qt.dialogs.confirm import ConfirmDialog
from app.qt.panels.status_parts import allowed, facts_of
from app.services.answers import No, Unknown
from app.services.views import AccountState, Allowed, MasterView, Permit
from tests.qt.conftest import Show
from tests.qt.fakes import NOW, FakeServices, Spec, account, at, five, offline, signed_out
from tests.qt.waiting import until


def words(widget: object) -> list[str]:
    return [label.text() for label in widget.findChildren(QLabel) if label.isVisible()]  # type: ignore[attr-defined]  # a widget


async def test_the_page_says_state_headline_and_what_to_do(show: Show) -> None:
    window = show(five())
    window.go("huf")

    page = window.pages.status

    assert {"Signed out", "HUF \u00b7 Zerodha is signed out"} <= set(words(page))
    assert page.head.repair_button.text() == "Reconnect HUF \u00b7 Zerodha"


def test_moments_are_told_in_words() -> None:
    facts = facts_of(account(certainty=Certainty.RULE), NOW)

    assert facts == {
        "State since": "08:52",
        "Session since": "08:52",
        "Session ends": "06:00 tomorrow, by Zerodha's rule",
        "Last check": "4 s ago",
        "Last good answer": "4 s ago",
        "Connected first": "Fri 9 Oct 08:52",
        "Instruments": "",
    }


def test_a_session_that_ended_is_not_forecast_to_end() -> None:
    assert facts_of(signed_out(), NOW)["Session ends"] == "ended 09:12"


def test_what_is_not_known_is_empty_and_never_a_guess() -> None:
    nothing = account(
        since=None, connected_at=None, token_since=None, token_expires_at=None, last_check_at=None, last_good_at=None
    )

    assert set(facts_of(nothing, NOW).values()) == {""}


async def test_an_unknown_moment_is_called_not_known(show: Show) -> None:
    window = show(FakeServices([account("a", token_expires_at=None)]))
    window.go("a")

    assert "not known" in words(window.pages.status.facts)
    assert not window.pages.status.head.countdown.isVisible()


async def test_the_list_of_instruments_is_followed_second_by_second(show: Show) -> None:
    services = FakeServices([account("a"), account("b", broker_type="dhan")])
    services.masters.by_type["zerodha"] = MasterView("zerodha", NOW.date(), 117204)
    window = show(services)
    window.go("a")
    facts = window.pages.status.facts
    before = "1,17,204 of today" in words(facts)

    services.list_stands(MasterView("dhan", None))
    services.list_stands(MasterView("zerodha", NOW.date(), fetching=Progress(12_000_000, 30_000_000)))

    def shown() -> bool:
        window.tick()
        return "fetching, 12 of 30 MB" in words(facts)

    await until(shown)
    assert before
    assert "not known" not in words(facts)


async def test_a_list_that_could_not_be_fetched_is_an_error_too(show: Show) -> None:
    services = FakeServices([account("a")])
    services.masters.by_type["zerodha"] = MasterView("zerodha", None, error=NotReachable())
    window = show(services)
    window.go("a")

    said = words(window.pages.status)

    assert {"none: The broker cannot be reached", "Instruments: The broker cannot be reached"} <= set(said)
    assert "Nothing went wrong since Kunji was started." not in said


async def test_a_list_that_was_not_looked_at_is_not_known(show: Show) -> None:
    window = show(FakeServices([account("a")]))
    window.go("a")

    assert words(window.pages.status.facts)[-2:] == ["Instruments", "not known"]


async def test_the_countdown_to_the_end_ticks(show: Show) -> None:
    services = five()
    window = show(services)
    window.go("dhan")
    before = window.pages.status.head.countdown.text()

    await services.clock.advance(2)  # type: ignore[attr-defined]  # a manual clock
    window.tick()

    assert (before, window.pages.status.head.countdown.text()) == ("13:42", "13:40")


def test_a_ready_account_allows_reading_and_does_not_promise_orders() -> None:
    lines = [(shape, words) for shape, words, _ in allowed(account(), Spec())]

    assert lines == [
        ("ready", "Positions: yes"),
        ("ready", "Funds: yes"),
        ("unknown", "Prices: not known yet"),
        ("unknown", "Orders: not known yet"),
        ("unknown", "Internet address: none noted"),
    ]


def test_what_the_broker_gave_is_allowed() -> None:
    given = Allowed(Permit.YES)

    assert [words for _, words, _ in allowed(account(orders=given, prices=given), Spec())][-3:-1] == [
        "Prices: yes",
        "Orders: yes",
    ]


def test_an_account_without_a_data_plan_says_so() -> None:
    view = account(prices=Allowed(Permit.REFUSED, NotSubscribed()))

    prices = allowed(view, Spec())[-3]

    assert prices[:2] == ("refused", "Prices: not subscribed")
    assert NotSubscribed.next_step in prices[2]


def test_an_unregistered_address_takes_orders_away_and_says_why() -> None:
    refused = IpNotRegistered()
    view = account(state=AccountState.WATCH_ONLY, error=refused, orders=Allowed(Permit.REFUSED, refused))

    orders = allowed(view, Spec())[-2]

    assert orders[:2] == ("refused", "Orders: refused from this address")
    assert IpNotRegistered.next_step in orders[2]


def test_offline_is_not_known_and_not_no() -> None:
    assert {words.partition(": ")[2] for _, words, _ in allowed(offline(), Spec())[:-1]} == {"not known while offline"}


def test_a_broker_of_another_version_allows_nothing_that_we_know() -> None:
    assert allowed(account(), None) == []


async def test_the_last_error_is_told_with_its_details(show: Show) -> None:
    window = show(FakeServices([signed_out("a")]))
    window.go("a")

    said = words(window.pages.status)

    assert "The session has ended" in said
    assert "Details: TokenException: Incorrect `api_key` or `access_token`." in said


async def test_check_now_asks_the_broker_once(show: Show) -> None:
    services = FakeServices([account("a")])
    services.brokers.hold = asyncio.Event()
    window = show(services)
    window.go("a")

    window.pages.status.head.check.click()
    window.pages.status.head.check.click()
    assert window.pages.status.head.check.text() == "Checking"
    services.brokers.hold.set()

    await until(lambda: services.brokers.validated == ["a"] and window.pages.status.head.check.isEnabled())


async def test_a_check_without_an_answer_is_no_lost_error(show: Show) -> None:
    services = FakeServices([account("a")])
    services.brokers.validate_answer = lambda: Unknown(NotReachable())
    window = show(services)
    window.go("a")

    window.pages.status.head.check.click()

    await until(lambda: "cannot be reached" in window.pages.status.head.check.toolTip())


async def test_removing_is_asked_first_and_cancel_is_the_default(show: Show) -> None:
    services = FakeServices([account("a")])
    window = show(services)
    window.go("a")

    window.pages.status.head.remove.click()
    question = window.findChildren(ConfirmDialog)[0]
    assert question.cancel.isDefault()
    question.cancel.click()
    await asyncio.sleep(0)

    assert services.brokers.removed == []


async def test_removing_names_the_account_and_what_stays(show: Show) -> None:
    services = FakeServices([account("a"), account("b", name="Other")])
    window = show(services)
    window.go("a")
    window.pages.status.head.remove.click()
    question = window.findChildren(ConfirmDialog)[0]

    said = " ".join(words(question))
    question.deed.click()

    assert "Remove HUF \u00b7 Zerodha from this computer?" in said
    assert "Positions and orders at Zerodha are not touched." in said
    await until(lambda: services.brokers.removed == ["a"])


async def test_a_removed_account_leaves_the_window(show: Show) -> None:
    services = FakeServices([account("a"), account("b", name="Other")])
    window = show(services)
    window.go("a")

    services.remove("a")

    await until(lambda: list(window.sidebar.entries) == ["b"])
    assert window.pages.current == "overview"


async def test_renaming_keeps_name_and_colour(show: Show) -> None:
    services = FakeServices([account("a")])
    window = show(services)
    window.go("a")
    page = window.pages.status

    page.head.rename.click()
    page.rename_form.name_field.edit.setText("Family")
    page.rename_form.colour_field.choose("rose")
    page.rename_form.save.click()

    await until(lambda: services.brokers.renamed == [("a", "Family", "rose")])


async def test_an_empty_name_is_refused_in_place(show: Show) -> None:
    services = FakeServices([account("a")])
    window = show(services)
    window.go("a")
    page = window.pages.status
    page.head.rename.click()
    page.rename_form.name_field.edit.setText(" ")

    page.rename_form.save.click()

    assert page.rename_form.name_field.error == "Give the account a name."
    assert services.brokers.renamed == []


async def test_a_refused_name_is_told_beside_the_field(show: Show) -> None:
    from app.domain import InvalidRequest

    services = FakeServices([account("a")])
    services.brokers.rename_answer = No(InvalidRequest("taken", title="There is an account of this name"))
    window = show(services)
    window.go("a")
    page = window.pages.status
    page.head.rename.click()

    page.rename_form.save.click()

    await until(lambda: "There is an account of this name" in page.rename_form.name_field.error)


async def test_an_ended_session_has_no_countdown(show: Show) -> None:
    window = show(FakeServices([signed_out("a", token_expires_at=at(6, days=1) + timedelta(minutes=1))]))
    window.go("a")

    assert not window.pages.status.head.countdown.isVisible()
