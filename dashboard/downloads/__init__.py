"""The whole record as files: every table as CSV and Parquet, described for people and for programs."""
