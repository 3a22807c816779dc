"""What the demo adds to the window: a mark that cannot be overlooked and a control that ends the session."""

from typing import Protocol


class DemoControls(Protocol):
    """Handed in by whoever plays the broker."""

    @property
    def label(self) -> str:
        """What the band says: that broker and money are invented."""
        ...

    def expire_now(self) -> None:
        """End the played session at once, as the broker does in the morning."""
        ...
