"""What is known of whether orders are taken from here, and in which words it is told."""

import pytest

from app.domain import IpNotRegistered, OrderAddresses
from app.services.order_gate import OrderGate, allowed
from app.services.views import Permit

HOME, ELSEWHERE, SIX = "198.51.100.7", "203.0.113.24", "2001:db8::7"
BARE = IpNotRegistered("Invalid IP", broker_code="DH-905")
FOREIGN = OrderAddresses((HOME,), ELSEWHERE, taken=False)
QUOTING = IpNotRegistered(f"IP ({ELSEWHERE}) is not allowed to place orders for this app")
QUOTING_SIX = IpNotRegistered(f"IP ({SIX}) is not allowed to place orders for this app")


def gate(error: IpNotRegistered | None = None, said: OrderAddresses | None = None, noted: str = "") -> OrderGate:
    made = OrderGate("Dhan")
    made.note(noted)
    if error is not None:
        made.refuse(error)
    if said is not None:
        made.hear(said)
    return made


def permit(one: OrderGate) -> Permit:
    return allowed(one.refusal, is_seen=one.taken).permit


def test_nothing_is_known_at_first() -> None:
    assert permit(gate()) is Permit.NOT_KNOWN


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (OrderAddresses((HOME,), ELSEWHERE, taken=True), Permit.YES),
        (OrderAddresses((HOME,), ELSEWHERE, taken=False), Permit.REFUSED),
        (OrderAddresses((HOME,), ELSEWHERE), Permit.NOT_KNOWN),
    ],
)
def test_what_the_broker_says_counts(said: OrderAddresses, expected: Permit) -> None:
    assert permit(gate(said=said)) is expected


def test_a_refusal_stands_while_the_broker_says_nothing_of_it() -> None:
    assert permit(gate(BARE, OrderAddresses((HOME,)))) is Permit.REFUSED


def test_an_order_that_was_taken_ends_a_refusal_and_is_a_yes() -> None:
    one = gate(BARE)
    one.take()

    assert (permit(one), one.kept) == (Permit.YES, "")


def test_a_refusal_ends_a_yes() -> None:
    one = gate(said=OrderAddresses(taken=True))
    one.refuse(BARE)

    assert permit(one) is Permit.REFUSED


def test_another_noted_address_ends_a_refusal_and_the_same_one_does_not() -> None:
    one = gate(BARE, noted=HOME)
    one.note(HOME)
    same = permit(one)
    one.note(ELSEWHERE)

    assert (same, permit(one)) == (Permit.REFUSED, Permit.NOT_KNOWN)


def test_who_may_be_somewhere_else_has_no_yes_but_a_refusal_stays() -> None:
    yes, refused = gate(said=OrderAddresses(taken=True)), gate(BARE)
    for one in (yes, refused):
        one.doubt()

    assert (permit(yes), permit(refused)) == (Permit.NOT_KNOWN, Permit.REFUSED)
    assert not yes.asked


@pytest.mark.parametrize(
    ("one", "title"),
    [
        (gate(BARE), IpNotRegistered.title),
        (gate(BARE, FOREIGN), f"Dhan takes orders from {HOME} only; you are at {ELSEWHERE}"),
        (gate(BARE, OrderAddresses((HOME, SIX))), f"Dhan takes orders from {HOME} and {SIX} only"),
        (gate(BARE, OrderAddresses((), ELSEWHERE, False)), f"Dhan refuses orders from {ELSEWHERE}"),
        (gate(BARE, OrderAddresses((HOME,), HOME, None)), IpNotRegistered.title),
        (gate(QUOTING), f"Dhan refuses orders from {ELSEWHERE}"),
        (gate(QUOTING, noted=HOME), f"Dhan refuses orders from {ELSEWHERE}"),
        (gate(BARE, noted=HOME), IpNotRegistered.title),
    ],
)
def test_the_words_name_the_addresses_that_are_known(one: OrderGate, title: str) -> None:
    assert one.refusal is not None
    assert one.refusal.title == title


@pytest.mark.parametrize(
    ("one", "says"),
    [
        (gate(QUOTING_SIX, noted=HOME), "Switch on IPv4 only"),
        (gate(BARE, OrderAddresses((HOME,), SIX, False)), "Switch on IPv4 only"),
        (gate(QUOTING, noted=HOME), f"You noted {HOME} as the registered address"),
        (gate(QUOTING, noted=ELSEWHERE), "You noted this address as the registered one"),
        (gate(QUOTING), "Register your address on Dhan's page"),
        (gate(BARE, FOREIGN), "Register your address on Dhan's page"),
    ],
)
def test_the_words_say_what_to_do_and_that_watching_goes_on(one: OrderGate, says: str) -> None:
    assert one.refusal is not None
    assert one.refusal.next_step.startswith(says)
    assert one.refusal.next_step.endswith("You can still watch.")


@pytest.mark.parametrize("error", [BARE, QUOTING])
def test_a_refusal_comes_back_as_it_was_kept(error: IpNotRegistered) -> None:
    before, after = gate(error, FOREIGN), gate()

    after.restore(before.kept)

    assert before.refusal is not None
    assert after.refusal is not None
    assert str(after.refusal) == str(before.refusal)
    assert after.refusal.broker_code == error.broker_code
    assert after.kept == before.kept


@pytest.mark.parametrize("kept", ["", "null", "{}", "[1]", '["a","b",3,4]', "no json", '["a", "b", ["x"], null]'])
def test_what_cannot_be_read_is_no_refusal(kept: str) -> None:
    one = gate()
    one.restore(kept)

    assert permit(one) is Permit.NOT_KNOWN
