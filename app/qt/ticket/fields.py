"""The page of a ticket that is written on: instrument, side, numbers, kinds, and what is wrong, in its place."""

from dataclasses import replace
from decimal import Decimal
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from app.domain import Validity
from app.domain.tongue import tr
from app.qt.fonts import Role, font
from app.qt.models.figures import Figures
from app.qt.theme import Theme, dress, put
from app.qt.ticket import steps
from app.qt.ticket.below import LOOKS, Below
from app.qt.ticket.choices import PickBox, SideBox, SideChip
from app.qt.ticket.draft import Draft, number_of, price_of, products_of
from app.qt.ticket.findings import Told
from app.qt.ticket.number import NumberBox
from app.qt.ticket.words import PRODUCTS, TYPES, VALIDITIES, change_of, lots_words, tick_words
from app.qt.widgets.basic import button, column, name, row, surface, text
from app.qt.widgets.marks import StateMark
from app.qt.widgets.picking import mark

_USUAL_TICK: Final = Decimal("0.05")  # rupees, where the list of instruments says nothing
_OFFERED: Final = (Validity.DAY, Validity.IOC)


class FieldsPage(QWidget):
    """`edited`: another draft stands in it. `find_wanted`: another instrument."""

    edited = Signal()
    find_wanted = Signal()

    def __init__(self, theme: Theme, figures: Figures) -> None:
        super().__init__()
        self._draft = Draft()
        self._theme, self._figures = theme, figures
        self._putting = self._more = False
        self._make_top()
        self._make_fields()
        self._make_money()
        self._lay_out()
        self._connect()
        self.tell({})

    def _make_top(self) -> None:
        self.symbol = text("", Role.HEAD, wrap=True)
        self._exchange = text("", Role.SMALL, "muted")
        self.other = button(tr("Other"), "quiet", size="row")
        name(self.other, tr("Other instrument"))
        self.last = text("", Role.SMALL, "soft", wrap=True)
        self.last.setMinimumHeight(2 * QFontMetrics(font(Role.SMALL)).lineSpacing())
        self.side = SideBox()
        self.chip = SideChip()
        self._resting = text("", wrap=True)

    def _make_fields(self) -> None:
        one_lot, one_tick = (tr("One lot less"), tr("One lot more")), (tr("One step lower"), tr("One step higher"))
        self.quantity = NumberBox(tr("Quantity"), self._by_lots, steps=one_lot)
        self.price = NumberBox(tr("Price"), self._by_ticks, steps=one_tick)
        self.type = PickBox(tr("Type"), TYPES)
        self.product = PickBox(tr("Product"), PRODUCTS)
        self.trigger = NumberBox(tr("Trigger"), self._by_ticks, steps=one_tick)
        self.validity = PickBox(tr("Good for"), VALIDITIES)
        self.disclosed = NumberBox(tr("Shown to others"), self._by_lots, steps=one_lot)
        self.disclosed.edit.setPlaceholderText(tr("all of it"))
        self.amo = QCheckBox(tr("After market"))
        name(self.amo, tr("After market"), tr("Goes to the exchange when it opens"))
        self.amo.setToolTip(tr("Goes to the exchange when it opens"))

    def _make_money(self) -> None:
        self.value, self.available = text("", Role.TOTAL), text("", Role.TOTAL)
        self._rest = surface("note")
        self._rest_mark = StateMark(self._theme, 14)
        self.rest = text("", Role.SMALL, wrap=True)

    # -------------------------------------------------------------- layout

    def _lay_out(self) -> None:
        inside = column(self, gap=4)
        self._lay_top(inside)
        self._triggers, self._extras = QWidget(), QWidget()
        self._belows = (
            self._add_pair(inside, self.quantity, self.price, ("symbol", "side", "quantity", "price")),
            self._add_pair(inside, self.type, self.product, ("order_type", "product"), 1),
            self._add_pair(column(self._triggers, gap=4), self.trigger, self.validity, ("trigger_price", "validity")),
            self._add_pair(column(self._extras, gap=4), self.disclosed, self.amo, ("disclosed_quantity", "amo")),
        )
        inside.addWidget(self._triggers)
        inside.addWidget(self._extras)
        line = row(gap=8)
        line.addWidget(text(tr("Value"), tone="soft"))
        line.addWidget(self.value)
        line.addStretch()
        line.addWidget(text(tr("Available"), tone="soft"))
        line.addWidget(self.available)
        inside.addLayout(line)
        note = row(self._rest, gap=8, margin=8)
        note.addWidget(self._rest_mark)
        note.addWidget(self.rest, 1)
        inside.addWidget(self._rest)
        inside.addStretch()

    def _lay_top(self, inside: QVBoxLayout) -> None:
        head = row(gap=8)
        head.addWidget(self.symbol, 1)
        head.addWidget(self._exchange)
        head.addWidget(self.other)
        resting = row(gap=8)
        resting.addWidget(self.chip)
        resting.addWidget(self._resting, 1)
        inside.addLayout(head)
        inside.addWidget(self.last)
        inside.addSpacing(4)
        inside.addWidget(self.side)
        inside.addLayout(resting)
        inside.addSpacing(8)

    def _add_pair(
        self, inside: QVBoxLayout, left: QWidget, right: QWidget, fields: tuple[str, ...], lines: int = 2
    ) -> Below:
        """Two fields beside each other, and below them the place for what is wrong with them."""
        line = row(gap=12)
        line.addWidget(left, 1)
        line.addWidget(right, 1)
        below = Below(self._theme, fields, lines)
        inside.addLayout(line)
        inside.addWidget(below)
        return below

    def _connect(self) -> None:
        self.other.clicked.connect(self.find_wanted)
        self.side.chosen.connect(self._on_edited)
        self.amo.toggled.connect(self._on_edited)
        for number in (self.quantity, self.price, self.trigger, self.disclosed):
            number.edited.connect(self._on_edited)
        for pick in (self.type, self.product, self.validity):
            pick.chosen.connect(self._on_edited)

    # -------------------------------------------------------------- the draft

    @property
    def draft(self) -> Draft:
        """What stands in the fields."""
        return replace(
            self._draft,
            side=self.side.side,
            product=self.product.value,
            order_type=self.type.value,
            quantity=self.quantity.value(),
            price=self.price.value(),
            trigger=self.trigger.value(),
            validity=self.validity.value,
            disclosed=self.disclosed.value(),
            amo=self.amo.isChecked(),
        )

    def show_draft(self, draft: Draft) -> None:
        """Let `draft` stand in the fields; nobody typed it."""
        self._draft, self._putting = draft, True
        put(self.symbol, draft.symbol)
        put(self._exchange, draft.exchange or "")
        self.side.show_side(draft.side)
        self.type.offer(TYPES, draft.order_type)
        self.product.offer(products_of(draft.exchange), draft.product)
        self.validity.offer(_OFFERED, draft.validity)
        for box, value in (
            (self.quantity, draft.quantity),
            (self.price, draft.price),
            (self.trigger, draft.trigger),
            (self.disclosed, draft.disclosed),
        ):
            box.put(value)
        mark(self.amo, on=draft.amo)
        self._show_resting(draft)
        self._putting = False
        self._show_kind(draft)

    def _show_resting(self, draft: Draft) -> None:
        """What cannot be changed of an order that rests stands there as words."""
        order = draft.order
        self.chip.show_side(draft.side if order is not None else None)
        put(self._resting, change_of(order, self._figures) if order is not None else "")
        self._resting.setVisible(order is not None)
        for part in (self.side, self.other, self.amo):
            part.setVisible(order is None)
        self.product.box.setEnabled(order is None)

    def _show_kind(self, draft: Draft) -> None:
        """A field that the type has no use for keeps its place and says why it is empty."""
        needs = draft.order_type.needs_price
        self.price.setEnabled(needs)
        self.price.edit.setPlaceholderText("" if needs else tr("none, at market"))
        self.trigger.setEnabled(draft.order_type.needs_trigger)
        self._triggers.setVisible(self._more or draft.order_type.needs_trigger)
        self._extras.setVisible(self._more)
        self.quantity.show_remark(lots_words(draft))
        self.price.show_remark(tick_words(draft) if needs else "")
        self.trigger.show_remark(tick_words(draft))

    def _on_edited(self) -> None:
        if not self._putting:
            self._draft = self.draft
            self._show_kind(self._draft)
            self.edited.emit()

    def show_more(self, *, more: bool) -> None:
        """What is seldom used, too."""
        self._more = more
        self._show_kind(self._draft)

    @property
    def shows_more(self) -> bool:
        """Whether it is shown."""
        return self._more

    # -------------------------------------------------------------- what was found

    def tell(self, told: Told) -> None:
        """What is wrong or to be known, each at its field; what belongs to none stands below everything."""
        for below in self._belows:
            below.say(told)
        for field, box in (
            ("quantity", self.quantity),
            ("price", self.price),
            ("trigger_price", self.trigger),
            ("disclosed_quantity", self.disclosed),
            ("order_type", self.type),
            ("product", self.product),
            ("validity", self.validity),
        ):
            weight, words = told.get(field, ("", ""))
            box.show_wrong(words if weight == "stop" else "")
        self._tell_rest(told)

    def _tell_rest(self, told: Told) -> None:
        placed = {field for below in self._belows if below.isVisibleTo(self) for field in below.fields}
        rest = [one for field, one in told.items() if field not in placed]
        self._rest.setVisible(bool(rest))
        if rest:
            weight = next((one for one in LOOKS if any(found[0] == one for found in rest)), "note")
            shape, tone = LOOKS[weight]
            self._rest_mark.show_shape(shape, tr("Error") if weight == "stop" else tr("Remark"))
            dress(self.rest, "tone", tone)
        put(self.rest, "\n".join(words for _, words in rest))

    def focus_first(self, told: Told) -> None:
        """With the keyboard where the first thing is wrong, else in the quantity."""
        for field, box in (("quantity", self.quantity), ("price", self.price), ("trigger_price", self.trigger)):
            if told.get(field, ("",))[0] == "stop" and box.edit.isEnabled():
                box.edit.setFocus()
                return
        if told.get("side", ("",))[0] == "stop":
            next(iter(self.side.buttons.values())).setFocus()
        elif not told:
            self.quantity.edit.setFocus()
            self.quantity.edit.selectAll()

    def _by_lots(self, typed: str, by: int) -> str:
        return str(steps.lots(number_of(typed), self._draft.lot, by))

    def _by_ticks(self, typed: str, by: int) -> str:
        made = steps.ticks(price_of(typed), self._draft.tick or _USUAL_TICK, by)
        return f"{made:f}" if made is not None else typed
