"""What every panel gets handed: the services, the one way to ask them, and what the window knows."""

from dataclasses import field
from datetime import datetime

from app.domain.records import dataclass
from app.qt.account_ports import SpecLike
from app.qt.bridge import Runner
from app.qt.exits.exits import Exits
from app.qt.models.board import Board
from app.qt.models.figures import Figures
from app.qt.ports import ServicesPort
from app.qt.theme import Theme
from app.qt.ticket.tickets import Tickets


@dataclass(frozen=True, slots=True)
class Desk:
    """The panel's world, built once when the services are there."""

    services: ServicesPort
    run: Runner
    theme: Theme
    board: Board
    figures: Figures
    tickets: Tickets = field(default_factory=Tickets)
    exits: Exits = field(default_factory=Exits)

    def now(self) -> datetime:
        """The services' time."""
        return self.services.clock.now()

    def spec(self, broker_type: str) -> SpecLike | None:
        """What a broker declares, or None for one that this version does not know."""
        return next((spec for spec in self.services.brokers.specs() if spec.key == broker_type), None)
