"""What a simulator saw: one frozen line for each request and each played fault, never a secret in it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

UNKNOWN: Final = "-"
"""The operation and the path of an address that a broker does not have."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One request that arrived, or one fault that was played.

    `path` has no query; an address that the broker does not know is "-", for anything may stand in it. `status` is
    what was answered (0: nothing, or nothing whole). `client_id` is empty while nobody is known. `fault` is the name
    of the played fault or empty. Connections refused or broken before a request have method and path "-".
    """

    at: datetime
    operation: str
    method: str
    path: str
    client_id: str
    status: int
    fault: str = ""
