"""Everything that writes: fetch, archive, extract, compare, find, build."""
