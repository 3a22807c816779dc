"""What a refresh by hand says it did."""

from app.domain import NotReachable, NotSubscribed, RateLimited
from app.services.book_views import Book, Refreshed
from app.services.refreshed_words import refreshed_words
from tests.fakes.clock import ManualClock

NOW = ManualClock().now()
TWO = {"a": "HUF \u00b7 Zerodha", "b": "Self \u00b7 Dhan"}


def test_all_that_was_read_is_told_in_one_line() -> None:
    assert refreshed_words(Refreshed(10), TWO, NOW) == ("2 accounts read at 09:14:00", "")
    assert refreshed_words(Refreshed(5), {"a": "Self"}, NOW) == ("1 account read at 09:14:00", "")


def test_an_account_that_did_not_answer_is_named_with_its_reason_once() -> None:
    away = NotReachable()
    done = Refreshed(5, (("b", Book.POSITIONS, away), ("b", Book.FUNDS, away)))

    title, words = refreshed_words(done, TWO, NOW)

    assert (title, words) == ("1 of 2 accounts read at 09:14:00", f"Self \u00b7 Dhan: {away.title}.")


def test_a_single_book_is_named_with_its_own_reason() -> None:
    plan, wait = NotSubscribed(), RateLimited()
    done = Refreshed(8, (("a", Book.HOLDINGS, plan), ("a", Book.ORDERS, wait)))

    _, words = refreshed_words(done, TWO, NOW)

    assert words == f"HUF \u00b7 Zerodha, holdings: {plan.title}; orders: {wait.title}."


def test_an_account_that_was_removed_meanwhile_is_not_told() -> None:
    done = Refreshed(5, (("gone", Book.FUNDS, NotReachable()),))

    assert refreshed_words(done, TWO, NOW) == ("2 accounts read at 09:14:00", "")
