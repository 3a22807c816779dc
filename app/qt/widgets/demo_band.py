"""What runs along the top of the demo's window: that broker and money are invented, and the end of its session."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame

from app.domain.intents import Mode
from app.domain.tongue import tr
from app.qt.fonts import Role
from app.qt.widgets.basic import button, column, row, text
from app.qt.widgets.mode_mark import stripe


class DemoBand(QFrame):
    """`expire_wanted`: the played session is to end now."""

    expire_wanted = Signal()

    def __init__(self, label: str) -> None:
        super().__init__()
        self.setProperty("surface", "band")
        line = row(gap=12)
        line.setContentsMargins(20, 4, 12, 4)
        line.addWidget(text(label, Role.SMALL, "soft", wrap=True), 1)
        self.expire = button(tr("Expire the session now"), "plain", size="row")
        self.expire.clicked.connect(self.expire_wanted)
        line.addWidget(self.expire)
        inside = column(self, gap=0)
        inside.addWidget(stripe(Mode.DEMO))
        inside.addLayout(line)
