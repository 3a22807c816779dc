"""The machine Kunji runs on: paths, log, single owner, local socket, browser, desktop notifications."""
