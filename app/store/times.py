"""How instants lie in a table: ISO text in UTC, readable by a person and sortable."""

from datetime import UTC, datetime

from app.domain import VaultDamaged


def text_of(instant: datetime) -> str:
    """The text of `instant`; all texts have the same length, so they sort as the instants do."""
    if instant.tzinfo is None:
        raise ValueError("an instant without a time zone")
    return instant.astimezone(UTC).isoformat(timespec="microseconds")


def instant_of(text: object) -> datetime | None:
    """The instant of a `text` from a table; raises `VaultDamaged` for one that is none."""
    if text is None:
        return None
    try:
        return datetime.fromisoformat(str(text))
    except ValueError as error:
        raise VaultDamaged("an instant cannot be read") from error
