"""Everything that is only read, by the name of its command."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from app.brokers.base import BrokerSpec
from app.services.account_reads import AccountReads, Command
from app.services.instrument_commands import InstrumentCommands
from app.services.quote_reads import QuoteReads
from app.services.views import AccountView
from app.system.talk import Message

if TYPE_CHECKING:
    from app.services.core import Services


def read_commands(
    services: "Services", find: Callable[[Message], AccountView], find_spec: Callable[[Message], BrokerSpec]
) -> Mapping[str, Command]:
    """The commands over one set of services.

    `find` and `find_spec` give the one account or broker that a request means, or raise.
    """
    return MappingProxyType({
        **AccountReads(services, find).commands,
        **QuoteReads(services, find).commands,
        **InstrumentCommands(services, find, find_spec).commands,
    })  # fmt: skip
