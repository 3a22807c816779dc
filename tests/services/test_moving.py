"""The way to another computer: what each broker's account needs there, and nothing that a person need not do."""

from dataclasses import replace

import pytest

from app.brokers import specs
from app.services.moving import move_view
from app.services.moving_views import MoveView
from app.services.views import AccountView
from tests.qt.fakes import account

SPECS = {spec.key: spec for spec in specs()}


def connected(broker: str, **changes: object) -> AccountView:
    view = account(broker, broker_type=broker, broker_label=SPECS[broker].label, client_id="AB1234", keeps=frozenset())
    return replace(view, **changes)  # type: ignore[arg-type]  # fields of the view


def moved(*views: AccountView) -> MoveView:
    return move_view(views, list(SPECS.values()))


def steps(view: AccountView) -> dict[str, str]:
    (one,) = moved(view).accounts
    return {step.name: step.text for step in one.steps}


@pytest.mark.parametrize(
    ("broker", "fields"),
    [
        ("zerodha", "API key, API secret"),
        ("dhan", "App id (API key), App secret"),
        ("fyers", "App ID, Secret ID"),
        ("angel_one", "API key"),
    ],
)
def test_each_brokers_keys_are_named_with_the_place_where_they_are_found(broker: str, fields: str) -> None:
    said = steps(connected(broker))["keys"]

    assert said.startswith(f"Enter again: {fields}, of client id AB1234.")
    assert SPECS[broker].portal in said


def test_a_redirect_address_stays_as_it_is_registered_where_there_is_one() -> None:
    assert "Redirect URL: the same that is registered at Zerodha" in steps(connected("zerodha"))["redirect"]
    assert "redirect" not in steps(connected("angel_one"))


@pytest.mark.parametrize(
    ("keeps", "said"),
    [
        (frozenset({"pin"}), "PIN: kept here. Enter again there, or type it at each sign-in."),
        (frozenset({"pin", "totp_secret"}), "PIN, TOTP secret: kept here."),
        (None, "PIN, TOTP secret: enter again what you keep here."),
    ],
)
def test_what_is_kept_of_the_second_factor_is_named(keeps: frozenset[str] | None, said: str) -> None:
    assert steps(connected("angel_one", keeps=keeps))["factor"].startswith(said)


def test_of_nothing_kept_nothing_is_said() -> None:
    assert "factor" not in steps(connected("angel_one"))
    assert "factor" not in steps(connected("zerodha", keeps=None))


def test_the_other_computers_address_is_to_be_registered_for_orders() -> None:
    said = steps(connected("dhan", address="198.51.100.7"))["address"]

    assert "Register the internet address of the other computer" in said
    assert "Noted for this one: 198.51.100.7." in said


def test_signing_in_there_says_what_it_ends_and_leaving_here_what_it_erases() -> None:
    zerodha, dhan = steps(connected("zerodha")), steps(connected("dhan"))

    assert zerodha["sign_in"] == f"Sign in there. {SPECS['zerodha'].one_token}"
    assert "its session is ended at Zerodha" in zerodha["leave"]
    assert dhan["leave"] == "At last, remove it here: its keys are erased."


def test_accounts_stand_in_the_users_order_between_what_comes_first_and_last() -> None:
    view = moved(connected("fyers"), connected("zerodha"))

    assert [one.user_id for one in view.accounts] == ["fyers", "zerodha"]
    assert [step.name for step in (*view.first, *view.last)] == ["export", "install", "import", "leave"]


def test_an_account_of_a_broker_that_this_version_does_not_know_is_left_to_its_owner() -> None:
    assert move_view([connected("zerodha")], []).accounts == ()
