from datetime import date

import app.domain
from app.domain import MemoryCallCounts

TODAY, TOMORROW = date(2026, 11, 20), date(2026, 11, 21)


def test_calls_are_counted_by_client_family_and_day() -> None:
    counts = MemoryCallCounts()
    counts.add("AB1234", "order", TODAY)
    counts.add("AB1234", "order", TODAY)

    assert counts.count("AB1234", "order", TODAY) == 2
    assert counts.count("AB1234", "order", TOMORROW) == 0
    assert counts.count("AB1234", "read", TODAY) == 0
    assert counts.count("CD5678", "order", TODAY) == 0


def test_the_public_names_of_the_domain_exist_and_are_in_order() -> None:
    names = app.domain.__all__

    assert [name for name in names if not hasattr(app.domain, name)] == []
    assert len(set(names)) == len(names)
