"""The version of this software."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version


def software_version() -> str:
    """Version of the installed distribution, or "unknown" where it runs without being installed."""
    try:
        return version("sim-record")
    except PackageNotFoundError:
        return "unknown"
