"""Dhan (DhanHQ API v2): two hosts, a browser sign-in or PIN and code, tokens that live 24 hours."""
