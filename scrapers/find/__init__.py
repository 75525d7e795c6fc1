"""Finds in the passages of a capture what a person should look at: bodies named, and what may be a fact."""
