"""The one stored account in memory instead of on the disk: tens of thousands of steps would wait for the file."""

from dataclasses import replace
from datetime import datetime

import pytest

from app.domain import Credentials
from app.services.views import AccountView
from app.vault import StoredAccount
from tests.services.house import House


class Row:
    """What is stored of one account; what it says is what a restart would find."""

    def __init__(self, account: StoredAccount, credentials: Credentials) -> None:
        self.account = account
        self.stored = credentials

    @property
    def token(self) -> str:
        return self.stored.access_token.reveal()

    async def credentials(self, _: str) -> Credentials:
        return self.stored

    async def update(
        self,
        _: str,
        credentials: Credentials,
        *,
        token_since: datetime | None,
        token_expires_at: datetime | None,
        confirmed: bool,
    ) -> StoredAccount:
        self.stored = credentials
        self.account = replace(
            self.account,
            token_since=token_since,
            token_expires_at=token_expires_at,
            confirmed=confirmed,
            is_valid=True,
        )
        return self.account

    async def mark(self, _: str, *, is_valid: bool | None = None, confirmed: bool | None = None) -> StoredAccount:
        valid = self.account.is_valid if is_valid is None else is_valid
        sure = self.account.confirmed if confirmed is None else confirmed
        self.account = replace(self.account, is_valid=valid, confirmed=sure)
        return self.account


async def in_memory(house: House, account: AccountView, patch: pytest.MonkeyPatch) -> Row:
    """Let the vault of `house` keep this account in memory from now on."""
    vault = house.services.vault
    row = Row((await vault.accounts())[0], await vault.credentials(account.user_id))
    for name in ("credentials", "update", "mark"):
        patch.setattr(vault, name, getattr(row, name))
    return row
