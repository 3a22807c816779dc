"""Add account: drawn from what the broker declares, errors beside their field, secrets masked and wiped."""

import asyncio
import re

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QGuiApplication
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QWidget

from app.brokers import specs
from app.domain import BadCredentials, KeychainLocked, NotReachable, Profile, SessionExpired, TradingError, WrongAccount
from app.domain.secret import redact
from app.qt.panels.connect import ConnectPanel
from app.qt.theme import Theme
from app.qt.widgets.kept_box import KeptBox
from app.qt.window import Window
from app.services.answers import No, Unknown, Yes
from app.services.views import Draft
from tests.qt.conftest import Show
from tests.qt.fakes import FakeServices, Field, Spec, account
from tests.qt.waiting import until

KEY, SECRET, TOKEN = "canary-key-81", "canary-secret-82", "canary-token-83"


def filled_in(show: Show, services: FakeServices, *, token: bool = False) -> tuple[Window, ConnectPanel]:
    window = show(services)
    window.go("add")
    panel = window.pages.connect_panel
    panel.form.account_name.edit.setText("HUF")
    typed = {"client_id": " HS2096 ", "api_key": f" {KEY}\n", "api_secret": SECRET}
    for key, words in typed.items():
        panel.form.boxes[key].edit.setText(words)
    if token:
        panel.form.token_link.click()
        panel.form.boxes["access_token"].edit.setText(TOKEN)
    return window, panel


async def test_the_form_is_drawn_from_what_the_broker_declares(show: Show) -> None:
    services = FakeServices([account()])
    services.brokers.specs_ = (Spec(fields=(Field("client_id", "Client id"), Field("pin", "PIN", secret=True))),)
    window = show(services)
    window.go("add")

    edits = [edit for edit in window.pages.connect_panel.form.findChildren(QLineEdit) if edit.isVisible()]

    assert [edit.accessibleName() for edit in edits] == ["Account name", "Client id", "PIN"]


async def test_the_client_id_is_no_secret_and_stays_readable_in_what_is_said_of_it(show: Show) -> None:
    _, panel = filled_in(show, FakeServices())

    credentials = panel.form.credentials()

    assert redact(f"{credentials.client_id} {KEY}") == "HS2096 ••••"


async def test_what_a_broker_may_keep_for_an_easier_sign_in_is_hidden_until_asked_for(show: Show) -> None:
    services = FakeServices([account()])
    services.brokers.specs_ = tuple(specs())
    window = show(services)
    window.go("add")
    form = window.pages.connect_panel.form
    window.pages.connect_panel.choose("angel_one")
    pin = form.boxes["pin"]
    assert isinstance(pin, KeptBox)
    await until(lambda: "Gives up your second factor" in said(form.boxes["totp_secret"]))  # before it is switched on
    assert not pin.edit.isVisible()

    pin.switch.click()

    assert pin.edit.isVisible()
    assert not form.boxes["totp_secret"].edit.isVisible()


async def test_a_form_that_is_filled_in_shows_what_it_would_keep(show: Show, theme: Theme) -> None:
    show(FakeServices([]))
    box = KeptBox(theme, "PIN", "Keep my PIN", "What it gives up", "4829")

    assert (box.switch.isChecked(), box.edit.isHidden()) == (True, False)
    assert box.take().reveal() == "4829"


async def test_what_was_typed_is_gone_with_its_switch(show: Show) -> None:
    _, panel, pin = angel_with_pin(show, "1234")

    pin.switch.click()
    pin.switch.click()

    assert pin.edit.text() == ""
    assert panel.form.credentials().extras["pin"].reveal() == ""


async def test_a_kept_pin_goes_into_the_account(show: Show) -> None:
    services, panel, _ = angel_with_pin(show, "1234")

    panel.connect_button.click()

    (draft,) = services.sign_ins.started
    assert isinstance(draft, Draft)
    kept = {key: secret.reveal() for key, secret in draft.credentials.extras.items()}
    assert (kept["pin"], kept["totp_secret"]) == ("1234", "")


async def test_a_switch_without_its_secret_says_what_to_do(show: Show) -> None:
    services, panel, pin = angel_with_pin(show, "")

    panel.connect_button.click()

    assert pin.error == "PIN is missing. Type it, or switch this off."
    assert services.sign_ins.started == []


def angel_with_pin(show: Show, typed: str) -> tuple[FakeServices, ConnectPanel, KeptBox]:
    services = FakeServices([account()])
    services.brokers.specs_ = tuple(specs())
    window = show(services)
    window.go("add")
    panel = window.pages.connect_panel
    panel.choose("angel_one")
    panel.form.account_name.edit.setText("Meera")
    panel.form.boxes["client_id"].edit.setText("A123456")
    panel.form.boxes["api_key"].edit.setText(KEY)
    pin = panel.form.boxes["pin"]
    assert isinstance(pin, KeptBox)
    pin.switch.click()
    pin.edit.setText(typed)
    return services, panel, pin


