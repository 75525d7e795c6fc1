"""Questions in SQL, from strangers: what is allowed, and how it is run."""
