"""What an account's page says of its session: how sure its end is, what it went through, what is kept and noted."""

from datetime import timedelta

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit

from app.brokers import specs
from app.domain import InvalidRequest, KeychainLocked, TradingError
from app.domain.forecast import Certainty
from app.qt.dialogs.confirm import ConfirmDialog
from app.qt.panels.kept import KeptCard
from app.qt.panels.kept_words import kept_words
from app.qt.widgets.history import History
from app.qt.window import Window
from app.services.answers import No
from app.services.views import AccountTraced, AccountView, Trace
from tests.qt.conftest import Show
from tests.qt.fakes import Entry, FakeServices, account, at
from tests.qt.waiting import until

BOTH = frozenset({"pin", "totp_secret"})


def words(widget: object) -> list[str]:
    return [label.text() for label in widget.findChildren(QLabel) if label.isVisible()]  # type: ignore[attr-defined]  # a widget


def lines(history: History) -> list[tuple[str, str]]:
    found = [history.lines.topLevelItem(at) for at in range(history.lines.topLevelItemCount())]
    return [(item.text(0), item.text(1)) for item in found if item is not None]


def open_page(show: Show, services: FakeServices, user_id: str = "a") -> Window:
    services.brokers.specs_ = tuple(specs())
    window = show(services)
    window.go(user_id)
    return window


# ------------------------------------------------------------------ how sure the end is


async def test_the_end_is_shown_with_its_source_and_reason(show: Show) -> None:
    why = "Sessions of this account ended before their time on earlier days, at 14:02, 14:10."
    window = open_page(show, FakeServices([account("a", certainty=Certainty.LEARNT, ends_why=why)]))

    said = words(window.pages.status)

    assert said.count("about 06:00 tomorrow, as on earlier days") == 2  # at the countdown and among the facts
    assert why in said


# ------------------------------------------------------------------ what it went through


async def test_the_history_is_read_newest_first(show: Show) -> None:
    services = FakeServices([account("a")])
    services.store.history.traces = [
        Entry(at(8, 52, days=-1), "a", "connected", "Connected. Ends Wed 18 Nov 06:00, by Zerodha's rule"),
        Entry(at(6), "a", "died", "Ended"),
        Entry(at(6), "b", "died", "Ended: of another account"),
    ]
    window = open_page(show, services)
    history = window.pages.status.sessions.history

    await until(lambda: lines(history))

    assert lines(history) == [
        ("Wed 18 Nov 06:00", "Ended"),
        ("Tue 17 Nov 08:52", "Connected. Ends Wed 18 Nov 06:00, by Zerodha's rule"),
    ]


async def test_what_the_session_goes_through_is_added_while_the_page_is_open(show: Show) -> None:
    services = FakeServices([account("a")])
    window = open_page(show, services)
    history = window.pages.status.sessions.history
    assert history.none.isVisible()

    services.store.history.traces.append(Entry(at(9, 32), "a", "renewed", "Renewed without you"))
    services.events.publish(AccountTraced(Trace.RENEWED, services.brokers.by_id["a"]))

    await until(lambda: lines(history) == [("Wed 18 Nov 09:32", "Renewed without you")])
    assert not history.none.isVisible()


async def test_the_history_of_one_account_is_never_shown_at_another(show: Show) -> None:
    services = FakeServices([account("a"), account("b", name="Other")])
    services.store.history.traces = [Entry(at(6), "a", "died", "Ended")]
    window = open_page(show, services)
    history = window.pages.status.sessions.history
    await until(lambda: lines(history))

    window.go("b")

    assert lines(history) == []


async def test_hundreds_of_lines_stay_compact_and_a_kind_of_a_later_version_is_shown(show: Show) -> None:
    services = FakeServices([account("a")])
    traces = [Entry(at(6) - timedelta(hours=hours), "a", "hibernated", "Slept") for hours in range(900)]
    services.store.history.traces = traces
    window = open_page(show, services)
    history = window.pages.status.sessions.history

    await until(lambda: len(lines(history)) == 900)

    assert history.lines.height() < 200


# ------------------------------------------------------------------ what is kept of the second factor


def angel(**changes: object) -> AccountView:
    return account("a", broker_type="angel_one", broker_label="Angel One", **changes)


def test_what_is_kept_is_told_with_what_it_means() -> None:
    told = {kept_words(keeps) for keeps in (None, frozenset(), {"pin"}, {"totp_secret"}, BOTH)}

    assert len(told) == 5
    assert "whoever can use this computer can sign in" in kept_words(BOTH)
    assert "not known" in kept_words(None)


async def test_a_broker_that_keeps_nothing_has_no_such_line(show: Show) -> None:
    window = open_page(show, FakeServices([account("a")]))

    assert not window.pages.status.kept.isVisible()


async def test_nothing_kept_leaves_nothing_to_forget(show: Show) -> None:
    window = open_page(show, FakeServices([angel(keeps=frozenset())]))
    kept = window.pages.status.kept

    assert "Neither PIN nor TOTP secret is kept" in " ".join(words(kept))
    assert not kept.forget.isVisible()


async def test_forgetting_is_asked_first_and_says_what_follows(show: Show) -> None:
    services = FakeServices([angel(keeps=BOTH)])
    window = open_page(show, services)

    question = ask_to_forget(window)
    said = " ".join(words(question))
    question.cancel.click()

    assert "Forget PIN and TOTP secret of HUF \u00b7 Angel One?" in said
    assert "The next sign-in asks for them." in said
    assert services.brokers.forgotten == []


