"""What the history of an account keeps, told from one look at its session to the next."""

from app.domain.sessions import Session, SessionState
from app.services.views import Trace


class Tracer:
    """Sees every change of one session. `arrival` is how the next token that the broker says yes to came here."""

    def __init__(self, session: Session) -> None:
        self.arrival = Trace.RECONNECTED
        self._told = 0 if session.confirmed else -1  # the generation whose arrival was told
        self._beneath = session.beneath

    def again(self, generation: int) -> None:
        """The token of before is asked about anew, under another generation: that is no arrival."""
        self._told = generation if self._told == generation - 1 else self._told

    def seen(self, generation: int, session: Session) -> Trace | None:
        """What happened since the last look; None when it is nothing for the history."""
        before, self._beneath = self._beneath, session.beneath
        if session.beneath is SessionState.EXPIRED:
            return None if before is SessionState.EXPIRED else Trace.DIED
        if session.beneath is not SessionState.CONNECTED:
            return None
        if self._told == generation and before is not SessionState.EXPIRED:
            return None
        self._told = generation
        arrival, self.arrival = self.arrival, Trace.RECONNECTED
        return arrival
