"""A demo broker that speaks Angel One's protocol. Section numbers in this folder are those of the sheet."""
