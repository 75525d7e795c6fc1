"""Files that open the published record elsewhere: one table as Parquet, then the whole database.

Each runs as it stands. The address of the record stands in it once; SIM_RECORD_BASE in the environment names another,
for a copy of the record on another machine.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from dashboard.sql.questions import QUESTIONS
from dashboard.start import Context, per_page

TABLE: Final = "/api/v1/timeline.parquet"
DATABASE: Final = "/downloads/record.duckdb"
FIRST: Final = QUESTIONS[0]
_EXPLAINED: Final = 'print(record.sql("SELECT table_name, comment FROM duckdb_tables() ORDER BY table_name"))'


@dataclass(frozen=True)
class Start:
    """One file: its name, whom it is for, what it needs, its media type, and how it is made."""

    name: str
    title: str
    needs: str
    kind: str
    made: Callable[[Context], str]


def _base(context: Context) -> str:
    return context.programme.programme.base_url.rstrip("/")


def _about(context: Context) -> str:
    subject = context.programme.programme
    licence = context.programme.licence
    return f"{subject.title}: data under {licence.data}, {licence.data_url}."


def python_cells(context: Context) -> tuple[str, ...]:
    """The Python in pieces, as the cells of a notebook."""
    question = "\n".join(f"    {line}" for line in FIRST.sql.splitlines())
    return (
        "import os\nimport pathlib\nimport tempfile\nimport urllib.request\n\nimport duckdb\n\n"
        f"BASE = os.environ.get(\"SIM_RECORD_BASE\", {json.dumps(_base(context))})\n"
        'FOLDER = pathlib.Path(tempfile.mkdtemp(prefix="record-"))\n\n\n'
        "def fetched(path):\n"
        '    """Fetch a file of the record; gives where it lies now."""\n'
        '    target = FOLDER / path.rpartition("/")[2]\n'
        "    with urllib.request.urlopen(BASE + path, timeout=60) as answer:\n"
        "        target.write_bytes(answer.read())\n"
        "    return str(target)",
        "# One table as Parquet. timeline.df() makes a pandas data frame of it.\n"
        f"timeline = duckdb.read_parquet(fetched({json.dumps(TABLE)}))\n"
        'print(timeline.order("last_day DESC").limit(5).project("on_date, kind, title"))',
        "# The whole database: every table and view, and what each column means.\n"
        f"record = duckdb.connect(fetched({json.dumps(DATABASE)}), read_only=True)\n{_EXPLAINED}",
        f"# {FIRST.words}\n"
        f'print(record.sql("""\n{question}\n"""))',
    )  # fmt: skip


def python(context: Context) -> str:
    """The Python as one file."""
    return f'"""{_about(context)}"""\n\n' + "\n\n\n".join(python_cells(context)) + "\n"


def notebook(context: Context) -> str:
    """The Python as a notebook (nbformat 4.5)."""
    cells: list[dict[str, object]] = [
        {
            "cell_type": "markdown",
            "id": "about",
            "metadata": {},
            "source": f"{_about(context)}\n\nNeeds `pip install duckdb`.",
        }
    ]
    cells += [
        {
            "cell_type": "code",
            "id": f"step-{number}",
            "metadata": {},
            "execution_count": None,
            "outputs": [],
            "source": cell,
        }
        for number, cell in enumerate(python_cells(context), 1)
    ]
    return json.dumps(
        {
            "nbformat": 4,
            "nbformat_minor": 5,
            "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
            "cells": cells,
        },
        indent=1,
        ensure_ascii=False,
    )


def r(context: Context) -> str:
    """The same in R."""
    return f"""# {_about(context)}
# Needs install.packages("duckdb")
library(duckdb)

base <- Sys.getenv("SIM_RECORD_BASE", {json.dumps(_base(context))})

# Fetch a file of the record; gives where it lies now.
fetched <- function(path) {{
  target <- file.path(tempdir(), basename(path))
  download.file(paste0(base, path), target, mode = "wb", quiet = TRUE)
  target
}}

# The whole database: every table and view, and what each column means.
record <- dbConnect(duckdb(), dbdir = fetched({json.dumps(DATABASE)}), read_only = TRUE)
print(dbGetQuery(record, "SELECT table_name, comment FROM duckdb_tables() ORDER BY table_name"))

# One table as Parquet, as a data frame.
timeline <- dbGetQuery(record, sprintf("SELECT * FROM read_parquet('%s')", fetched({json.dumps(TABLE)})))
print(head(timeline[order(timeline$last_day, decreasing = TRUE), c("on_date", "kind", "title")], 5))

# {FIRST.words}
print(dbGetQuery(record, "{FIRST.sql}"))

dbDisconnect(record, shutdown = TRUE)
"""  # noqa: S608 - a file for readers, of constants


def shell(context: Context) -> str:
    """The same with DuckDB's own shell."""
    return f"""#!/bin/sh
# {_about(context)}
# Needs curl, and duckdb (https://duckdb.org/install). Run it in a folder of its own: it writes two files there.
set -eu
base=${{SIM_RECORD_BASE:-{shlex.quote(_base(context))}}}
curl -fsS -o timeline.parquet "$base{TABLE}"
curl -fsS -o record.duckdb "$base{DATABASE}"

duckdb -readonly record.duckdb <<'SQL'
-- One table as Parquet.
SELECT on_date, kind, title FROM 'timeline.parquet' ORDER BY last_day DESC LIMIT 5;

-- The whole database: every table and view, and what each column means.
SELECT table_name, comment FROM duckdb_tables() ORDER BY table_name;

-- {FIRST.words}
{FIRST.sql};
SQL
"""  # noqa: S608 - a file for readers, of constants


STARTS: Final = (
    Start("open.py", "Python", "Needs pip install duckdb.", "text/x-python; charset=utf-8", python),
    Start("open.ipynb", "Jupyter", "The same Python as a notebook.", "application/x-ipynb+json", notebook),
    Start("open.R", "R", 'Needs install.packages("duckdb").', "text/plain; charset=utf-8", r),
    Start("open.sh", "DuckDB's own shell", "Needs curl and duckdb.", "text/x-shellscript; charset=utf-8", shell),
)


@per_page
def written(context: Context, name: str) -> tuple[str, str] | None:
    """(text, media type) of a file; None where there is none of that name."""
    for start in STARTS:
        if start.name == name:
            return start.made(context), start.kind
    return None
