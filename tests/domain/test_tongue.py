from collections.abc import Iterator

import pytest

from app.domain.tongue import speak, tr


@pytest.fixture(autouse=True)
def source() -> Iterator[None]:
    yield
    speak(str)


def test_text_without_a_translator_stays_as_it_stands_in_the_source() -> None:
    assert tr("Nothing {here}") == "Nothing {here}"


def test_values_come_after_the_translation() -> None:
    speak({"{name} is ready until {end}": "bis {end} ist {name} bereit"}.__getitem__)

    assert tr("{name} is ready until {end}", name="Self", end="06:00") == "bis 06:00 ist Self bereit"
