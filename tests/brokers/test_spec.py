"""What a broker declares: complete enough to draw a form from, and honest about when a token dies."""

from dataclasses import fields
from datetime import datetime, timedelta

import pytest

from app.brokers import BrokerSpec, broker_spec, specs
from app.domain import IST, Credentials

ZERODHA = broker_spec("zerodha")


@pytest.mark.parametrize("spec", specs(), ids=lambda spec: str(spec.key))
def test_every_secret_credential_is_masked(spec: BrokerSpec) -> None:
    secret = {field.name for field in spec.fields if field.secret}
    assert secret >= {field.name for field in spec.fields} & {"api_key", "api_secret", "access_token"}


@pytest.mark.parametrize("spec", specs(), ids=lambda spec: str(spec.key))
def test_a_guide_copies_only_fields_that_exist(spec: BrokerSpec) -> None:
    assert {step.copy_field for step in spec.guide} - {""} <= {field.name for field in spec.fields}


def test_zerodha_asks_for_five_things_and_needs_four() -> None:
    assert [field.name for field in ZERODHA.fields if field.required] == [
        "client_id",
        "redirect_url",
        "api_key",
        "api_secret",
    ]
    optional = [field.label for field in ZERODHA.fields if not field.required]
    assert optional == ["Use a token I already have"]


def test_fields_that_are_no_credential_are_extras() -> None:
    credential = {field.name for field in fields(Credentials)}
    assert [field.name for field in ZERODHA.fields if field.name not in credential] == ["redirect_url"]


@pytest.mark.parametrize(
    ("issued", "dies"),
    [
        ("2026-11-18 09:12:00", "2026-11-19 06:00:00"),
        ("2026-11-18 23:59:59", "2026-11-19 06:00:00"),
        ("2026-11-19 00:00:00", "2026-11-19 06:00:00"),
        ("2026-11-19 05:59:59", "2026-11-19 06:00:00"),
        ("2026-11-19 06:00:00", "2026-11-20 06:00:00"),
    ],
)
def test_a_zerodha_token_dies_at_the_next_six_in_the_morning(issued: str, dies: str) -> None:
    moment = datetime.fromisoformat(issued).replace(tzinfo=IST)
    assert ZERODHA.token_dies(moment) == datetime.fromisoformat(dies).replace(tzinfo=IST)


def test_the_forecast_is_the_same_whatever_zone_the_moment_is_written_in() -> None:
    moment = datetime(2026, 11, 18, 9, 12, tzinfo=IST)
    elsewhere = moment.astimezone(tz=None)
    assert ZERODHA.token_dies(elsewhere) == ZERODHA.token_dies(moment)
    death = ZERODHA.token_dies(moment)
    assert death is not None
    assert death - moment < timedelta(days=1)