async def test_forgetting_erases_and_shows_it(show: Show) -> None:
    services = FakeServices([angel(keeps=frozenset({"pin"}))])
    window = open_page(show, services)
    kept = window.pages.status.kept

    question = ask_to_forget(window)
    assert question.deed.text() == "Forget PIN"
    question.deed.click()

    await until(lambda: services.brokers.forgotten == ["a"] and not kept.forget.isVisible())
    assert "Neither" in kept.says.text()


async def test_what_could_not_be_erased_is_told_and_stays_to_be_forgotten(show: Show) -> None:
    services = FakeServices([angel(keeps=BOTH)])
    services.brokers.forget_answer = No(KeychainLocked())
    window = open_page(show, services)
    told: list[TradingError] = []
    window._run.trouble.connect(told.append)

    ask_to_forget(window).deed.click()

    await until(lambda: told)
    kept = window.pages.status.kept
    assert (kept.forget.isVisible(), kept.forget.text()) == (True, "Forget PIN and TOTP secret")


def begin_to_keep(window: Window, typed: str) -> KeptCard:
    kept: KeptCard = window.pages.status.kept
    kept.keep.click()
    kept.form.boxes["pin"].switch.click()
    kept.form.boxes["pin"].edit.setText(typed)
    return kept


async def test_a_pin_is_kept_for_an_account_that_exists(show: Show) -> None:
    services = FakeServices([angel(keeps=frozenset())])
    window = open_page(show, services)
    kept = begin_to_keep(window, "1234")

    kept.form.keep.click()

    await until(lambda: kept.says.text() == kept_words({"pin"}))
    assert [(pin.reveal(), seed.reveal()) for _, pin, seed in services.brokers.kept] == [("1234", "")]
    assert not kept.form.isVisible()
    assert kept.form.boxes["pin"].edit.text() == ""


async def test_what_cannot_be_a_pin_is_said_at_its_field(show: Show) -> None:
    services = FakeServices([angel(keeps=frozenset())])
    services.brokers.keep_answer = No(InvalidRequest(title="This cannot be right: PIN", field="pin"))
    kept = begin_to_keep(open_page(show, services), "12")

    kept.form.keep.click()

    await until(lambda: "This cannot be right: PIN" in kept.form.boxes["pin"].error)
    assert kept.form.isVisible()


async def test_a_switch_without_its_secret_keeps_nothing(show: Show) -> None:
    services = FakeServices([angel(keeps=frozenset())])
    kept = begin_to_keep(open_page(show, services), "")

    kept.form.keep.click()

    assert kept.form.boxes["pin"].error == "PIN is missing. Type it, or switch this off."
    assert services.brokers.kept == []


async def test_only_what_is_not_kept_yet_is_offered(show: Show) -> None:
    window = open_page(show, FakeServices([angel(keeps=frozenset({"pin"}))]))
    kept = window.pages.status.kept

    kept.keep.click()

    assert list(kept.form.boxes) == ["totp_secret"]


async def test_whoever_leaves_the_page_leaves_no_secret(show: Show) -> None:
    services = FakeServices([angel(keeps=frozenset()), account("b", name="Other")])
    window = open_page(show, services)
    kept = begin_to_keep(window, "1234")

    window.go("overview")

    assert kept.form.boxes["pin"].edit.text() == ""


def ask_to_forget(window: Window) -> ConfirmDialog:
    kept: KeptCard = window.pages.status.kept
    kept.forget.click()
    return window.findChildren(ConfirmDialog)[0]


# ------------------------------------------------------------------ the address that is registered for orders


def address_of(window: Window) -> QLineEdit:
    box = window.pages.status.address.setting.box
    assert box is not None
    return box.edit


async def test_the_registered_address_is_noted_and_can_be_forgotten(show: Show) -> None:
    services = FakeServices([account("a")])
    window = open_page(show, services)

    QTest.keyClicks(address_of(window), "198.51.100.7")
    QTest.keyClick(address_of(window), Qt.Key.Key_Return)
    await until(lambda: services.brokers.by_id["a"].address == "198.51.100.7")
    address_of(window).clear()
    address_of(window).editingFinished.emit()

    await until(lambda: services.brokers.noted == [("a", "198.51.100.7"), ("a", "")])


async def test_what_is_no_address_is_said_at_its_field(show: Show) -> None:
    services = FakeServices([account("a")])
    step = "Write it as 198.51.100.7, as it stands on the broker's page."
    services.brokers.note_answer = No(InvalidRequest(title="home is no internet address", next_step=step))
    window = open_page(show, services)

    QTest.keyClicks(address_of(window), "home")
    QTest.keyClick(address_of(window), Qt.Key.Key_Return)

    box = window.pages.status.address.setting.box
    await until(lambda: box is not None and box.error == f"home is no internet address. {step}")
    assert address_of(window).text() == "home"


async def test_each_account_shows_its_own_address(show: Show) -> None:
    services = FakeServices([account("a", address="198.51.100.7"), account("b", name="Other")])
    window = open_page(show, services)
    address_of(window).setText("198.51.100.8")

    window.go("b")
    before = address_of(window).text()
    window.go("a")

    assert (before, address_of(window).text()) == ("", "198.51.100.7")
