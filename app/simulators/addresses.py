"""Addresses of this machine, the only ones to which a demo broker sends anybody."""

import ipaddress
from urllib.parse import urlsplit


def loopback(url: str) -> str:
    """`url`, when it is a plain address of this machine; ValueError otherwise: the demo sends nobody elsewhere."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not _is_loopback(parts.hostname or ""):
        raise ValueError(f"not a loopback address: {url}")
    return url


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
