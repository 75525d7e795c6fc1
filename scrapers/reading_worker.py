"""The process that reads: a line of JSON in names a stored capture, a line of JSON out says what was read of it."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

from data.home import Home
from scrapers.extract import read
from scrapers.warc import WarcError, read_body


def main() -> None:
    """Answer each line on stdin until it ends. What libraries print goes to stderr, never between the answers."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    home = Home(Path(sys.argv[1]))
    answers.write(b"{}\n")
    answers.flush()
    for line in sys.stdin.buffer:
        name, offset, url, media_type, charset, format, page_kind = json.loads(line)
        try:
            body = read_body(home, {"warc_file": name, "warc_offset": offset})
        except WarcError as error:
            told = {"extractor": "none/1", "problem": str(error)}
        else:
            told = asdict(
                read(body, url=url, media_type=media_type, charset=charset, format=format, page_kind=page_kind)
            )
        answers.write(json.dumps(told).encode() + b"\n")
        answers.flush()


if __name__ == "__main__":
    main()
