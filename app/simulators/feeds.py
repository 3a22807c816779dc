"""What a broker's order push socket is made of: who may listen, what is said at once, how an order's news look."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Final, NamedTuple

from app.simulators.answers import Answer
from app.simulators.books import Account
from app.simulators.order_states import BookOrder, Fill, State

Frame = str | bytes
UPDATES: Final = "order_updates"
"""The operation under which faults, answers and the log know a handshake of the order socket."""


@dataclass(slots=True, eq=False)
class Seat:
    """One connection. `client_id` is empty until it is known whose orders it hears, `key` is what is counted."""

    client_id: str = ""
    key: str = ""
    wants: set[str] = field(default_factory=set)


class News(NamedTuple):
    """An order came to a state; `fill` when a trade brought it there, `place` is the state's among the order's own."""

    account: Account
    order: BookOrder
    place: int
    fill: Fill | None

    @property
    def state(self) -> State:
        """The state that is told."""
        return self.order.states[self.place]


class Asked(NamedTuple):
    """What a handshake brings: headers by their names in lower case, and the query."""

    headers: Mapping[str, str]
    query: Mapping[str, str]


class Refused(Exception):
    """The handshake is answered by something else than a socket."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


class HangUp(Exception):
    """The connection is reset, without a goodbye."""


class Feed(ABC):
    """One broker's protocol of order news."""

    path: ClassVar[str]
    """Host and path as the real one has them, the host first."""
    most: ClassVar[int | None] = None
    """So many connections of one key at a time."""
    heartbeat: ClassVar[tuple[float, Frame] | None] = None
    """Every so many seconds of silence this is sent."""

    @abstractmethod
    def admit(self, asked: Asked) -> Seat:
        """Whose connection it is; raises `Refused`."""

    def too_many(self) -> Answer:
        """The refusal of one connection more than `most`."""
        return Answer(b"", 429, None)

    def greeting(self, _: Seat) -> Iterable[Frame]:
        """What is sent as soon as the socket is open."""
        return ()

    def heard(self, _: Seat, __: str) -> Iterable[Frame]:
        """What is answered to a text of the client; raises `HangUp`."""
        return ()

    @abstractmethod
    def frames(self, news: News, seat: Seat) -> Iterable[Frame]:
        """How the news are told; nothing where this broker does not tell them."""
