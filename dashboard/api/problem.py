"""Errors as problem documents (RFC 9457): what is wrong, in a sentence, and what is allowed."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from starlette.responses import JSONResponse

CORS = {"Access-Control-Allow-Origin": "*"}


class Problem(Exception):
    """A request that cannot be answered: an HTTP status and a sentence for a person."""

    def __init__(self, status: int, detail: str, **more: Any) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.more = more

    def response(self) -> JSONResponse:
        """The problem as an answer; with the header Retry-After where it says `retry_after`, in seconds."""
        headers = CORS | {"Cache-Control": "no-store"}
        if "retry_after" in self.more:
            headers |= {"Retry-After": str(self.more["retry_after"]), "Access-Control-Expose-Headers": "Retry-After"}
        return JSONResponse(
            {
                "type": "about:blank",
                "title": HTTPStatus(self.status).phrase,
                "status": self.status,
                "detail": self.detail,
            }
            | self.more,
            status_code=self.status,
            media_type="application/problem+json",
            headers=headers,
        )