@pytest.mark.parametrize(
    ("broker_type", "told"),
    [
        ("zerodha", "Zerodha keeps one token an API key"),
        ("dhan", "Dhan keeps one token a client"),
        ("fyers", ""),
        ("angel_one", ""),
    ],
)
async def test_only_where_a_new_token_ends_the_old_one_is_that_said(show: Show, broker_type: str, told: str) -> None:
    services = FakeServices([account()])
    services.brokers.specs_ = tuple(specs())
    window = show(services)
    window.go("add")

    window.pages.connect_panel.choose(broker_type)

    note = said(window.pages.connect_panel.form._note)
    assert note.startswith(told) if told else note == ""
    assert window.pages.connect_panel.form.token_link.isVisible()


@pytest.mark.parametrize("broker_type", ["zerodha", "dhan", "fyers", "angel_one"])
async def test_every_broker_has_its_form_and_asks_for_the_client_id(show: Show, broker_type: str) -> None:
    services = FakeServices([account()])
    services.brokers.specs_ = tuple(specs())
    window = show(services)
    window.go("add")
    panel = window.pages.connect_panel
    panel.choose(broker_type)
    panel.form.account_name.edit.setText("HUF")

    panel.connect_button.click()

    assert panel.form.boxes["client_id"].error != ""
    assert services.sign_ins.started == []


async def test_the_default_redirect_address_goes_into_the_account_and_to_the_guide(show: Show) -> None:
    services = FakeServices([account()])
    services.brokers.specs_ = tuple(specs())
    window = show(services)
    window.go("add")
    panel = window.pages.connect_panel
    panel.choose("dhan")
    panel.form.account_name.edit.setText("HUF")
    panel.form.boxes["client_id"].edit.setText("1100000001")

    panel.connect_button.click()

    (draft,) = services.sign_ins.started
    assert isinstance(draft, Draft)
    offered = draft.credentials.extras["redirect_url"].reveal()
    assert re.fullmatch(r"http://127\.0\.0\.1:5022/dhan/[0-9a-f]{32}", offered)
    assert panel.guide._copies["redirect_url"].line.text() == offered


@pytest.mark.parametrize(
    ("error", "blamed"),
    [
        (BadCredentials(title="Refused", field="totp"), ""),  # the code was typed elsewhere
        (BadCredentials(title="Refused", field="pin"), ""),  # as was the PIN: this form was given none
        (BadCredentials(title="Refused", field="api_secret"), "api_secret"),
        (BadCredentials(title="Refused", field="client_id"), "client_id"),
    ],
)
async def test_only_a_field_that_was_filled_in_is_blamed(show: Show, error: BadCredentials, blamed: str) -> None:
    services = FakeServices([account()])
    services.brokers.specs_ = tuple(specs())
    window = show(services)
    window.go("add")
    panel = window.pages.connect_panel
    panel.choose("dhan")

    panel.show_error(error)

    assert [key for key, box in panel.form.boxes.items() if box.error] == ([blamed] if blamed else [])
    assert "Refused" in panel._result.text()


async def test_every_secret_is_masked_the_key_too(show: Show) -> None:
    _, panel = filled_in(show, FakeServices([account()]))

    modes = {key: box.edit.echoMode() for key, box in panel.form.boxes.items() if box.secret}

    assert set(modes.values()) == {QLineEdit.EchoMode.Password}
    assert {"api_key", "api_secret", "access_token"} <= modes.keys()


async def test_connect_signs_in_with_what_was_typed_without_blanks(show: Show) -> None:
    services = FakeServices([account()])
    _, panel = filled_in(show, services)

    panel.connect_button.click()

    draft = services.sign_ins.started[0]
    assert isinstance(draft, Draft)
    assert (draft.name, draft.broker_type, draft.credentials.client_id) == ("HUF", "zerodha", "HS2096")
    assert draft.credentials.api_key.reveal() == KEY
    assert draft.credentials.extras["redirect_url"].reveal() == "http://127.0.0.1:5021/zerodha"


async def test_a_token_is_connected_without_a_sign_in(show: Show) -> None:
    services = FakeServices([account()])
    window, panel = filled_in(show, services, token=True)

    panel.connect_button.click()
    await until(lambda: services.brokers.connected)

    assert services.sign_ins.started == []
    assert services.brokers.connected[0][2].access_token.reveal() == TOKEN
    await until(lambda: window.pages.current in {"huf", "overview"})


