"""Lotus' demo broker, on the infrastructure that all simulators share; it shares nothing with the adapter."""
