"""Lotus, an invented broker: the least that a fifth broker needs (docs/adding-a-broker.md). No part of the product."""
