"""A start for readers who bring their own tools: Python, R, and DuckDB's own shell."""
