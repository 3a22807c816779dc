"""What trading is here: orders, positions, money, instruments, the error tree, the clock. Standard library only.

The errors are there at once; all else is loaded when it is first named: the window's first paint needs none of it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from app.domain.errors import (
    AccountError,
    AlreadyFinal,
    AuthorisationNeeded,
    BadCredentials,
    BrokerDown,
    DailyCap,
    InsufficientFunds,
    InsufficientHoldings,
    InvalidRequest,
    IpNotRegistered,
    LoginThrottled,
    Maintenance,
    MarketClosed,
    NoAnswer,
    NotFound,
    NotReachable,
    NotSent,
    NotSubscribed,
    OrderError,
    OrderRejected,
    OutcomeUnknown,
    PermissionDenied,
    RateLimited,
    Recovery,
    RequestError,
    SessionExpired,
    TooMuchAtOnce,
    TradingError,
    TwoFactorDue,
    Unsupported,
    UserBlocked,
    WireSurprise,
    WrongAccount,
)
from app.domain.local_errors import (
    ERRORS,
    BrowserMissing,
    Busy,
    DiskFull,
    KeychainDenied,
    KeychainLocked,
    KeychainMissing,
    KeychainTimeout,
    KeyMissing,
    LoginCancelled,
    LoginError,
    LoginForged,
    LoginTimedOut,
    PortTaken,
    ReadOnly,
    Tampered,
    VaultDamaged,
    VaultError,
    VaultForeign,
    VaultNewer,
)
from app.domain.secret import Secret, redact

if TYPE_CHECKING:
    from app.domain.accounts import Credentials, Funds, Profile, Token
    from app.domain.addresses import OrderAddresses, as_address
    from app.domain.calls import AHEAD, CallCounts, CallTimes, MemoryCallCounts
    from app.domain.clock import IST, Clock, ShiftedClock, SystemClock
    from app.domain.instruments import Instrument, Instruments, Kind, MemoryInstruments
    from app.domain.orders import (
        Exchange,
        Order,
        OrderChange,
        OrderPlan,
        OrderRequest,
        OrderResponse,
        OrderSide,
        OrderStatus,
        OrderType,
        Product,
        SubState,
        Validity,
    )
    from app.domain.portfolio import Holding, Position, Quote, Quotes, Trade
    from app.domain.progress import OnProgress, Progress
    from app.domain.worker import Worker

_LATER: Final = {
    "accounts": (
        "Credentials",
        "Funds",
        "Profile",
        "Token",
    ),
    "addresses": (
        "OrderAddresses",
        "as_address",
    ),
    "calls": (
        "AHEAD",
        "CallCounts",
        "CallTimes",
        "MemoryCallCounts",
    ),
    "clock": (
        "IST",
        "Clock",
        "ShiftedClock",
        "SystemClock",
    ),
    "instruments": (
        "Instrument",
        "Instruments",
        "Kind",
        "MemoryInstruments",
    ),
    "orders": (
        "Exchange",
        "Order",
        "OrderChange",
        "OrderPlan",
        "OrderRequest",
        "OrderResponse",
        "OrderSide",
        "OrderStatus",
        "OrderType",
        "Product",
        "SubState",
        "Validity",
    ),
    "portfolio": (
        "Holding",
        "Position",
        "Quote",
        "Quotes",
        "Trade",
    ),
    "progress": (
        "OnProgress",
        "Progress",
    ),
    "worker": ("Worker",),
}
_HOMES: Final = {name: home for home, names in _LATER.items() for name in names}

if not TYPE_CHECKING:  # a checker must go on refusing names that do not exist

    def __getattr__(name: str) -> Any:
        """What is loaded on first use."""
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        home = import_module(f"{__name__}.{_HOMES[name]}")
        globals()[name] = found = getattr(home, name)
        return found


__all__ = [
    "AHEAD",
    "ERRORS",
    "IST",
    "AccountError",
    "AlreadyFinal",
    "AuthorisationNeeded",
    "BadCredentials",
    "BrokerDown",
    "BrowserMissing",
    "Busy",
    "CallCounts",
    "CallTimes",
    "Clock",
    "Credentials",
    "DailyCap",
    "DiskFull",
    "Exchange",
    "Funds",
    "Holding",
    "Instrument",
    "Instruments",
    "InsufficientFunds",
    "InsufficientHoldings",
    "InvalidRequest",
    "IpNotRegistered",
    "KeyMissing",
    "KeychainDenied",
    "KeychainLocked",
    "KeychainMissing",
    "KeychainTimeout",
    "Kind",
    "LoginCancelled",
    "LoginError",
    "LoginForged",
    "LoginThrottled",
    "LoginTimedOut",
    "Maintenance",
    "MarketClosed",
    "MemoryCallCounts",
    "MemoryInstruments",
    "NoAnswer",
    "NotFound",
    "NotReachable",
    "NotSent",
    "NotSubscribed",
    "OnProgress",
    "Order",
    "OrderAddresses",
    "OrderChange",
    "OrderError",
    "OrderPlan",
    "OrderRejected",
    "OrderRequest",
    "OrderResponse",
    "OrderSide",
    "OrderStatus",
    "OrderType",
    "OutcomeUnknown",
    "PermissionDenied",
    "PortTaken",
    "Position",
    "Product",
    "Profile",
    "Progress",
    "Quote",
    "Quotes",
    "RateLimited",
    "ReadOnly",
    "Recovery",
    "RequestError",
    "Secret",
    "SessionExpired",
    "ShiftedClock",
    "SubState",
    "SystemClock",
    "Tampered",
    "Token",
    "TooMuchAtOnce",
    "Trade",
    "TradingError",
    "TwoFactorDue",
    "Unsupported",
    "UserBlocked",
    "Validity",
    "VaultDamaged",
    "VaultError",
    "VaultForeign",
    "VaultNewer",
    "WireSurprise",
    "Worker",
    "WrongAccount",
    "as_address",
    "redact",
]
