"""Moving to another computer: what must be entered again there, as every account's broker declares it.

Keys never leave this computer: the vault's key lies in its keychain alone. So they are typed in again, from the
brokers' own pages; everything else travels in the exported file.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from app.brokers.base import Ability, BrokerSpec, Field
from app.domain.tongue import tr
from app.services.moving_views import MoveAccount, MoveStep, MoveView
from app.services.views import AccountView

_TOKEN: Final = "access_token"  # noqa: S105 - the name of a field; a sign-in brings a new one
_PARTS: Final = {"pin": "PIN", "totp_secret": "TOTP secret"}


def move_view(accounts: Sequence[AccountView], specs: Sequence[BrokerSpec]) -> MoveView:
    """The whole list, made from what is connected now."""
    declared = {spec.key: spec for spec in specs}
    known = [(view, declared[view.broker_type]) for view in accounts if view.broker_type in declared]
    return MoveView(
        tuple(_first()),
        tuple(MoveAccount(view.user_id, view.title, view.colour, tuple(_steps(view, spec))) for view, spec in known),
        tuple(_last()),
    )


def _first() -> Iterator[MoveStep]:
    yield MoveStep("export", tr("Save your settings into a file here, and take it along. No key is in it."))
    yield MoveStep("install", tr("Install Kunji on the other computer and connect the accounts there, in this order."))


def _last() -> Iterator[MoveStep]:
    yield MoveStep(
        "import", tr("Import the file there: settings, columns, and the names and colours of the accounts are as here.")
    )
    yield MoveStep("leave", tr("Remove the accounts here only when they are ready there."))


def _steps(view: AccountView, spec: BrokerSpec) -> Iterator[MoveStep]:
    yield MoveStep("keys", _keys(view, spec))
    address = next((field for field in spec.fields if field.default and not field.secret), None)
    if address is not None:
        words = tr(
            "{field}: the same that is registered at {broker}, sign by sign. Nothing changes there.",
            field=tr(address.label),
            broker=spec.label,
        )
        yield MoveStep("redirect", words)
    if spec.second_factor and view.keeps != frozenset():
        yield MoveStep("factor", _factor(view, spec))
    if Ability.ORDERS in spec.abilities:
        yield MoveStep("address", _address(view, spec))
    yield MoveStep(
        "sign_in", " ".join(filter(None, (tr("Sign in there."), tr(spec.one_token) if spec.one_token else "")))
    )
    yield MoveStep("leave", _leave(spec))


def _keys(view: AccountView, spec: BrokerSpec) -> str:
    names = [tr(field.label) for field in spec.fields if _is_typed_again(field)]
    return tr(
        "Enter again: {names}, of client id {client}. You find them at {portal}.",
        names=", ".join(names),
        client=view.client_id,
        portal=spec.portal,
    )


def _is_typed_again(field: Field) -> bool:
    return field.secret and not field.kept and field.name != _TOKEN


def _factor(view: AccountView, spec: BrokerSpec) -> str:
    kept = [field.name for field in spec.second_factor if view.keeps is None or field.name in view.keeps]
    names = ", ".join(tr(_PARTS.get(name, name)) for name in kept)
    if view.keeps is None:
        return tr("{names}: enter again what you keep here.", names=names)
    return tr("{names}: kept here. Enter again there, or type it at each sign-in.", names=names)


def _address(view: AccountView, spec: BrokerSpec) -> str:
    register = tr("Register the internet address of the other computer at {portal}, for orders.", portal=spec.portal)
    noted = tr("Noted for this one: {address}.", address=view.address) if view.address else ""
    return f"{register} {noted}".rstrip()


def _leave(spec: BrokerSpec) -> str:
    if Ability.REVOKE in spec.abilities:
        return tr(
            "At last, remove it here: its keys are erased, and its session is ended at {broker}.", broker=spec.label
        )
    return tr("At last, remove it here: its keys are erased.")
