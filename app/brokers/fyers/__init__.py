"""Fyers (API v3): one host with two path prefixes, a browser sign-in, tokens that die at six in the morning."""
