"""Fuzz one target for long: `python tests/fuzz/run.py TARGET [--seconds 300]`. Ends with 1 where it finds something.

By atheris where it is installed (`pip install atheris`), which follows the code that an input reaches; else by
hypothesis, with as many examples as the time allows. The input that failed is printed, and written to a file by atheris.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))


def by_atheris(name: str, seconds: int) -> None:
    """Never returns: libFuzzer ends the process."""
    import atheris

    with atheris.instrument_imports(include=["scrapers", "dashboard", "data", "docx", "citeproc", "pybtex", "rispy"]):
        from tests.fuzz import targets

        targets.TARGETS[name](targets.seeds(name)[0])  # what is imported when it is first used is followed too
    corpus = Path(tempfile.mkdtemp(prefix=f"fuzz-{name}-"))
    for place, seed in enumerate(targets.seeds(name)):
        (corpus / f"seed-{place}").write_bytes(seed)
    options = [
        f"-max_total_time={seconds}",
        "-max_len=65536",
        "-timeout=30",
        "-rss_limit_mb=3000",
        "-print_final_stats=1",
        f"-artifact_prefix={tempfile.mkdtemp(prefix=f'found-{name}-')}/",
    ]
    atheris.Setup([sys.argv[0], *options, str(corpus)], targets.TARGETS[name])
    atheris.Fuzz()


def by_hypothesis(name: str, seconds: int) -> None:
    """Examples until the time is over."""
    from hypothesis import HealthCheck, Phase, given, settings, strategies

    from tests.fuzz import targets

    good = targets.seeds(name)
    end, count = time.monotonic() + seconds, 0

    def changed(seed: bytes, place: float, new: bytes, gone: int) -> bytes:
        at = int(place * len(seed))
        return seed[:at] + new + seed[at + gone :]

    inputs = strategies.one_of(
        strategies.binary(max_size=4096),
        strategies.builds(changed, strategies.sampled_from(good), strategies.floats(0, 1), strategies.binary(max_size=64),
                          strategies.integers(0, 256)),
    )  # fmt: skip

    @given(inputs)
    @settings(max_examples=500, deadline=None, database=None, phases=[Phase.generate, Phase.shrink],
              suppress_health_check=list(HealthCheck))  # fmt: skip
    def once(data: bytes) -> None:
        nonlocal count
        count += 1
        targets.TARGETS[name](data)

    while time.monotonic() < end:
        once()
    print(f"{name}: {count:,} inputs in {seconds} s, nothing found", flush=True)


def main() -> None:
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("target", choices=["html", "pdf", "docx", "register", "filters", "citations"])
    reader.add_argument("--seconds", type=int, default=300)
    asked = reader.parse_args()
    try:
        import atheris
    except ImportError:
        print("atheris is not installed; by hypothesis", file=sys.stderr)
        by_hypothesis(asked.target, asked.seconds)
        return
    print(f"by {atheris.__name__}", file=sys.stderr)
    by_atheris(asked.target, asked.seconds)


if __name__ == "__main__":
    main()
