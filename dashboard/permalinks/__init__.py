"""Plain pages with permanent addresses: one for each row of the record, readable without JavaScript."""
