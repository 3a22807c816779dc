"""About: what Kunji is, under which licence, what it is made of, and what it never does."""

from typing import Final

from PySide6.QtWidgets import QWidget

from app.domain.tongue import tr
from app.qt.fonts import Role
from app.qt.widgets.basic import column, row, text
from app.qt.widgets.details import CopyDetails
from app.qt.widgets.facts import Facts
from app.system.versions import versions, versions_line

_WORDS: Final = (
    "Keeps your broker accounts connected, on your own computer.",
    "Kunji talks to your brokers only. It reports to nobody, and it asks nobody for updates.",
    "Free software under the MIT licence, without any warranty. Copyright 2026 the Kunji developers.",
    "The window is drawn by Qt, used as a library under the LGPL 3. The licences of all parts lie beside the program.",
    "Zerodha, Dhan, Fyers and Angel One are names of their owners, who have no part in Kunji.",
)


class AboutPage(QWidget):
    """Words, then versions that can be copied."""

    def __init__(self) -> None:
        super().__init__()
        inside = column(self, gap=12)
        inside.addWidget(text(tr("Kunji"), Role.TITLE))
        for words in _WORDS:
            inside.addWidget(text(tr(words), tone="soft", wrap=True))
        found = versions()
        self.facts = Facts(found)
        for called, version in found.items():
            self.facts.show_fact(called, version)
        inside.addWidget(self.facts)
        self.copy = CopyDetails()
        self.copy.show_text(versions_line())
        line = row()
        line.addWidget(self.copy)
        line.addStretch()
        inside.addLayout(line)
