"""What pages ask of the record: pure functions from a Record to typed rows, kept as long as the record is in force."""
