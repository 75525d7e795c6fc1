"""Search of the record: what a reader may type, how it is found, what is shown of it."""
