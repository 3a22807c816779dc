"""The course of an exit without a window: one yes, the plans that can be, and what its receipt is made of."""

from dataclasses import replace
from datetime import timedelta

from app.domain import NotReachable
from app.domain.intents import Mode
from app.domain.order_life import Fate
from app.qt.exits.course import TOO_OLD, Course, Stage, by_account
from app.qt.exits.exit_said import deed_of, headline, is_clean, masked, notes, receipt_title, remarks, title_of
from app.qt.models.board import Board
from app.qt.models.figures import MASK, Figures
from app.services.order_views import ExitLine, ExitPhase, ExitPlan, ExitScope, ExitView, Finding, Weight
from tests.qt.fakes import NOW, five
from tests.qt.order_scenes import CALL, PARTS, PROTECTED, part, placed, plan, receipt

SELF = ExitScope("self")
STOP = Finding("hours", Weight.STOP, "Nothing can be closed now")
ONE, OTHER = plan(part(quantity=75), plan_id="one"), plan(PARTS[2], plan_id="other")


def board() -> Board:
    services, made = five(), Board()
    made.fill(services.brokers.accounts(), ())
    return made


def course(*plans: ExitPlan) -> Course:
    made = Course((ExitScope(),))
    made.planned(plans)
    return made


def done(of: ExitPlan, left: int | None = 0) -> ExitView:
    return ExitView(of, ExitPhase.DONE, tuple(ExitLine(one, left) for one in of.parts), ended_at=NOW)


def test_the_first_yes_hands_out_the_plans_and_no_other_does() -> None:
    made = course(ONE, OTHER)

    assert [made.confirm(NOW), made.confirm(NOW), made.confirm(NOW)] == [(ONE, OTHER), (), ()]


def test_a_plan_that_must_not_be_is_left_out_and_stands_in_the_receipt_as_it_was() -> None:
    made = course(ONE, replace(OTHER, findings=(STOP,)))

    assert made.confirm(NOW) == (ONE,)
    made.take(done(ONE))
    assert (made.stage, [line.left for line in made.lines]) == (Stage.DONE, [0, 75])
    assert receipt_title(made) == "1 of 2 positions is flat"


def test_the_least_far_plan_says_how_far_it_is() -> None:
    made = course(ONE, OTHER)
    made.confirm(NOW)

    made.take(ExitView(ONE, ExitPhase.READING))
    before = made.phase
    made.take(ExitView(OTHER, ExitPhase.CLOSING))

    assert (before, made.phase, made.stage) == (ExitPhase.CANCELLING, ExitPhase.CLOSING, Stage.RUNNING)


def test_news_after_the_receipt_and_of_other_exits_change_nothing() -> None:
    made = course(ONE)
    made.confirm(NOW)

    assert made.take(done(ONE))
    assert not made.take(ExitView(ONE, ExitPhase.FILLING))
    assert not made.take(done(OTHER))
    assert made.stage is Stage.DONE


def test_a_receipt_counts_more_than_an_asking_that_broke_off() -> None:
    made = course(ONE)
    made.confirm(NOW)
    made.failed(NotReachable())

    made.take(done(ONE))

    assert (made.stage, made.error) == (Stage.DONE, None)


def test_an_old_plan_cannot_be_confirmed() -> None:
    made = course(ONE)
    late = NOW + TOO_OLD + timedelta(seconds=1)

    assert made.confirm(late) == ()
    assert made.stage is Stage.PLAN


def test_nothing_is_read_again_while_orders_go_out() -> None:
    made = course(ONE)
    made.confirm(NOW)

    made.read_again()

    assert (made.stage, made.plans) == (Stage.RUNNING, (ONE,))


def test_the_button_counts_positions_and_where_there_are_none_the_orders_that_go() -> None:
    empty = replace(PARTS[0], quantity=0, orders=())

    assert deed_of(course(plan()), Mode.LIVE) == "Exit 3 positions now"
    assert deed_of(course(ONE), Mode.DEMO) == "Exit 1 position now (demo)"
    assert deed_of(course(plan(empty)), Mode.LIVE) == "Cancel 1 order now"
    assert headline(course(plan(empty)))[0] == "1 order would be cancelled"


def test_titles_name_what_is_to_be_flat() -> None:
    keys = [(row.exchange, row.symbol, row.product) for row in PARTS]
    one, two = ExitScope("self", frozenset(keys[:1])), ExitScope("huf", frozenset(keys[:2]))

    said = [title_of(Course(scopes), board()) for scopes in ((ExitScope(),), (SELF,), (SELF, SELF), (one,), (one, two))]

    assert said[:3] == ["Exit all positions", "Exit all of Self \u00b7 Zerodha", "Exit all of 2 accounts"]
    assert said[3:] == [f"Exit {CALL}", "Exit 3 positions"]


def test_words_of_the_plan_that_no_line_says_are_kept() -> None:
    whole = course(plan())

    assert notes(whole, board()) == [PROTECTED]


def test_positions_stand_under_their_accounts() -> None:
    assert {user_id: len(parts) for user_id, parts in by_account(PARTS).items()} == {"self": 2, "dhan": 1, "huf": 1}


def test_only_what_is_flat_by_every_word_is_clean() -> None:
    whole = plan()
    made = course(whole)
    made.confirm(NOW)
    made.take(receipt(whole))
    clean = course(ONE)
    clean.confirm(NOW)
    clean.take(done(ONE))

    assert (is_clean(made), is_clean(clean)) == (False, True)


def test_an_order_without_a_certain_answer_is_told_even_where_all_is_flat() -> None:
    lost = placed(five(), 1, Fate.SENDING, Fate.UNKNOWN)
    made = course(ONE)
    made.confirm(NOW)
    made.take(replace(done(ONE), records=(lost,)))

    assert not is_clean(made)
    assert remarks(made, board())[0].endswith("Do not send it again.")


def test_masking_leaves_what_an_instrument_is_called() -> None:
    figures = Figures()
    figures.hidden = True

    assert masked(f"Sell 75 {CALL} at 182.40", figures, [CALL]) == f"Sell {MASK} {CALL} at {MASK}"
