"""Zerodha, Kite Connect v3. Sections named in this folder are those of the Zerodha protocol sheet."""
