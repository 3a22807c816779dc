"""The two SQLite files: connection, schema, small repositories. Knows tables and bytes, never a secret in clear."""

from app.store.app_db import AppStore
from app.store.history import AccountEvent, AccountTrace

__all__ = ["AccountEvent", "AccountTrace", "AppStore"]
