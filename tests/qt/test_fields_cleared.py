"""L7: no secret of a field reaches the clipboard, and none stays when it is left, when the keychain locks, or after a
mistake of ours: connect form, question of a sign-in, keep form, token box.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QClipboard, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from shiboken6 import isValid

from app.domain import KeychainLocked
from app.qt.window import Window
from app.services.answers import No
from app.services.views import Asked, Phase
from tests.qt.conftest import Show
from tests.qt.fakes import FakeServices, Field, Spec, account, signed_out
from tests.qt.waiting import until

PIN = Asked("pin", "PIN", "The PIN of the app")
TYPED = "typed7secret"


@dataclass
class Form:
    """A field with a secret in it: how it is left, sent, and what its services answer."""

    window: Window
    services: FakeServices
    edits: list[QLineEdit]
    leave: Callable[[], object]
    send: Callable[[], object]


def kept(field: str) -> Field:
    return Field(field, field, secret=True, required=False, kept=True)


def connect(show: Show) -> Form:
    services = FakeServices([account()])
    window = show(services)
    window.go("add")
    panel = window.pages.connect_panel
    panel.form.account_name.edit.setText("HUF")
    panel.form.boxes["client_id"].edit.setText("HS2096")
    panel.form.token_link.click()
    edits = [panel.form.boxes[key].edit for key in ("api_key", "api_secret", "access_token")]
    return Form(window, services, edits, lambda: window.go("overview"), panel.connect_button.click)


def question(show: Show) -> Form:
    services = FakeServices([signed_out("huf")])
    window = show(services)
    window.repair("huf")
    assert window.repairs is not None
    dialog = window.repairs.dialogs["huf"]
    services.sign_ins.running[0].move(phase=Phase.ASKING, asked=PIN, url="")
    dialog.refresh()
    assert dialog.pane.ask.field is not None
    return Form(window, services, [dialog.pane.ask.field.edit], dialog.close, dialog.send.click)


def keep(show: Show) -> Form:
    services = FakeServices([account("huf", keeps=frozenset())])
    services.brokers.specs_ = (Spec(fields=(*Spec().fields, kept("pin"), kept("totp_secret"))),)
    window = show(services)
    window.go("huf")
    card = window.pages.status.kept
    card.keep.click()
    for box in card.form.boxes.values():
        box.switch.click()
    edits = [box.edit for box in card.form.boxes.values()]
    return Form(window, services, edits, lambda: window.go("overview"), card.form.keep.click)


def token(show: Show) -> Form:
    services = FakeServices([signed_out("huf")])
    window = show(services)
    window.repair("huf")
    assert window.repairs is not None
    dialog = window.repairs.dialogs["huf"]
    dialog.token.open_link.click()
    return Form(window, services, [dialog.token.field.edit], dialog.close, dialog.token.send.click)


FORMS = [connect, question, keep, token]


def typed(made: Form) -> Form:
    for edit in made.edits:
        QTest.keyClicks(edit, TYPED)
    assert [edit.text() for edit in made.edits] == [TYPED] * len(made.edits)
    return made


async def cleared(made: Form) -> None:
    """The fields are empty, also after an undo; one that was destroyed with its dialog holds nothing."""
    await until(lambda: not any(edit.text() for edit in made.edits if isValid(edit)))
    living = [edit for edit in made.edits if isValid(edit)]
    for edit in living:
        edit.undo()
    assert [edit.text() for edit in living] == [""] * len(living)


@pytest.mark.parametrize("make", FORMS)
async def test_nothing_of_a_secret_reaches_the_clipboard(show: Show, make: Callable[[Show], Form]) -> None:
    made = typed(make(show))
    clipboard = QGuiApplication.clipboard()
    clipboard.setText("before")

    for edit in made.edits:
        edit.selectAll()
        edit.copy()
        edit.cut()
        QTest.keyClick(edit, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClick(edit, Qt.Key.Key_Insert, Qt.KeyboardModifier.ControlModifier)

    assert clipboard.text() == "before"
    assert TYPED not in clipboard.text(QClipboard.Mode.Selection)


@pytest.mark.parametrize("make", FORMS)
async def test_nothing_stays_when_it_is_left(show: Show, make: Callable[[Show], Form]) -> None:
    made = typed(make(show))

    made.leave()

    assert [edit.text() for edit in made.edits] == [""] * len(made.edits)
    await cleared(made)


def refuse(services: FakeServices) -> None:
    refusal = No(KeychainLocked())
    services.brokers.connect_answer = services.brokers.keep_answer = services.brokers.token_answer = refusal


def break_down(services: FakeServices) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise RuntimeError("odd")

    brokers = services.brokers
    brokers.connect_broker = brokers.keep_second_factor = brokers.update_broker_token = fail  # type: ignore[method-assign, assignment]  # a mistake of ours


@pytest.mark.parametrize("trouble", [refuse, break_down])
@pytest.mark.parametrize("make", FORMS)
async def test_nothing_stays_after_a_lock_or_a_mistake_of_ours(
    show: Show, make: Callable[[Show], Form], trouble: Callable[[FakeServices], Awaitable[None] | None]
) -> None:
    made = typed(make(show))
    trouble(made.services)

    made.send()

    await cleared(made)
