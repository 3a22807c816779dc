"""PIN and TOTP secret: kept only where the user switched it on for that account, and erased when he switches it off.

Which fields they are, and that a broker documents a sign-in with them, is declared (`BrokerSpec.second_factor`). Nobody
but a sign-in ever gets them: what an adapter is handed to go on with holds none.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from app.brokers.base import BrokerSpec, Field
from app.domain import Credentials, InvalidRequest, Secret, Unsupported
from app.domain.tongue import tr

if TYPE_CHECKING:
    from app.services.accounts import Accounts
    from app.services.sessions import Coordinator, Desk

__all__ = ["SecondFactor", "as_stored", "check_form", "kept", "without"]


def kept(spec: BrokerSpec, credentials: Credentials) -> frozenset[str]:
    """The names of the fields of the second factor that are there."""
    return frozenset(field.name for field in spec.second_factor if credentials.extras.get(field.name))


def without(spec: BrokerSpec, credentials: Credentials) -> Credentials:
    """`credentials` without the second factor."""
    names = kept(spec, credentials)
    if not names:
        return credentials
    return replace(credentials, extras={name: value for name, value in credentials.extras.items() if name not in names})


def as_stored(spec: BrokerSpec, credentials: Credentials, stored: Credentials) -> Credentials:
    """`credentials` with the second factor of `stored`: what was erased meanwhile does not come back."""
    factor = {name: stored.extras[name] for name in kept(spec, stored)}
    bare = without(spec, credentials)
    return replace(bare, extras={**bare.extras, **factor})


def check_form(field: Field, value: Secret | str | None) -> None:
    """Raise `InvalidRequest` when `value` cannot be what `field` holds; it is nowhere repeated."""
    text = value.reveal() if isinstance(value, Secret) else value
    if text and field.pattern and not re.fullmatch(field.pattern, text):
        raise InvalidRequest(
            f"{field.name}: not of its form",
            title=tr("This cannot be right: {label}", label=field.label),
            next_step=tr("Look at it again: {hint}", hint=field.hint)
            if field.hint
            else tr("Type it again. Nothing was stored."),
            field=field.name,
        )


class SecondFactor:
    """Keeps and erases them. Raises `NotFound`, `Unsupported`, `InvalidRequest` or a `VaultError`."""

    def __init__(self, desk: "Desk", accounts: "Accounts") -> None:
        self._desk = desk
        self._accounts = accounts

    async def keep(self, user_id: str, given: Mapping[str, Secret]) -> None:
        """Keep what is given by the names of its fields; what is empty stays as it is."""
        coordinator = self._accounts.find(user_id)
        spec = _spec_of(coordinator)
        extras = {name: value for name, value in given.items() if value}
        if not extras:
            raise InvalidRequest(
                "empty", title=tr("There is nothing to keep"), next_step=tr("Type it in."), field=next(iter(given), "")
            )
        for field in spec.second_factor:
            check_form(field, extras.get(field.name, Secret()))
        await self._accounts.finish(self._keep(coordinator, extras))

    async def forget(self, user_id: str) -> None:
        """Erase all of it, also from earlier copies of the file: the key of the vault changes, the old one goes."""
        coordinator = self._accounts.find(user_id)
        spec = _spec_of(coordinator)
        if not self._desk.vault.is_open:  # erasing changes the key: without it nothing may be begun
            await self._accounts.unlock()
        await self._accounts.finish(self._forget(coordinator, spec))

    async def _keep(self, coordinator: "Coordinator", extras: Mapping[str, Secret]) -> None:
        async with coordinator.writing:
            coordinator.rewrite(await self._desk.vault.keep(coordinator.user_id, extras))
            await self._learn(coordinator)

    async def _forget(self, coordinator: "Coordinator", spec: BrokerSpec) -> None:
        async with coordinator.writing:
            try:
                await self._desk.vault.erase(coordinator.user_id, {field.name for field in spec.second_factor})
            finally:
                await self._learn(coordinator)

    async def _learn(self, coordinator: "Coordinator") -> None:
        coordinator.learn(await self._desk.vault.credentials(coordinator.user_id))
        coordinator.changed()


def _spec_of(coordinator: "Coordinator") -> BrokerSpec:
    spec = coordinator.spec
    if spec is None or not spec.second_factor:
        raise Unsupported(
            f"{coordinator.label} documents no sign-in by a program",
            title=tr("{label} signs in on its own page only", label=coordinator.label),
            next_step=tr("There is nothing that Kunji could keep for it."),
        )
    return spec
