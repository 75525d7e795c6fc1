"""What rules are known by: where their files change, what they made is made again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path


def rules_digest(files: Iterable[Path]) -> str:
    """SHA-256 over the files in which the rules are written, in hexadecimal; their order counts."""
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.read_bytes())
    return digest.hexdigest()