@pytest.mark.parametrize("missing", ["client_id", "api_key", "api_secret"])
async def test_an_empty_field_says_so_and_nothing_is_asked(show: Show, missing: str) -> None:
    services = FakeServices([account()])
    _, panel = filled_in(show, services)
    panel.form.boxes[missing].wipe()

    panel.connect_button.click()

    assert "is missing" in panel.form.boxes[missing].error
    assert services.sign_ins.started == []


async def test_an_account_needs_a_name(show: Show) -> None:
    _, panel = filled_in(show, FakeServices([account()]))
    panel.form.account_name.edit.setText("  ")

    panel.connect_button.click()

    assert "name" in panel.form.account_name.error


async def test_a_test_without_a_token_says_what_it_needs(show: Show) -> None:
    services = FakeServices([account()])
    _, panel = filled_in(show, services)

    panel.test.click()

    assert "needs a token" in panel.form.boxes["access_token"].error
    assert services.brokers.tested == []


async def test_a_good_test_says_whose_session_it_is_and_stores_nothing(show: Show) -> None:
    services = FakeServices([account()])
    services.brokers.test_answer = Yes(Profile("HS2096", "Harish Shah"))
    _, panel = filled_in(show, services, token=True)

    panel.test.click()

    await until(lambda: "It works: HS2096 Harish Shah" in said(panel))
    assert services.brokers.connected == []


def said(widget: QWidget) -> str:
    return " / ".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


@pytest.mark.parametrize(
    ("error", "field"),
    [
        (BadCredentials(), "api_secret"),
        (BadCredentials(field="api_key"), "api_key"),
        (WrongAccount(), "client_id"),
        (SessionExpired(), "access_token"),
    ],
)
async def test_an_error_stands_beside_its_field_and_the_text_stays(show: Show, error: TradingError, field: str) -> None:
    services = FakeServices([account()])
    services.brokers.connect_answer = No(error)
    window, panel = filled_in(show, services, token=True)
    window.activateWindow()

    panel.connect_button.click()
    await until(lambda: panel.form.boxes[field].error)

    box = panel.form.boxes[field]
    assert error.title in box.error
    assert error.next_step in box.error
    assert panel.form.boxes["api_secret"].edit.text() == SECRET
    assert window.focusWidget() is box.edit


async def test_editing_a_field_takes_its_error_away(show: Show) -> None:
    _, panel = filled_in(show, FakeServices([account()]))
    box = panel.form.boxes["api_secret"]
    panel.show_error(BadCredentials())

    box.edit.setText("x")

    assert box.error == ""


async def test_an_error_of_no_field_stands_at_the_buttons(show: Show) -> None:
    services = FakeServices([account()])
    services.brokers.connect_answer = Unknown(NotReachable("timed out"))
    _, panel = filled_in(show, services, token=True)

    panel.connect_button.click()

    await until(lambda: "cannot be reached" in said(panel))


async def test_an_error_that_is_no_answer_is_told_too(show: Show) -> None:
    services = FakeServices([account()])
    _, panel = filled_in(show, services, token=True)

    panel.show_error(RuntimeError("odd"))

    assert "did not work" in said(panel)


async def test_while_asking_the_button_is_down_and_pressed_once_asks_once(show: Show) -> None:
    services = FakeServices([account()])
    services.brokers.hold = asyncio.Event()
    _, panel = filled_in(show, services, token=True)

    panel.connect_button.click()
    panel.connect_button.click()
    assert (panel.connect_button.text(), panel.connect_button.isEnabled()) == ("Connecting", False)
    services.brokers.hold.set()

    await until(lambda: services.brokers.connected)
    assert len(services.brokers.connected) == 1


async def test_leaving_the_page_wipes_every_secret(show: Show) -> None:
    window, panel = filled_in(show, FakeServices([account()]), token=True)

    window.go("overview")

    assert {box.edit.text() for box in panel.form.boxes.values() if box.secret} == {""}


async def test_closing_the_window_wipes_every_secret(show: Show) -> None:
    window, panel = filled_in(show, FakeServices([account()]))

    window.hide()

    assert panel.form.boxes["api_secret"].edit.text() == ""


async def test_a_wiped_secret_does_not_come_back_by_undo(show: Show) -> None:
    window, panel = filled_in(show, FakeServices([account()]))

    window.go("overview")
    panel.form.boxes["api_secret"].edit.undo()

    assert panel.form.boxes["api_secret"].edit.text() == ""


async def test_success_wipes_every_secret(show: Show) -> None:
    services = FakeServices([account()])
    _, panel = filled_in(show, services, token=True)

    panel.show_answer(Yes(account()))

    assert {box.edit.text() for box in panel.form.boxes.values() if box.secret} == {""}


async def test_a_locked_keychain_wipes_every_secret(show: Show) -> None:
    _, panel = filled_in(show, FakeServices([account()]))

    panel.show_answer(No(KeychainLocked()))

    assert panel.form.boxes["api_key"].edit.text() == ""


