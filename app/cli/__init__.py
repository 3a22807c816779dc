"""The same services without a screen. Nothing here is imported by the window, and nothing heavy before it is needed."""
