"""Kunji keeps the broker accounts of one trader connected, on the trader's own machine."""

__version__ = "0.1.0"
