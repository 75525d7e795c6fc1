"""Web archives: found by Memento TimeMaps (RFC 7089) and the two dialects of CDX, asked at the pace they allow."""

from scrapers.archives.client import ArchiveClient, ArchiveFailed, Listing
from scrapers.archives.hook import archive_hook
from scrapers.archives.memento import Held
from scrapers.archives.recover import Recovered
from scrapers.archives.search import Archives, Present, find_in_archives, open_archives

__all__ = [
    "ArchiveClient", "ArchiveFailed", "Archives", "Held", "Listing", "Present", "Recovered", "archive_hook",
    "find_in_archives", "open_archives",
]  # fmt: skip
