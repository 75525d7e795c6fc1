"""Everything that reads: pages, charts, permalinks, API, feeds, exports, SQL console."""
