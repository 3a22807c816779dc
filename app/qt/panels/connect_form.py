"""The connect form, drawn from what the broker declares; errors stand beside the field they belong to."""

from collections.abc import Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QWidget

from app.domain import Credentials, Secret, TradingError
from app.domain.tongue import tr
from app.qt.account_ports import FieldLike, SpecLike
from app.qt.fonts import Role
from app.qt.panels.kept_words import kept_names
from app.qt.port_hint import port_hint, port_of
from app.qt.theme import Theme, put
from app.qt.widgets.basic import button, clear, column, name, row, surface, text
from app.qt.widgets.colours import ColourBox
from app.qt.widgets.field import FieldBox
from app.qt.widgets.kept_box import KeptBox
from app.qt.widgets.picking import on_pick

_OWN: Final = ("api_key", "api_secret", "access_token", "client_id")
_TOKEN: Final = "access_token"  # noqa: S105 - a field's name
_BLAMED: Final = {
    "bad_credentials": "api_secret",
    "session_expired": _TOKEN,
    "wrong_account": "client_id",
    "port_taken": "redirect_url",
}
"""The field an error belongs to when it names none itself."""


class ConnectForm(QWidget):
    """Collects a new account. It never judges more than "empty"; the services do the rest."""

    edited = Signal(str)
    broker_chosen = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._spec: SpecLike | None = None
        self.boxes: dict[str, FieldBox] = {}
        self._declared: dict[str, FieldLike] = {}
        self.account_name = FieldBox(theme, tr("Account name"), tr("For example HUF"))
        self.colour = ColourBox()
        self._brokers = row(gap=4)
        self._segments: list[QPushButton] = []
        self._fields = column(gap=12)
        self._kept = column(gap=12)
        self.token_link = button(tr("Use a token I already have"), "quiet")
        self.token_link.clicked.connect(lambda: self.show_token(shown=True))
        self._lay_out()

    def _lay_out(self) -> None:
        colour = column(gap=4)
        label = text(tr("Colour"), Role.SMALL, "soft")
        label.setBuddy(self.colour)
        colour.addWidget(label)
        colour.addWidget(self.colour)
        colour.addStretch()
        first = row(gap=12)
        first.addWidget(self.account_name, 3)
        first.addLayout(colour, 2)
        self._choice = surface("plain")
        choice = column(self._choice, gap=4)
        choice.addWidget(text(tr("Broker"), Role.SMALL, "soft"))
        choice.addLayout(self._brokers)
        self._note = surface("note")
        note = column(self._note, gap=4)
        note.setContentsMargins(12, 10, 12, 8)
        self._one_token = text("", Role.SMALL, "soft", wrap=True)
        note.addWidget(self._one_token)
        line = row()
        line.addWidget(self.token_link)
        line.addStretch()
        note.addLayout(line)
        outer = column(self, gap=12)
        outer.addWidget(self._choice)
        outer.addLayout(first)
        outer.addLayout(self._fields)
        outer.addWidget(self._note)
        outer.addLayout(self._kept)
        outer.addStretch(1)

    def show_brokers(self, specs: Sequence[SpecLike], chosen: SpecLike) -> None:
        """The brokers that can be connected, and the fields of the chosen one."""
        clear(self._brokers)
        self._segments = [_segment(spec, checked=spec.key == chosen.key) for spec in specs]
        self._choice.setVisible(len(specs) > 1)  # one broker is no choice, and the form's head names it
        for spec, made in zip(specs, self._segments, strict=True):
            on_pick(made, partial(self.broker_chosen.emit, spec.key))
            self._brokers.addWidget(made, 1)
        self._show_fields(chosen)

    def _show_fields(self, spec: SpecLike) -> None:
        clear(self._fields)
        clear(self._kept)
        self._spec = spec
        self._declared = {field.name: field for field in spec.fields}
        self.boxes = {}
        for field in spec.fields:
            box = _box(self._theme, field)
            box.edited.connect(lambda key=field.name: self._on_edited(key))
            self.boxes[field.name] = box
            (self._kept if field.kept else self._fields).addWidget(box)
        put(self._one_token, tr(spec.one_token))
        self._one_token.setVisible(bool(spec.one_token))
        self.show_token(shown=False)
        for key in self.boxes:
            self.check_port(key)

    def value(self, field: str) -> str:
        """A plain field's text, for the guide; a secret gives nothing."""
        box = self.boxes.get(field)
        return "" if box is None or box.secret else box.value()

    def label(self, field: str) -> str:
        """A field's label."""
        return self.boxes[field].label if field in self.boxes else field

    def show_token(self, *, shown: bool) -> None:
        """The token field, for those who signed in elsewhere."""
        if _TOKEN not in self.boxes:
            self._note.setVisible(False)
            return
        self.boxes[_TOKEN].setVisible(shown)
        self._note.setVisible(not shown)
        if shown:
            self.boxes[_TOKEN].edit.setFocus()

    @property
    def has_token(self) -> bool:
        """Whether the user gave a token."""
        return _TOKEN in self.boxes and bool(self.boxes[_TOKEN].take())

    def complete(self, *, need_token: bool = False) -> bool:
        """Whether nothing needed is empty; the first empty field says so."""
        if not self.account_name.value():
            self.account_name.show_error(tr("Give the account a name, so that you can tell it from others."))
            return False
        for key, box in self.boxes.items():
            needed = self._declared[key].required or (need_token and key == _TOKEN) or _is_wanted(box)
            if needed and not (box.take() if box.secret else box.value()):
                self._ask_for(key, box)
                return False
        return True

    def _ask_for(self, key: str, box: FieldBox) -> None:
        if key == _TOKEN:
            self.show_token(shown=True)
            box.show_error(tr("A test needs a token of today's session. Without one, press Connect and sign in."))
        elif _is_wanted(box):
            box.show_error(tr("{label} is missing. Type it, or switch this off.", label=box.label))
        else:
            box.show_error(tr("{label} is missing. Copy it from the broker's page.", label=box.label))

    def credentials(self) -> Credentials:
        """What was typed, wrapped."""
        own = {key: self.boxes[key].take() if key in self.boxes else Secret() for key in _OWN if key != "client_id"}
        extras = {key: box.take() for key, box in self.boxes.items() if key not in _OWN}
        client = self.boxes["client_id"].value() if "client_id" in self.boxes else ""
        return Credentials(own["api_key"], own["api_secret"], own[_TOKEN], client_id=client, extras=extras)

    def show_error(self, error: TradingError) -> bool:
        """Put `error` beside the field it belongs to; False when it belongs to none."""
        key = error.field or _BLAMED.get(error.kind, "")
        box = self.account_name if key == "name" else self.boxes.get(key)
        if box is None or (key in self._declared and not self._is_given(key)):
            return False  # a code that was typed elsewhere, or a PIN that this form was not given
        if key == _TOKEN:
            self.show_token(shown=True)
        box.show_error(f"{error.title}. {error.next_step}")
        return True

    def _is_given(self, key: str) -> bool:
        return self._declared[key].required or key in _OWN or bool(self.boxes[key].take())

    def wipe(self) -> None:
        """Forget every secret."""
        for box in self.boxes.values():
            if box.secret:
                box.wipe()

    def start_anew(self, used_colours: Sequence[str]) -> None:
        """Empty, with a colour that no other account has."""
        self.account_name.edit.setText("")
        self.colour.choose_unused(used_colours)
        if self._spec is not None:
            self._show_fields(self._spec)

    def check_port(self, key: str) -> None:
        """Say whether the redirect port is free."""
        box = self.boxes[key]
        if box.secret or port_of(box.value()) is None or box.error:
            return
        words, tone = port_hint(box.value())
        box.show_hint(words, tone)

    def _on_edited(self, key: str) -> None:
        self.check_port(key)
        self.edited.emit(key)


def _box(theme: Theme, field: FieldLike) -> FieldBox:
    if field.kept:
        return KeptBox(
            theme, kept_names((field.name,)) or tr(field.label), tr(field.label), tr(field.hint), field.default
        )
    label = tr("Access token") if field.name == _TOKEN else tr(field.label)
    optional = "" if field.required or field.name == _TOKEN else tr("Optional. ")
    return FieldBox(theme, label, optional + tr(field.hint), secret=field.secret, value=field.default)


def _is_wanted(box: FieldBox) -> bool:
    return isinstance(box, KeptBox) and box.is_wanted


def _segment(spec: SpecLike, *, checked: bool) -> QPushButton:
    made = button(spec.label, "segment")
    made.setCheckable(True)
    made.setAutoExclusive(True)
    made.setChecked(checked)
    name(made, spec.label, tr("Broker"))
    return made