async def test_no_secret_is_in_a_text_an_accessible_value_or_the_clipboard(show: Show) -> None:
    window, panel = filled_in(show, FakeServices([account()]), token=True)
    QGuiApplication.clipboard().setText("before")
    panel.form.boxes["api_key"].edit.selectAll()
    panel.form.boxes["api_key"].edit.copy()

    texts = " ".join(readable(widget) for widget in window.findChildren(QWidget))

    assert not [canary for canary in (KEY, SECRET, TOKEN) if canary in texts]
    assert QGuiApplication.clipboard().text() == "before"


def readable(widget: QWidget) -> str:
    """Everything that a person or a screen reader can read of a widget."""
    parts = [widget.accessibleName(), widget.accessibleDescription(), widget.toolTip(), widget.windowTitle()]
    if isinstance(widget, QLabel | QPushButton):
        parts.append(widget.text())
    if isinstance(widget, QLineEdit):
        parts += [widget.displayText(), widget.placeholderText()]
    spoken = QAccessible.queryAccessibleInterface(widget)
    if spoken is not None:
        parts += [spoken.text(kind) for kind in (QAccessible.Text.Name, QAccessible.Text.Value)]
    return " ".join(parts)


async def test_the_guide_shows_the_redirect_address_to_copy(show: Show) -> None:
    window, panel = filled_in(show, FakeServices([account()]))
    panel.form.boxes["redirect_url"].edit.setText("http://127.0.0.1:5999/zerodha")
    panel.form.boxes["redirect_url"].edited.emit()

    copy = next(button for button in window.findChildren(QPushButton) if button.accessibleName() == "Copy Redirect URL")
    copy.click()

    assert QGuiApplication.clipboard().text() == "http://127.0.0.1:5999/zerodha"


async def test_keys_walk_over_the_form_as_it_is_read_also_for_another_broker(show: Show) -> None:
    services = FakeServices([account()])
    services.brokers.specs_ = tuple(specs())
    window = show(services)
    window.go("add")
    panel = window.pages.connect_panel
    panel.choose("angel_one")
    await until(panel.form.boxes["pin"].isVisible)

    walked = [panel.form.account_name.edit.accessibleName()]
    step: QWidget | None = panel.form.account_name.edit.nextInFocusChain()
    while step is not None and walked[-1] != "Connect":
        if step.isVisible() and step.focusPolicy() & Qt.FocusPolicy.TabFocus:
            walked.append(step.accessibleName())
        step = step.nextInFocusChain()

    fields = ["Account name", "Colour", "Client code", "API key", "Use a token I already have"]
    kept = ["Keep my PIN, so that I need not type it", "Keep my TOTP secret, so that I need not type the code"]
    assert walked == [*fields, *kept, "Test", "Connect"]


async def test_a_new_account_gets_a_colour_that_no_other_has(show: Show) -> None:
    window = show(FakeServices([account("a", colour="blue"), account("b", colour="teal")]))
    window.go("add")

    assert window.pages.connect_panel.form.colour.colour == "violet"


async def test_the_end_of_a_sign_in_is_told_in_the_form(show: Show) -> None:
    services = FakeServices([account()])
    _, panel = filled_in(show, services)
    panel.connect_button.click()

    services.sign_ins.running[0].ended.set_result(No(BadCredentials()))

    await until(lambda: panel.form.boxes["api_secret"].error)
    assert panel.connect_button.isEnabled()
    assert panel.form.boxes["api_secret"].edit.text() == SECRET


async def test_the_end_of_a_good_sign_in_leads_to_the_account(show: Show) -> None:
    services = FakeServices([account("a")])
    window, panel = filled_in(show, services)
    panel.connect_button.click()

    services.brokers.by_id["new"] = account("new", name="New")
    services.sign_ins.running[0].ended.set_result(Yes(services.brokers.by_id["new"]))

    await until(lambda: window.pages.current == "new")
    assert window.topbar.title == "New \u00b7 Zerodha"


async def test_one_broker_is_no_choice_and_two_are(show: Show) -> None:
    services = FakeServices([account()])
    window = show(services)
    window.go("add")
    panel = window.pages.connect_panel
    assert not panel.form._choice.isVisible()

    services.brokers.specs_ = (Spec(), Spec(key="other", label="Other"))
    panel.choose("other")

    assert panel.form._choice.isVisible()
    assert "New Other account" in said(panel)


async def test_an_error_of_a_field_that_is_scrolled_away_comes_into_sight(show: Show) -> None:
    window = show(FakeServices([account()]), size=(853, 533))
    window.go("add")
    panel = window.pages.connect_panel
    box = panel.form.boxes["api_secret"]
    await until(panel.form.isVisible)

    panel.show_error(BadCredentials())

    await until(lambda: box.visibleRegion().boundingRect().height() == box.height())
