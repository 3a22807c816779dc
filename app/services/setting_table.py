"""Everything that the user sets, described once.

The page, `kunji settings`, docs/settings.md and exported files are made from this table. A new setting is an entry here
and a field of `PreferencesView`, whose default is its default.
"""

from types import MappingProxyType
from typing import Final

from app.domain.records import dataclass
from app.services.setting_kinds import Cap, Choice, Kind, Number, Switch, Time, Times
from app.services.views import PreferencesView


@dataclass(frozen=True, slots=True)
class Setting:
    """One of them. `name` is a field of `PreferencesView`; the texts are translated where they are shown.

    `field` stands above its input where the title alone would not say what to type; `restart` says that a change holds
    from the next start on only.
    """

    name: str
    group: str
    title: str
    meaning: str
    kind: Kind
    field: str = ""
    restart: bool = False

    @property
    def default(self) -> str:
        """What holds until the user says otherwise, in its written form."""
        return self.kind.write(getattr(PreferencesView(), self.name))


_LOOK: Final = "Look"
_NOTICES: Final = "Notices"
_START: Final = "Start"
_BROKERS: Final = "Brokers"
_ORDERS: Final = "Orders"
_KEPT: Final = "Kept on this computer"

SETTINGS: Final = (
    Setting(
        "theme",
        _LOOK,
        "Light or dark",
        "As the system shows its windows, or always one of the two.",
        Choice((("system", "As the system"), ("light", "Light"), ("dark", "Dark"))),
    ),
    Setting(
        "keep_privacy",
        _LOOK,
        "Keep amounts hidden after a restart",
        "Amounts that you hid (Ctrl+Shift+H) stay hidden at the next start. Otherwise every start shows them.",
        Switch(),
    ),
    Setting(
        "readiness",
        _NOTICES,
        "Tell how many accounts are ready",
        "On trading days. Indian time, for example 08:45.",
        Time(),
        field="Each trading day at",
    ),
    Setting(
        "quiet",
        _NOTICES,
        "Quiet hours",
        "Indian time, for example 22:00-08:00. While a market is open in which an account trades, nothing is held"
        " back.",
        Times(),
        field="From and until",
    ),
    Setting(
        "snooze",
        _NOTICES,
        "Snooze",
        "Minutes after which a notice that was put off comes again, for example 10.",
        Number(1, 240, "minutes"),
        field="Tell again in",
    ),
    Setting(
        "start_at_login",
        _START,
        "Start Kunji when you log in",
        "So that nothing ends unnoticed before you open it.",
        Switch(),
    ),
    Setting(
        "start_hidden",
        _START,
        "Start hidden then",
        "Only the key in the tray is shown. Without a tray the window waits minimized, never out of reach.",
        Switch(),
    ),
    Setting(
        "refresh",
        _BROKERS,
        "Read positions",
        "Seconds between two readings, for example 5, while somebody looks at them and a market is open. Each broker's"
        " limits hold in any case.",
        Number(2, 300, "seconds"),
        field="Every so many seconds",
    ),
    Setting(
        "ipv4_only",
        _BROKERS,
        "Reach the brokers over IPv4 only",
        "Where orders are taken from one registered address only: a computer with two kinds of addresses may leave by"
        " the other one, and its orders are refused.",
        Switch(),
    ),
    Setting(
        "order_value_cap",
        _ORDERS,
        "Ask once more above a value",
        "Rupees that one order may be worth, for example 1000000 for ten lakh. A larger one is asked about once more,"
        " and so is one whose worth is not known.",
        Cap(10_000_00_00_000, "rupees"),
        field="Rupees, or off",
    ),
    Setting(
        "order_quantity_cap",
        _ORDERS,
        "Ask once more above a quantity",
        "Units that one order may be for, for example 1800. A larger one is asked about once more.",
        Cap(2**31 - 1, "units"),
        field="Units, or off",
    ),
    Setting(
        "orders_a_minute_cap",
        _ORDERS,
        "Ask once more after many orders",
        "Orders in a minute, those of all accounts together and every slice of a large one counted. Whatever would be"
        " one more is asked about once more; an exit says so first and is not held back.",
        Cap(480, "orders"),
        field="Orders in a minute, or off",
    ),
    Setting(
        "ticket_keys",
        _ORDERS,
        "Open tickets with B and S",
        "B or S opens an order ticket for the chosen row of a table, to buy or to sell. A ticket alone sends nothing.",
        Switch(),
    ),
    Setting(
        "keep_journal",
        _KEPT,
        "Journal of orders",
        "Years for which every order, change and cancellation is kept with what came of it, as the tax office may ask."
        " Older ones are erased.",
        Number(1, 10, "years"),
        field="Keep for",
    ),
    Setting(
        "keep_history",
        _KEPT,
        "History of the accounts",
        "Days for which is kept what each session went through, at most 90. Older lines are erased. The forecast of the"
        " next end learns from it.",
        Number(7, 90, "days"),
        field="Days",
    ),
    Setting(
        "keep_logs",
        _KEPT,
        "Log files",
        "Days for which the log is kept, for example 30. Older lines are erased. It never holds a secret.",
        Number(1, 365, "days"),
        field="Days",
    ),
    Setting(
        "log_level",
        _KEPT,
        "What the log says",
        "Every step helps whoever looks into a problem; it fills the log sooner.",
        Choice((("warning", "Troubles only"), ("info", "What happens"), ("debug", "Every step"))),
    ),
)

NAMES: Final = tuple(one.name for one in SETTINGS)
"""The settings by name, as the command line takes them."""

BY_NAME: Final = MappingProxyType({one.name: one for one in SETTINGS})
GROUPS: Final = tuple(dict.fromkeys(one.group for one in SETTINGS))
"""As the page orders them."""
