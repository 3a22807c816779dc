"""A demo broker that speaks Dhan's protocol. All section numbers in this folder are those of the protocol sheet."""
