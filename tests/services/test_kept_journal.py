"""The journal as the services use it: opened when it can be, and saying why while it cannot."""

import asyncio
from pathlib import Path

import pytest

from app.domain import VaultError
from app.services.kept_journal import KeptJournal


async def test_a_journal_is_made_at_its_first_use(tmp_path: Path) -> None:
    journal = KeptJournal(tmp_path / "orders.db")

    assert not (tmp_path / "orders.db").exists()
    await journal.probe()
    assert await journal.unsettled() == ()
    await journal.close()
    assert (tmp_path / "orders.db").exists()


async def test_a_journal_that_cannot_be_opened_says_why_and_is_opened_when_it_can(tmp_path: Path) -> None:
    path = tmp_path / "orders.db"
    path.write_bytes(b"no database at all" * 100)
    journal = KeptJournal(path)

    with pytest.raises(VaultError):
        await journal.probe()
    path.unlink()

    await journal.probe()
    await journal.close()


def test_closing_what_was_never_opened_does_nothing(tmp_path: Path) -> None:
    asyncio.run(KeptJournal(tmp_path / "orders.db").close())

    assert list(tmp_path.iterdir()) == []
