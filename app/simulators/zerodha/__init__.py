"""A demo broker that speaks Zerodha's wire protocol, written from the protocol sheet alone."""
