"""The brokers behind one port. Importing this imports no broker library: each adapter loads its own on first use."""
