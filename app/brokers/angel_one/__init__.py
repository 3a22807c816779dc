"""Angel One (SmartAPI) as a broker."""
