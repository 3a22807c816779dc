"""Overview: the worst first with its one button, states in colour, shape and word, honest sums."""

from PySide6.QtWidgets import QLabel, QPushButton

from app.services.views import AccountState, Action
from tests.qt.conftest import Show
from tests.qt.fakes import FakeServices, account, five, offline, positions, signed_out
from tests.qt.waiting import until


async def test_the_worst_account_is_told_first_with_one_filled_button(show: Show) -> None:
    window = show(five())

    area = window.pages.overview.attention

    assert area.headline.text() == "HUF \u00b7 Zerodha is signed out"
    assert area.button.text() == area.button.accessibleName() == "Reconnect HUF \u00b7 Zerodha"
    assert filled(window) == [area.button]


def filled(window: object) -> list[QPushButton]:
    buttons = window.findChildren(QPushButton)  # type: ignore[attr-defined]  # a window
    return [button for button in buttons if button.isVisible() and button.property("kind") == "primary"]


async def test_every_view_has_at_most_one_filled_button(show: Show) -> None:
    window = show(five())

    counts = {}
    for view in ("overview", "positions", "add", "huf", "self", "dhan"):
        window.go(view)
        counts[view] = len(filled(window))

    assert max(counts.values()) == 1


async def test_the_next_problem_is_a_line_and_the_rest_a_number(show: Show) -> None:
    window = show(five())

    words = [label.text() for label in window.pages.overview.attention.findChildren(QLabel)]

    assert "Next: Self two \u00b7 Zerodha ends at 09:46, and 2 more" in words


async def test_a_calm_morning_has_no_button_and_the_same_height(show: Show) -> None:
    window = show(five())
    area = window.pages.overview.attention
    before = area.height()

    calm = show(FakeServices([account("a", name="A"), account("b", name="B")], [positions("a"), positions("b")]))

    assert calm.pages.overview.attention.headline.text() == "All 2 accounts are ready, past today's close"
    assert not calm.pages.overview.attention.button.isVisible()
    assert calm.pages.overview.attention.height() == before


async def test_states_differ_in_word_shape_and_colour(show: Show) -> None:
    window = show(five())

    rows = window.pages.overview.table.rows
    looks = {
        (row.word.text().split(" in ")[0], row.mark.shape_name, row.word.property("tone")) for row in rows.values()
    }

    assert looks == {
        ("Ready", "ready", "state.ok"),
        ("Ends", "expiring", "state.warn"),
        ("Watch only", "watch", "state.warn"),
        ("Signed out", "expired", "state.bad"),
        ("Offline", "offline", "state.off"),
    }


async def test_a_screen_reader_hears_state_and_session(show: Show) -> None:
    row = show(five()).pages.overview.table.rows["huf"]

    assert row.mark.accessibleName() == "Signed out"
    assert row.rail.accessibleName() == "Session: connected 08:52 to 09:12, signed out since"
    assert row.button.accessibleName() == "Reconnect HUF \u00b7 Zerodha"


async def test_the_head_of_the_accounts_says_how_many_are_ready(show: Show) -> None:
    window = show(five())

    assert window.pages.overview.table.count.text() == "Accounts, 2 of 5 ready"


async def test_rows_stay_in_the_users_order(show: Show) -> None:
    window = show(five())

    assert list(window.pages.overview.table.rows) == ["self", "dhan", "angel", "huf", "meera"]


async def test_stale_money_is_grey_and_says_since_when(show: Show) -> None:
    row = show(five()).pages.overview.table.rows["huf"]

    assert (row.pnl.property("tone"), row.as_of.text()) == ("muted", "as of 09:12")
    assert row.triangle.accessibleName() == "loss"


async def test_what_was_never_read_is_a_dash_and_not_zero(show: Show) -> None:
    window = show(FakeServices([offline("a")]))

    assert window.pages.overview.table.rows["a"].pnl.text() == "\u2013"
    assert {cell.figure.text() for cell in window.pages.overview.totals.cells} == {"\u2013"}
    assert window.pages.overview.totals.cells[0].note.text() == "not read yet"


async def test_news_of_an_account_reaches_its_row(show: Show) -> None:
    services = five()
    window = show(services)

    services.change(signed_out("self", name="Self"))

    await until(lambda: window.pages.overview.table.rows["self"].word.text() == "Signed out")
    assert window.sidebar.count.text() == "1 of 5 ready"  # the one that ends soon


async def test_a_network_fault_is_never_called_signed_out(show: Show) -> None:
    window = show(FakeServices([offline("a")]))

    words = " ".join(label.text() for label in window.findChildren(QLabel) if label.isVisible()).casefold()

    assert "signed out" not in words
    assert "Offline" in [row.word.text() for row in window.pages.overview.table.rows.values()]


async def test_the_button_starts_the_sign_in(show: Show) -> None:
    services = five()
    window = show(services)

    window.pages.overview.attention.button.click()

    assert services.sign_ins.started == ["huf"]


async def test_a_not_confirmed_account_is_asked_about(show: Show) -> None:
    services = FakeServices([account("a", state=AccountState.NOT_CONFIRMED, action=Action.CHECK)])
    window = show(services)

    window.pages.overview.attention.button.click()

    await until(lambda: services.brokers.validated == ["a"])


async def test_a_locked_keychain_is_asked_again(show: Show) -> None:
    services = FakeServices([account("a", state=AccountState.LOCKED, action=Action.UNLOCK)])
    window = show(services)

    window.pages.overview.attention.button.click()

    await until(lambda: services.brokers.unlocked == 1)


async def test_hidden_amounts_leave_no_figure_of_money(show: Show) -> None:
    window = show(five())

    window.topbar.privacy.click()

    texts = [label.text() for label in window.pages.overview.findChildren(QLabel) if label.isVisible()]
    assert "+2,194.25" not in texts
    assert not [text for text in texts if "\u20b9" in text and any(sign.isdigit() for sign in text)]


async def test_without_accounts_the_first_run_page_is_shown(show: Show) -> None:
    window = show(FakeServices())

    button = next(button for button in window.findChildren(QPushButton) if button.text() == "Connect Zerodha")
    button.click()

    assert window.topbar.title == "Add account"


async def test_the_day_is_told_newest_first(show: Show) -> None:
    window = show(five())
    today = window.pages.overview.today

    await until(today.isVisible)

    said = [label.text() for label in today.findChildren(QLabel)]
    assert said[:4] == ["Today", "09:21", "Meera \u00b7 Zerodha", "offline: last good 09:21"]


async def test_the_diary_is_read_again_after_news(show: Show) -> None:
    services = five()
    window = show(services)
    await until(window.pages.overview.today.isVisible)
    asked = len(services.store.history.asked)

    services.change(account("huf"))

    await until(lambda: len(services.store.history.asked) > asked)


async def test_a_day_without_news_takes_no_room(show: Show) -> None:
    services = FakeServices([account("a")])
    window = show(services)

    await until(lambda: services.store.history.asked)

    assert not window.pages.overview.today.isVisible()
