"""The two SQLite files: connection, schema, small repositories. Knows tables and bytes, never a secret in clear."""

from app.store.app_db import AppStore
from app.store.history import AccountEvent, AccountTrace
from app.store.last_reads import LastRead

__all__ = ["AccountEvent", "AccountTrace", "AppStore", "LastRead"]
