"""Figures, sums, the board and the session rail: what the window shows, without a window."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from app.qt.models.board import Board
from app.qt.models.figures import MASK, Figures
from app.qt.models.money import current_words
from app.qt.models.segments import Kind, axis, rail
from app.qt.models.sums import totals
from app.services.views import AccountChanged, AccountRemoved, AccountState, PositionsChanged
from tests.qt.fakes import NOW, ROWS, account, at, offline, positions, signed_out

# ------------------------------------------------------------------ figures


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("3534", "+3,534.00"),
        ("-2861.25", "\u22122,861.25"),
        ("0", "0.00"),
        ("-0.001", "0.00"),
        ("1234567.5", "+12,34,567.50"),
    ],
)
def test_a_signed_amount_has_its_sign_and_indian_groups(value: str, said: str) -> None:
    assert Figures().signed(Decimal(value)) == said


def test_what_is_not_known_is_a_dash_and_never_zero() -> None:
    figures = Figures()

    assert {figures.signed(None), figures.money(None), figures.price(None), figures.rupees(None)} == {"\u2013"}


def test_a_total_carries_its_currency_after_the_sign() -> None:
    assert Figures().rupees(Decimal("-18627.75")) == "\u2212\u20b918,627.75"


def test_currency_pairs_have_four_decimals() -> None:
    assert Figures().price(Decimal("84.1225"), "CDS") == "84.1225"


def test_hidden_amounts_have_one_width_and_prices_stay() -> None:
    figures = Figures()
    figures.hidden = True

    assert {figures.signed(Decimal(1)), figures.units(5000), figures.rupees(Decimal(10) ** 9)} == {MASK}
    assert figures.price(Decimal("1541.85")) == "1,541.85"


# ------------------------------------------------------------------ sums


def test_a_sum_says_how_many_accounts_in_it_are_not_current() -> None:
    made = totals([positions("a"), positions("b", current=False), None])

    assert (made.known, made.stale, made.missing) == (2, 1, 1)
    assert current_words(made.known, made.stale, made.missing, "09:32:17") == "1 of 3 current"


def test_an_account_that_was_not_read_is_missing_and_not_zero() -> None:
    made = totals([positions("a", rows=None)])

    assert (made.known, made.missing) == (0, 1)


# ------------------------------------------------------------------ board


def board(*views: object) -> Board:
    made = Board()
    made.fill(views, [])  # type: ignore[arg-type]  # account views
    return made


def test_the_worst_account_is_first_and_the_order_of_the_others_stays() -> None:
    made = board(account("a"), offline("b"), signed_out("c", open_positions=0), signed_out("d"))

    assert [view.user_id for view in made.worst_first] == ["d", "c", "b"]
    assert [view.user_id for view in made.accounts] == ["a", "b", "c", "d"]


def test_only_ready_accounts_are_counted_ready() -> None:
    made = board(account("a"), account("b", state=AccountState.WATCH_ONLY), signed_out("c"))

    assert made.ready == 1


def test_events_change_the_board() -> None:
    made = board(account("a"), account("b"))

    made.take(AccountChanged(signed_out("a")))
    made.take(PositionsChanged(positions("a")))
    made.take(AccountRemoved("b"))

    assert [view.state for view in made.accounts] == [AccountState.SIGNED_OUT]
    assert made.positions("a") == positions("a")


def test_a_removed_account_takes_its_positions_with_it() -> None:
    made = Board()
    made.fill([account("a")], [positions("a", rows=ROWS)])

    made.take(AccountRemoved("a"))

    assert made.positions("a") is None


# ------------------------------------------------------------------ session rail


def test_a_ready_session_reaches_past_the_close() -> None:
    drawn = rail(account(), NOW)

    assert [piece.kind for piece in drawn.pieces] == [Kind.PAST, Kind.AHEAD]
    assert drawn.goes_on
    assert drawn.pieces[-1].ends == 1.0


def test_a_session_that_ends_inside_the_day_shows_where() -> None:
    ends = NOW + timedelta(minutes=13)
    drawn = rail(account(state=AccountState.ENDS_SOON, token_expires_at=ends), NOW)

    assert [piece.kind for piece in drawn.pieces] == [Kind.PAST, Kind.LAST, Kind.AFTER]
    assert drawn.label == "ends 09:45"
    assert not drawn.goes_on


def test_after_a_sign_out_there_is_nothing_from_that_moment() -> None:
    drawn = rail(signed_out(), NOW)

    assert drawn.pieces[-1].kind is Kind.NOTHING
    assert drawn.cross == axis(NOW).at(at(9, 12))
    assert drawn.says == "connected 08:52 to 09:12, signed out since"


@pytest.mark.parametrize("state", [AccountState.OFFLINE, AccountState.NOT_CONFIRMED, AccountState.LOCKED])
def test_what_is_not_known_is_never_drawn_as_signed_out(state: AccountState) -> None:
    drawn = rail(offline(state=state), NOW)

    assert {piece.kind for piece in drawn.pieces} == {Kind.PAST, Kind.UNKNOWN}
    assert drawn.cross is None
    assert drawn.label == "not known since 09:21"


def test_a_session_of_yesterday_begins_at_the_edge() -> None:
    drawn = rail(account(token_since=at(8, days=-1)), NOW)

    assert drawn.pieces[0].begins == 0.0


def test_a_session_without_known_times_is_drawn_whole() -> None:
    drawn = rail(account(token_since=None, token_expires_at=None), NOW)

    assert (drawn.pieces[0].begins, drawn.pieces[-1].ends) == (0.0, 1.0)


@pytest.mark.parametrize("hour", [0, 7, 8, 12, 16, 20, 23])
def test_now_is_always_on_the_rail(hour: int) -> None:
    now = at(hour, 20)

    assert 0.0 < axis(now).at(now) < 1.0


def test_a_session_of_the_small_hours_is_drawn_to_its_end() -> None:
    now = at(0, 30)
    drawn = rail(account(token_since=at(0, 20), token_expires_at=at(6)), now)

    assert [piece.kind for piece in drawn.pieces] == [Kind.PAST, Kind.AHEAD, Kind.AFTER]


def test_a_holiday_has_no_market_hours() -> None:
    line = axis(NOW.replace(day=24))

    assert (line.opens, line.closes) == (None, None)


def test_all_pieces_lie_on_the_rail() -> None:
    views = [replace(account(), state=state) for state in AccountState]

    edges = [edge for view in views for piece in rail(view, NOW).pieces for edge in (piece.begins, piece.ends)]

    assert all(0.0 <= edge <= 1.0 for edge in edges)
