"""The positions table as values: order, filter, totals, stale rows, and why it is empty."""

from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain import NotReachable
from app.qt.models.board import Board
from app.qt.models.figures import Figures
from app.qt.models.positions import (
    HIDE_ORDER,
    Column,
    Wish,
    cell,
    empty_words,
    group_words,
    groups,
    identity,
    totals_words,
)
from tests.qt.fakes import NOW, ROWS, STALE_ROWS, account, at, offline, position, positions, signed_out


def held() -> Board:
    made = Board()
    made.fill(
        [account("self", name="Self"), signed_out("huf")],
        [positions("self"), positions("huf", rows=STALE_ROWS, current=False, as_of=at(9, 12))],
    )
    return made


def symbols(wish: Wish) -> list[list[str]]:
    return [[row.symbol for row in group.rows] for group in groups(held(), wish)]


def test_without_an_order_rows_stay_as_the_broker_lists_them() -> None:
    assert symbols(Wish()) == [[row.symbol for row in ROWS], [row.symbol for row in STALE_ROWS]]


def test_sorting_stays_inside_accounts() -> None:
    made = symbols(Wish(column=Column.INSTRUMENT))

    assert made[0][:2] == ["BANKNIFTY 30DEC26 FUT", "INFY"]
    assert made[1] == ["GOLDM 04DEC26 FUT", "SENSEX 27NOV26 85500 CE"]


def test_figures_are_sorted_by_their_size() -> None:
    made = groups(held(), Wish(column=Column.PNL, descending=True))[0].rows

    assert [row.pnl for row in made] == sorted((row.pnl for row in ROWS), reverse=True)


@pytest.mark.parametrize("descending", [False, True])
def test_what_is_not_known_is_last_in_both_directions(descending: bool) -> None:  # noqa: FBT001 - a parameter of the test
    board = Board()
    board.fill([account("a")], [positions("a", rows=(position("X", last_price=None), *ROWS))])

    made = groups(board, Wish(column=Column.LAST, descending=descending))

    assert made[0].rows[-1].symbol == "X"


def test_every_word_of_the_filter_must_be_found() -> None:
    assert symbols(Wish(words="nifty 26200")) == [["NIFTY 02DEC26 26200 PE"], []]


def test_closed_rows_can_be_hidden() -> None:
    assert "SBIN" not in symbols(Wish(closed=False))[0]


def test_totals_follow_the_filter_and_count_what_is_not_current() -> None:
    made = groups(held(), Wish(words="fut"))

    assert totals_words(made) == ("2 positions", "2 open, 0 closed; 1 not current")


def test_an_earlier_order_is_kept_while_sorting_is_paused() -> None:
    order = [identity(row) for row in reversed(ROWS)]

    made = groups(held(), Wish(column=Column.INSTRUMENT), {"self": order})

    assert [identity(row) for row in made[0].rows] == order


def test_a_closed_row_has_no_average_and_no_open_result() -> None:
    closed = ROWS[-1]
    texts = [
        cell(closed, column, Figures()) for column in (Column.QUANTITY, Column.AVERAGE, Column.OPEN, Column.BOOKED)
    ]

    assert texts == ["0", "\u2013", "\u2013", "+4,312.50"]


def test_a_price_that_the_broker_does_not_give_is_a_dash() -> None:
    row = replace(ROWS[0], last_price=None)

    assert cell(row, Column.LAST, Figures()) == cell(row, Column.DAY, Figures()) == "\u2013"


def test_the_change_of_the_day_is_against_the_previous_close() -> None:
    row = replace(ROWS[0], last_price=Decimal(110), close_price=Decimal(100))

    assert cell(row, Column.DAY, Figures()) == "+10.00"


def test_the_columns_that_never_go() -> None:
    assert set(Column) - set(HIDE_ORDER) == {Column.INSTRUMENT, Column.QUANTITY, Column.LAST, Column.PNL}


def test_a_live_group_says_so_and_a_stale_one_since_when() -> None:
    made = groups(held(), Wish())

    assert [group_words(group, NOW) for group in made] == ["live", "signed out, as of 09:12"]


def test_a_group_that_was_never_read_says_why() -> None:
    board = Board()
    board.fill([offline("a")], [positions("a", rows=None, current=False, error=NotReachable())])

    assert group_words(groups(board, Wish())[0], NOW) == "offline, not read yet"


def test_an_empty_book_says_when_it_was_read() -> None:
    board = Board()
    board.fill([account("a"), account("b")], [positions("a", rows=()), positions("b", rows=())])

    assert empty_words(board, Wish(), NOW) == ("No open positions in 2 accounts.", "Read 09:32:17.")


def test_accounts_out_of_reach_are_not_called_empty() -> None:
    board = Board()
    board.fill([account("a"), offline("b")], [positions("a", rows=()), positions("b", rows=None, current=False)])

    words, more = empty_words(board, Wish(), NOW) or ("", "")

    assert words == "No open positions in 1 account."
    assert more.endswith("1 account is not current.")


def test_nothing_read_is_not_called_empty() -> None:
    board = Board()
    board.fill([account("a")], [positions("a", rows=None, current=False)])

    assert empty_words(board, Wish(), NOW) == (
        "Positions were not read yet.",
        "They appear as soon as an account answers.",
    )


def test_a_filter_that_finds_nothing_says_in_how_many() -> None:
    assert empty_words(held(), Wish(words="BANKX"), NOW) == ("Nothing matches \u201cBANKX\u201d in 8 positions.", "")
