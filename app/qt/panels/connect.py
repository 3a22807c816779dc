"""Add account: the form with Test and Connect on the left, what to do at the broker on the right."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QWidget

from app.domain import Profile, TradingError
from app.domain.tongue import tr
from app.qt.account_ports import SpecLike
from app.qt.bridge import words_of
from app.qt.desk import Desk
from app.qt.fonts import Role
from app.qt.panels.connect_form import ConnectForm
from app.qt.theme import dress, put
from app.qt.widgets.basic import button, column, hairline, name, row, surface, text
from app.qt.widgets.details import CopyDetails
from app.qt.widgets.field import leaves_nothing
from app.qt.widgets.guide import Guide
from app.qt.widgets.marks import StateMark
from app.qt.widgets.scroll import Scroll
from app.qt.widgets.tab_order import in_order
from app.services.answers import Answer, Yes
from app.services.views import AccountView, Draft


class ConnectPanel(QWidget):
    """`sign_in_wanted` carries a `Draft`; `connected` the id of an account that a pasted token connected."""

    sign_in_wanted = Signal(object)
    connected = Signal(str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._spec: SpecLike | None = None
        name(self, tr("Add account"))
        self.form = ConnectForm(desk.theme)
        self.guide = Guide(desk.theme)
        self._head = text(role=Role.HEAD)
        self._guide_head = text(role=Role.HEAD, wrap=True)
        self._mark = StateMark(desk.theme, 16)
        self._result = text("", Role.SMALL, "soft", wrap=True)
        self.copy = CopyDetails()
        self.test = button(tr("Test"), "plain")
        self.connect_button = button(tr("Connect"), "primary")
        self._lay_out()
        self.test.clicked.connect(self._on_test)
        self.connect_button.clicked.connect(self._on_connect)
        self.form.edited.connect(lambda key: self.guide.show_value(key, self.form.value(key)))
        self.form.broker_chosen.connect(self.choose)
        self._say(tr("Encrypted on this computer only"), "muted")

    def _lay_out(self) -> None:
        outer = row(self, gap=16, margin=16)
        outer.addWidget(self._form_side(), 1)
        outer.addWidget(self._guide_side(), 1)

    def _form_side(self) -> QFrame:
        panel = surface("panel")
        page = QWidget()
        inside = column(page, gap=4)
        inside.setContentsMargins(20, 16, 20, 16)
        inside.addWidget(self._head)
        inside.addWidget(text(tr("Nothing is kept until the broker says yes."), Role.SMALL, "soft", wrap=True))
        inside.addSpacing(12)
        inside.addWidget(self.form)
        foot = surface("foot")
        line = row(foot, gap=8)
        line.setContentsMargins(20, 12, 20, 12)
        line.addWidget(self._mark)
        said = column(gap=4)
        said.addWidget(self._result)
        said.addWidget(self.copy, 0, Qt.AlignmentFlag.AlignLeft)
        line.addLayout(said, 1)
        line.addWidget(self.test)
        line.addWidget(self.connect_button)
        outer = column(panel, gap=0, margin=1)
        outer.addWidget(Scroll(page), 1)
        outer.addWidget(foot)
        return panel

    def _guide_side(self) -> QFrame:
        panel = surface("panel")
        page = QWidget()
        inside = column(page, gap=8)
        inside.setContentsMargins(20, 16, 20, 16)
        inside.addWidget(self._guide_head)
        inside.addWidget(hairline())
        inside.addWidget(self.guide)
        outer = column(panel, gap=0, margin=1)
        outer.addWidget(Scroll(page))
        return panel

    def begin(self) -> None:
        """A new account, with the first broker chosen."""
        specs = self._desk.services.brokers.specs()
        if not specs:
            return
        self.choose((self._spec or specs[0]).key)
        self.form.start_anew([view.colour for view in self._desk.board.accounts])
        self._say(tr("Encrypted on this computer only"), "muted")
        self.form.account_name.edit.setFocus()

    def choose(self, broker_type: str) -> None:
        """Draw the form and the guide of a broker."""
        spec = self._desk.spec(broker_type)
        if spec is None:
            return
        self._spec = spec
        put(self._head, tr("New {label} account", label=spec.label))
        put(self._guide_head, tr("Once at {label}, about five minutes", label=spec.label))
        self.form.show_brokers(self._desk.services.brokers.specs(), spec)
        self.guide.show_steps(spec.guide, self.form.value, self.form.label)
        in_order(self)

    def show_answer(self, answer: Answer[AccountView]) -> None:
        """How connecting ended: done, or why not, beside the field to blame."""
        if isinstance(answer, Yes):
            self.form.wipe()
            self._say(tr("{title} is connected.", title=answer.value.title), "state.ok", "ready")
            self.connected.emit(answer.value.user_id)
        else:
            self.show_error(answer.error)

    def show_error(self, error: BaseException) -> None:
        """Why it did not work; what is in the fields stays where it can be mended."""
        title, next_step = words_of(error)
        placed = isinstance(error, TradingError) and self.form.show_error(error)
        if leaves_nothing(error):
            self.form.wipe()
        self._say(title if placed else f"{title}. {next_step}", "state.bad", "expired")
        self.copy.show_error(error, self._desk.now())

    def busy(self, said: str) -> None:
        """A sign-in is under way elsewhere; `said` is its step in words."""
        self.connect_button.setEnabled(False)
        self.test.setEnabled(False)
        self._say(said, "soft", "signing-in")

    def ready(self) -> None:
        """The buttons can be pressed again."""
        self.connect_button.setEnabled(True)
        self.test.setEnabled(True)

    def showEvent(self, event: QShowEvent) -> None:
        """The port may have been taken meanwhile."""
        for key in self.form.boxes:
            self.form.check_port(key)
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Whoever leaves the page leaves no secret in it (security-promises L7)."""
        if not event.spontaneous():  # a minimised window is not left
            self.form.wipe()
        super().hideEvent(event)

    def _on_test(self) -> None:
        if self._spec is None or not self.form.complete(need_token=True):
            return
        self._say(tr("Asking {label}", label=self._spec.label), "soft", "signing-in")
        asked = self._desk.services.brokers.test_credentials(self._spec.key, self.form.credentials())
        self._desk.run(self, asked).busy(self.test, "Testing").done(self._tested).failed(self.show_error)

    def _tested(self, answer: Answer[Profile]) -> None:
        if isinstance(answer, Yes):
            who = answer.value
            self._say(
                f"It works: {who.client_id} {who.name}".rstrip() + tr(". Nothing was stored."), "state.ok", "ready"
            )
        else:
            self.show_error(answer.error)

    def _on_connect(self) -> None:
        if self._spec is None or not self.form.complete():
            return
        credentials, called = self.form.credentials(), self.form.account_name.value()
        if not self.form.has_token:
            self.sign_in_wanted.emit(Draft(called, self._spec.key, credentials, self.form.colour.colour))
            return
        self._say(tr("Asking {label}", label=self._spec.label), "soft", "signing-in")
        asked = self._desk.services.brokers.connect_broker(
            called, self._spec.key, credentials, colour=self.form.colour.colour
        )
        self._desk.run(self, asked).busy(self.connect_button, "Connecting").done(self.show_answer).failed(
            self.show_error
        )

    def _say(self, words: str, tone: str, shape: str = "") -> None:
        put(self._result, words)
        self.copy.show_error(None)
        dress(self._result, "tone", tone)
        self._mark.setVisible(bool(shape))
        if shape:
            self._mark.show_shape(shape, {"ready": tr("Done"), "expired": tr("Error")}.get(shape, tr("Running")))
