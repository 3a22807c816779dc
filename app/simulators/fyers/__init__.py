"""A demo broker that speaks Fyers' wire protocol (API v3), written from the protocol sheet alone."""
