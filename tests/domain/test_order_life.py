"""Promise O6: filled never falls, a final state needs the broker's word, not found is not rejected."""

import random
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product

import pytest

from app.domain import IST, OrderStatus
from app.domain.order_life import Evidence, Fate, Search, is_late, is_settled, next_fate, seen_again
from tests.fakes.orders import market, row

SENT = datetime(2026, 11, 18, 10, 0, tzinfo=IST)
ROW = row(market(quantity=100, tag="KJ1"), placed_at=SENT)
TOLD = {
    (Fate.WRITTEN, Evidence.BEGUN): Fate.SENDING,
    (Fate.WRITTEN, Evidence.NEVER_LEFT): Fate.NOT_SENT,
    (Fate.WRITTEN, Evidence.RESTARTED): Fate.NOT_SENT,
    (Fate.SENDING, Evidence.ANSWERED): Fate.ACCEPTED,
    (Fate.SENDING, Evidence.REFUSED): Fate.REJECTED,
    (Fate.SENDING, Evidence.NEVER_LEFT): Fate.NOT_SENT,
    (Fate.SENDING, Evidence.LOST): Fate.UNKNOWN,
    (Fate.SENDING, Evidence.RESTARTED): Fate.UNKNOWN,
    (Fate.SENDING, Evidence.SEEN): Fate.ACCEPTED,
    (Fate.UNKNOWN, Evidence.SEEN): Fate.ACCEPTED,
    (Fate.UNKNOWN, Evidence.MISSING): Fate.NOT_CONFIRMED,
    (Fate.NOT_CONFIRMED, Evidence.SEEN): Fate.ACCEPTED,
    (Fate.NOT_SENT, Evidence.SEEN): Fate.ACCEPTED,
    (Fate.REJECTED, Evidence.SEEN): Fate.ACCEPTED,
}


@pytest.mark.parametrize(("fate", "evidence"), list(product(Fate, Evidence)))
def test_every_pair_of_fate_and_evidence(fate: Fate, evidence: Evidence) -> None:
    assert next_fate(fate, evidence) is TOLD.get((fate, evidence), fate)


def test_only_the_brokers_word_accepts_or_rejects() -> None:
    told = {evidence for (fate, evidence), after in TOLD.items() if after in (Fate.ACCEPTED, Fate.REJECTED)}

    assert told == {Evidence.ANSWERED, Evidence.REFUSED, Evidence.SEEN}


def test_order_that_turns_up_after_another_fate_was_told_is_late() -> None:
    late = {fate for fate in Fate if is_late(fate, Evidence.SEEN)}

    assert late == {Fate.NOT_CONFIRMED, Fate.NOT_SENT, Fate.REJECTED}
    assert not any(is_late(fate, evidence) for fate in Fate for evidence in Evidence if evidence is not Evidence.SEEN)


def test_book_is_asked_until_the_fate_is_certain() -> None:
    assert {fate for fate in Fate if fate.is_open} == {Fate.SENDING, Fate.UNKNOWN, Fate.NOT_CONFIRMED}


def test_two_whole_readings_twenty_seconds_later_end_the_search() -> None:
    early = Search(SENT).read_without(SENT + timedelta(seconds=19)).read_without(SENT + timedelta(seconds=19.9))
    one = early.read_without(SENT + timedelta(seconds=20))

    assert not early.is_over
    assert not one.is_over
    assert one.read_without(SENT + timedelta(seconds=35)).is_over


def test_reading_that_comes_late_never_takes_a_fill_back() -> None:
    filled = replace(ROW, filled_quantity=60)

    assert seen_again(filled, replace(ROW, filled_quantity=25)).filled_quantity == 60


@pytest.mark.parametrize("status", [OrderStatus.OPEN, OrderStatus.PENDING, None])
def test_final_state_stays_final(status: OrderStatus | None) -> None:
    done = replace(ROW, status=OrderStatus.COMPLETE, filled_quantity=100)

    assert seen_again(done, replace(ROW, status=status)) == done


@pytest.mark.parametrize(
    ("status", "settled"), [(OrderStatus.REJECTED, True), (OrderStatus.OPEN, False), (None, False)]
)
def test_order_is_settled_by_a_final_word_alone(status: OrderStatus | None, settled: bool) -> None:  # noqa: FBT001 - a parameter of the test
    assert is_settled(replace(ROW, status=status)) is settled


def test_nothing_seen_is_not_settled() -> None:
    assert not is_settled(None)


@pytest.mark.parametrize("seed", [20261118, pytest.param(1, marks=pytest.mark.slow)])
def test_fifty_thousand_steps_keep_the_promises(seed: int) -> None:
    steps = 2_000 if seed != 1 else 50_000
    print(f"seed {seed}, {steps} steps")  # noqa: T201 - whoever repeats it needs them
    chance = random.Random(seed)
    fate, known = Fate.WRITTEN, None
    for _ in range(steps):
        evidence = chance.choice(list(Evidence))
        seen = replace(
            ROW,
            filled_quantity=chance.randrange(101),
            status=chance.choice([None, *OrderStatus]),
        )
        after, now = next_fate(fate, evidence), seen_again(known, seen)
        check(fate, after, evidence)
        assert known is None or now.filled_quantity >= known.filled_quantity
        assert not is_settled(known) or is_settled(now)
        fate, known = (Fate.WRITTEN, None) if chance.random() < 0.05 else (after, now)


def check(before: Fate, after: Fate, evidence: Evidence) -> None:
    """Nothing is rejected for not being found, nothing is accepted without the broker, accepted is for good."""
    assert before is not Fate.ACCEPTED or after is Fate.ACCEPTED
    assert after is before or after is not Fate.REJECTED or evidence is Evidence.REFUSED
    assert after is before or after is not Fate.ACCEPTED or evidence in (Evidence.ANSWERED, Evidence.SEEN)
    assert after is not Fate.WRITTEN or before is Fate.WRITTEN
