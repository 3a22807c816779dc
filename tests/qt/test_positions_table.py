"""The table of positions as values: order, filter, chips, totals, merging, stale rows, and why it is empty."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain import Exchange, NotReachable, Position
from app.qt.models.board import Board
from app.qt.models.figures import Figures
from app.qt.models.positions import Held, groups, spec
from app.qt.tables.arrange import Wish, arranged
from app.qt.tables.head_words import empty_words, group_words, totals_words
from app.qt.tables.lines import Head, Item, Line, Lines, Whole
from app.qt.tables.rows import Row
from app.qt.tables.sums import sums_of
from tests.qt.fakes import NOW, ROWS, STALE_ROWS, account, at, offline, position, positions, signed_out

SPEC = spec(lambda: NOW)


def held() -> Board:
    made = Board()
    made.fill(
        [account("self", name="Self"), signed_out("huf")],
        [positions("self"), positions("huf", rows=STALE_ROWS, current=False, as_of=at(9, 12))],
    )
    return made


def two(mine: Sequence[Position], theirs: Sequence[Position], *, current: bool = True) -> Board:
    made = Board()
    made.fill(
        [account("a", name="Self"), account("b", name="HUF", broker_label="Dhan")],
        [positions("a", rows=tuple(mine)), positions("b", rows=tuple(theirs), current=current, as_of=at(9, 12))],
    )
    return made


def items(wish: Wish, board: Board | None = None) -> list[Item[Held]]:
    lines: Lines[Held] = Lines(SPEC)
    lines.load(groups(board or held()))
    return arranged(lines, SPEC, wish, frozenset())


def symbols(wish: Wish, board: Board | None = None) -> list[list[str]]:
    return [
        [line.row.record.position.symbol for line in item.lines]
        for item in items(wish, board)
        if isinstance(item, Head)
    ]


def text(row: Position | Row[Held], key: str) -> str:
    if isinstance(row, Position):
        row = Row("x", Held(row), account("a"))
    return SPEC.column(key).text(row, Figures())


def whole(board: Board) -> Row[Held]:
    (found,) = [item for item in items(Wish(merged=True), board) if isinstance(item, Whole)]
    return found.row


def test_without_an_order_rows_stay_as_the_broker_lists_them() -> None:
    assert symbols(Wish()) == [[row.symbol for row in ROWS], [row.symbol for row in STALE_ROWS]]


def test_sorting_stays_inside_accounts() -> None:
    made = symbols(Wish(column="instrument"))

    assert made[0][:2] == ["BANKNIFTY 30DEC26 FUT", "INFY"]
    assert made[1] == ["GOLDM 04DEC26 FUT", "SENSEX 27NOV26 85500 CE"]


def test_figures_are_sorted_by_their_size() -> None:
    made = items(Wish(column="pnl", descending=True))[0]

    assert isinstance(made, Head)
    assert [line.row.record.position.pnl for line in made.lines] == sorted((row.pnl for row in ROWS), reverse=True)


@pytest.mark.parametrize("descending", [False, True])
def test_what_is_not_known_is_last_in_both_directions(descending: bool) -> None:  # noqa: FBT001 - a parameter of the test
    board = Board()
    board.fill([account("a")], [positions("a", rows=(position("X", last_price=None), *ROWS))])

    made = symbols(Wish(column="last", descending=descending), board)

    assert made[0][-1] == "X"


def test_every_word_of_the_filter_must_be_found() -> None:
    assert symbols(Wish(words="nifty 26200")) == [["NIFTY 02DEC26 26200 PE"], []]


def test_an_account_is_found_by_its_name() -> None:
    assert symbols(Wish(words="huf"))[0] == []
    assert len(symbols(Wish(words="huf"))[1]) == len(STALE_ROWS)


def test_closed_rows_can_be_hidden() -> None:
    assert "SBIN" not in symbols(Wish(over=False))[0]


@pytest.mark.parametrize(
    ("chip", "found"),
    [("equity", ["RELIANCE", "INFY", "SBIN"]), ("commodity", []), ("", [row.symbol for row in ROWS])],
)
def test_a_chip_lets_a_segment_through(chip: str, found: list[str]) -> None:
    assert symbols(Wish(chip=chip))[0] == found


def test_totals_follow_the_filter_and_count_what_is_not_current() -> None:
    made = sums_of(SPEC, items(Wish(words="fut")))

    assert totals_words(SPEC, made) == ("2 positions", "2 open, 0 closed; 1 not current")
    assert made.whole[SPEC.place("pnl")].value == ROWS[4].pnl + STALE_ROWS[1].pnl


def test_what_a_sum_leaves_out_is_told() -> None:
    board = Board()
    board.fill([account("a")], [positions("a", rows=(position("X", last_price=None), ROWS[0]))])

    made = sums_of(SPEC, items(Wish(), board))

    assert totals_words(SPEC, made)[1].endswith("Value without 1 of them")


def test_a_closed_row_has_no_average_and_no_open_result() -> None:
    texts = [text(ROWS[-1], key) for key in ("quantity", "average", "open", "booked")]

    assert texts == ["0", "\u2013", "\u2013", "+4,312.50"]


def test_a_price_that_the_broker_does_not_give_is_a_dash() -> None:
    row = replace(ROWS[0], last_price=None)

    assert [text(row, key) for key in ("last", "day", "value", "reckoned", "difference")] == ["\u2013"] * 5


def test_the_change_of_the_day_is_against_the_previous_close() -> None:
    row = replace(ROWS[0], last_price=Decimal(110), close_price=Decimal(100))

    assert text(row, "day") == "+10.00"


def test_lots_are_told_where_the_broker_says_what_one_is() -> None:
    assert text(replace(ROWS[0], quantity=200, multiplier=Decimal(100)), "lots") == "2"
    assert text(replace(ROWS[0], quantity=150, multiplier=Decimal(100)), "lots") == "1.50"
    assert text(ROWS[0], "lots") == "\u2013"


def test_the_columns_that_never_go() -> None:
    never = {column.key for column in SPEC.columns if column.hide is None}

    assert never == {"instrument", "quantity", "last", "pnl"}


# ------------------------------------------------------------------ the check of figures


def test_a_row_whose_pnl_is_not_ours_is_marked_and_both_figures_are_there() -> None:
    row = replace(ROWS[0], pnl=ROWS[0].pnl + 122)

    assert text(row, "check") == "\u2260"
    assert (text(row, "pnl"), text(row, "reckoned"), text(row, "difference")) == ("+3,656.00", "+3,534.00", "+122.00")


def test_a_row_whose_figures_agree_is_not_marked() -> None:
    assert text(ROWS[0], "check") == ""


def test_the_details_say_why_figures_differ() -> None:
    assert SPEC.details is not None

    row: Row[Held] = Row("x", Held(replace(ROWS[0], pnl=ROWS[0].pnl + 122)), account("a"))
    said = dict(SPEC.details(row, Figures()))

    assert said["Check"].startswith("Zerodha says +3,656.00, our sum is +3,534.00: ")


# ------------------------------------------------------------------ merged by instrument


def test_one_contract_at_two_accounts_is_one_line_with_its_parts() -> None:
    made = items(Wish(merged=True), two([position("TCS", quantity=10)], [position("TCS", quantity=5), ROWS[0]]))

    assert [(type(item).__name__, getattr(item, "depth", 0)) for item in made] == [
        ("Whole", 0), ("Line", 1), ("Line", 1), ("Line", 0)
    ]  # fmt: skip


def test_what_is_held_the_same_way_has_one_weighted_average() -> None:
    mine, theirs = position("TCS", quantity=30, average="100"), position("TCS", quantity=10, average="140")

    row = whole(two([mine], [theirs]))

    assert (text(row, "quantity"), text(row, "average"), text(row, "account")) == ("40", "110.00", "2 accounts")
    assert row.record.position.pnl == mine.pnl + theirs.pnl


def test_long_and_short_at_two_accounts_never_net_in_silence() -> None:
    row = whole(two([position("TCS", quantity=120)], [position("TCS", quantity=-120)]))

    assert (text(row, "quantity"), text(row, "average")) == ("0", "long, short")
    assert row.record.is_open
    assert text(row, "open") != "\u2013"


def test_a_line_says_that_a_part_of_it_is_old() -> None:
    board = two([position("TCS", last="11")], [position("TCS", last="10")], current=False)

    row = whole(board)

    assert row.current
    assert (text(row, "as_of"), text(row, "last")) == ("part", "11.00")


def test_the_same_name_at_two_exchanges_is_two_instruments() -> None:
    board = two([position("TCS")], [position("TCS", exchange=Exchange.BSE)])

    assert not [item for item in items(Wish(merged=True), board) if isinstance(item, Whole)]


def test_merged_totals_are_the_totals_of_the_parts() -> None:
    board = two(ROWS, ROWS[:3])

    merged, apart = (sums_of(SPEC, items(Wish(merged=merged), board)) for merged in (True, False))

    assert merged.whole == apart.whole
    assert totals_words(SPEC, merged, merged=6)[0] == "6 instruments"


def test_merged_lines_are_sorted_and_keep_their_parts_below() -> None:
    made = items(Wish(merged=True, column="instrument"), two(ROWS, ROWS[:2]))

    names = [(item.depth, item.row.record.position.symbol) for item in made if isinstance(item, Line)]
    tops = [name for depth, name in names if not depth]
    assert tops == sorted(tops, key=str.casefold)
    assert names[names.index((0, "INFY")) + 1 : names.index((0, "INFY")) + 3] == [(1, "INFY"), (1, "INFY")]


# ------------------------------------------------------------------ heads and an empty table


def test_a_live_group_says_so_and_a_stale_one_since_when() -> None:
    assert [group_words(group, NOW) for group in groups(held())] == ["live", "signed out, as of 09:12"]


def test_a_group_that_was_never_read_says_why() -> None:
    board = Board()
    board.fill([offline("a")], [positions("a", rows=None, current=False, error=NotReachable())])

    assert group_words(groups(board)[0], NOW) == "offline, not read yet"


def why_empty(board: Board, wish: Wish | None = None) -> tuple[str, str]:
    return empty_words(SPEC, groups(board), wish or Wish(), NOW)


def test_an_empty_book_says_when_it_was_read() -> None:
    assert why_empty(two([], [])) == ("No open positions in 2 accounts.", "Read 09:12:00.")


def test_accounts_out_of_reach_are_not_called_empty() -> None:
    board = Board()
    board.fill([account("a"), offline("b")], [positions("a", rows=()), positions("b", rows=None, current=False)])

    words, more = why_empty(board)

    assert words == "No open positions in 1 account."
    assert more.endswith("1 account is not current.")


def test_nothing_read_is_not_called_empty() -> None:
    board = Board()
    board.fill([account("a")], [positions("a", rows=None, current=False)])

    assert why_empty(board) == ("Positions were not read yet.", "They appear as soon as an account answers.")


def test_a_filter_that_finds_nothing_says_in_how_many() -> None:
    assert why_empty(held(), Wish(words="BANKX")) == ("Nothing matches \u201cBANKX\u201d in 8 positions.", "")


def test_closed_rows_that_are_hidden_are_counted() -> None:
    board = Board()
    board.fill([account("a")], [positions("a", rows=ROWS[-1:])])

    assert why_empty(board, Wish(over=False)) == ("No open positions; 1 closed today are hidden.", "")
