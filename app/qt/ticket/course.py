"""How far a ticket is, and the one promise of it: a preview that was confirmed is handed out to be sent once. No Qt.

    FIND ... WRITE ... REVIEW ... (ASK ...) RESULT

Nothing leads from RESULT to another sending but WRITE and REVIEW with a preview of its own, and not even those while
the fate of what was sent is open.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum

from app.domain.intents import Record
from app.domain.order_life import Fate
from app.services.order_views import Finding, Preview, Sent, Weight


class Stage(StrEnum):
    """What is on show."""

    FIND = "find"
    WRITE = "write"
    REVIEW = "review"
    ASK = "ask"
    RESULT = "result"


@dataclass(slots=True)
class Course:
    """One ticket's. `held_back`: nothing was sent, and why; `remarks`: why Review is shown once more.

    `error`: the sending itself failed, before or after anything left.
    """

    stage: Stage = Stage.WRITE
    preview: Preview | None = None
    agreed: tuple[str, ...] = ()
    sending: bool = False
    records: dict[str, Record] = field(default_factory=dict)
    held_back: tuple[Finding, ...] = ()
    remarks: tuple[Finding, ...] = ()
    error: BaseException | None = None

    @property
    def asked(self) -> Finding | None:
        """The question that is to be answered before anything is sent; None when there is none (any more)."""
        findings = self.preview.findings if self.preview is not None else ()
        asks = (one for one in findings if one.weight is Weight.ASK and one.check not in self.agreed)
        return next(asks, None)

    @property
    def may_write(self) -> bool:
        """Whether the ticket may be written again: nothing of it is on its way, in the market, or of unknown fate."""
        if self.stage is not Stage.RESULT:
            return True
        if self.sending or (self.error is not None and not self.held_back):
            return False
        return all(record.fate in (Fate.REJECTED, Fate.NOT_SENT) for record in self.records.values())

    def show(self, preview: Preview, held_back: tuple[Finding, ...] = ()) -> None:
        """A preview that may be sent. `held_back`: why the one before was not, though the trader had said yes to it.

        What only was not asked before is asked at once; anything else is looked at once more.
        """
        self.preview, self.agreed, self.sending = preview, (), False
        asks = bool(held_back) and all(one.weight is Weight.ASK for one in held_back)
        self.stage = Stage.ASK if asks and self.asked is not None else Stage.REVIEW
        self.remarks = () if asks else held_back

    def find(self) -> None:
        """Another instrument."""
        if self.may_write:
            self._begin_anew(Stage.FIND)

    def write(self) -> None:
        """Back to the fields; a preview that was confirmed is never used again."""
        if self.may_write:
            self._begin_anew(Stage.WRITE)

    def confirm(self) -> Preview | None:
        """The trader says yes to what Review shows: the preview that is to be sent now, or None."""
        if self.stage is not Stage.REVIEW or self.preview is None:
            return None
        if self.asked is not None:
            self.stage = Stage.ASK
            return None
        return self._hand_out(self.preview)

    def agree(self) -> Preview | None:
        """The trader says yes to the question on show: the preview that is to be sent now, or None."""
        asked = self.asked
        if self.stage is not Stage.ASK or self.preview is None or asked is None:
            return None
        self.agreed = (*self.agreed, asked.check)
        return None if self.asked is not None else self._hand_out(self.preview)

    def answered(self, sent: Sent) -> None:
        """What came of it."""
        self.sending = False
        self.held_back = sent.held_back
        self.records = {record.intent.intent_id: record for record in sent.records}

    def failed(self, error: BaseException, held_back: Collection[Finding] = ()) -> None:
        """The sending ended in an error; with `held_back` nothing was sent for certain."""
        self.sending, self.error, self.held_back = False, error, tuple(held_back)

    def take(self, record: Record) -> bool:
        """What is known of an order of this ticket by now; False for any other."""
        if record.intent.intent_id not in self.records:
            return False
        self.records[record.intent.intent_id] = record
        return True

    def _hand_out(self, preview: Preview) -> Preview:
        self.stage, self.sending = Stage.RESULT, True
        self.records, self.held_back, self.error = {}, (), None
        return preview

    def _begin_anew(self, stage: Stage) -> None:
        self.stage, self.preview, self.agreed = stage, None, ()
        self.records, self.held_back, self.error = {}, (), None
