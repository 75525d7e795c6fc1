"""What keeps the commands that write from doing their work."""

from __future__ import annotations

from scrapers.register import Finding


class RegisterError(Exception):
    """The register has findings, so nothing was published."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__(f"{len(findings)} finding(s) in the register")
        self.findings = findings


class WorkError(Exception):
    """The working database cannot be read or written; the message says what to do next."""
