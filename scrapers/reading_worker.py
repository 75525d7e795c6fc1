"""The process that reads: a line of JSON in names a stored capture, a line of JSON out says what was read of it."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from data.home import Home
from scrapers.extract import read
from scrapers.reading import LOST
from scrapers.warc import WarcError, read_body


def main() -> None:
    """Answer each line on stdin until it ends. What libraries print goes to stderr, never between the answers."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    home = Home(Path(sys.argv[1]))
    answers.write(b"{}\n")
    answers.flush()
    with contextlib.suppress(BrokenPipeError):  # who asked was killed
        for line in sys.stdin.buffer:
            answers.write(json.dumps(_told(home, *json.loads(line))).encode() + b"\n")
            answers.flush()


def _told(
    home: Home, name: str, offset: int, url: str, media_type: str | None, charset: str | None, format: str | None,
    page_kind: str | None, sha256: str | None,
) -> dict[str, Any]:  # fmt: skip
    """What was read of a stored capture, or why nothing was."""
    try:
        body = read_body(home, {"warc_file": name, "warc_offset": offset})
    except WarcError as error:
        return {"extractor": "none/1", "problem": str(error), LOST: True}
    if sha256 and hashlib.sha256(body).hexdigest() != sha256:
        told = f"{name} at {offset}: these are not the bytes that were captured"
        return {"extractor": "none/1", "problem": told, LOST: True}
    return asdict(read(body, url=url, media_type=media_type, charset=charset, format=format, page_kind=page_kind))


if __name__ == "__main__":
    main()
