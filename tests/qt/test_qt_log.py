"""L6 for Qt: what it says is a line of our log, masked, with its level."""

import logging
import secrets
from collections.abc import Iterator

import pytest
from PySide6.QtCore import qCritical, qDebug, qWarning

from app.domain import Secret
from app.qt import qt_log
from app.system import masking


@pytest.fixture
def followed() -> Iterator[None]:
    masking.install()
    with qt_log.followed():
        yield
    masking.remove()


@pytest.mark.parametrize(
    ("say", "level"), [(qDebug, logging.DEBUG), (qWarning, logging.WARNING), (qCritical, logging.ERROR)]
)
def test_what_qt_says_is_logged_with_its_level_and_masked(
    followed: None, caplog: pytest.LogCaptureFixture, say: object, level: int
) -> None:
    caplog.set_level(logging.DEBUG)
    text = f"canary{secrets.token_hex(12)}"
    Secret(text)

    say(f"QObject: odd {text}")  # type: ignore[operator]  # one of the functions above

    (record,) = [record for record in caplog.records if record.name == "Qt"]
    assert (record.levelno, record.getMessage()) == (level, "QObject: odd \u2022\u2022\u2022\u2022 category=default")
