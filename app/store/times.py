"""How instants lie in a table: ISO text in UTC, readable by a person and sortable. Imports SQLAlchemy."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Dialect, String
from sqlalchemy.types import TypeDecorator

from app.domain import VaultDamaged


class Instant(TypeDecorator[datetime]):
    """An aware datetime; a naive one is refused, for nobody would know what it means."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:  # noqa: ARG002 - SQLAlchemy's call
        """To the table."""
        return None if value is None else text_of(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's call
        """From the table."""
        if value is None:
            return None
        try:
            return datetime.fromisoformat(str(value))
        except ValueError as error:
            raise VaultDamaged("an instant cannot be read") from error


def text_of(instant: datetime) -> str:
    """The text of `instant`; all texts have the same length, so they sort as the instants do."""
    if instant.tzinfo is None:
        raise ValueError("an instant without a time zone")
    return instant.astimezone(UTC).isoformat(timespec="microseconds")
