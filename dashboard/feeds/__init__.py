"""Feeds: Atom and JSON Feed of the whole timeline and of its parts."""
