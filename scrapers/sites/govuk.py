"""Pages of GOV.UK: the content API with its history of changes, and the page's own head."""

from __future__ import annotations

from typing import Any, ClassVar, Final
from urllib.parse import urlsplit

from scrapers.sites.address import absolute, host_of, path_of
from scrapers.sites.answer import Answer, Moment, day_in_london, notes_on, read_answer, without_empty
from scrapers.sites.base import NO_CONTEXT, Context, Fact, Family, Reading, register
from scrapers.sites.page import canonical, clean, first_moment, meta, parse, title_of

_HOST: Final = "gov.uk"
_API: Final = "/api/content/"
_ORIGIN: Final = "https://www.gov.uk"
_NO_CONTENT: Final = ("/api/", "/assets/", "/search/", "/government/uploads/")


class _Notice(Answer):
    ignored: ClassVar = frozenset({"explanation", "locale"})
    withdrawn_at: Moment | None = None


class _Change(Answer):
    note: str
    public_timestamp: Moment


class _Attachment(Answer):
    ignored: ClassVar = frozenset(
        {
            "accessible", "alternative_format_contact_email", "attachment_type", "content_type", "file_size",
            "filename", "id", "locale", "number_of_pages", "preview_url", "isbn", "unique_reference", "assets",
            "command_paper_number", "hoc_paper_number", "parliamentary_session", "unnumbered_command_paper",
            "unnumbered_hoc_paper", "web_isbn",
        }
    )  # fmt: skip
    title: str | None = None
    url: str


class _Details(Answer):
    # The rest of `details` differs from one kind of document to the next and is the page itself.
    ignored: ClassVar = frozenset()
    change_history: tuple[_Change, ...] = ()
    attachments: tuple[_Attachment, ...] = ()


class _Organisation(Answer):
    title: str | None = None
    base_path: str | None = None


class _Links(Answer):
    organisations: tuple[_Organisation, ...] = ()


class _Redirect(Answer):
    ignored: ClassVar = frozenset({"type", "segments_mode"})
    path: str
    destination: str | None = None


class _Content(Answer):
    ignored: ClassVar = frozenset(
        {
            "analytics_identifier", "content_id", "description", "locale", "phase", "publishing_app", "rendering_app",
            "publishing_request_id", "publishing_scheduled_at", "scheduled_publishing_delay_seconds",
            "user_journey_document_supertype", "email_document_supertype", "government_document_supertype",
            "navigation_document_supertype", "search_user_need_document_supertype",
            "updated_at", "need_ids", "publisher_id", "routes", "withdrawn", "content_store", "first_public_at",
        }
    )  # fmt: skip
    base_path: str
    document_type: str
    schema_name: str
    title: str | None = None
    first_published_at: Moment | None = None
    public_updated_at: Moment | None = None
    withdrawn_notice: _Notice | None = None
    details: _Details = _Details()
    links: _Links = _Links()
    redirects: tuple[_Redirect, ...] = ()


@register
class GovUk(Family):
    """One page: published, changed, withdrawn or gone, who published it, what changed when, what is attached."""

    name = "govuk"
    hosts = frozenset({_HOST})
    minimum = "the path and kind of the document; of a page, its title"
    data_holds_minimum = True

    def matches(self, url: str, media_type: str | None = None, body: bytes = b"") -> bool:  # noqa: ARG002
        path = path_of(url)
        if host_of(url) != _HOST or path in ("", "/"):
            return False
        return path.startswith(_API) or not path.startswith(_NO_CONTENT)

    def api_url(self, url: str) -> str | None:
        if not self.matches(url) or path_of(url).startswith(_API):
            return None
        return f"{_ORIGIN}/api/content{urlsplit(url).path.rstrip('/')}"

    def read(
        self,
        body: bytes,
        url: str,
        *,
        media_type: str | None = None,  # noqa: ARG002
        context: Context = NO_CONTEXT,  # noqa: ARG002
    ) -> Reading:
        return self._page(body, url) if body.lstrip()[:1] == b"<" else self._json(body)

    def _json(self, body: bytes) -> Reading:
        told = read_answer(_Content, body, self.name)
        page = absolute(told.base_path, _ORIGIN)
        if page is None or not told.document_type.strip():
            raise self.changed("the path or the kind of the document is empty", "base_path, document_type")
        withdrawn = _day(told.withdrawn_notice.withdrawn_at) if told.withdrawn_notice else None
        state = told.schema_name if told.schema_name in ("redirect", "gone") else "withdrawn" if withdrawn else "live"
        moved = next((r.destination for r in told.redirects if r.destination), None)
        values: dict[str, Any] = {
            "url": page,
            "title": clean(told.title),
            "document_type": told.document_type,
            "state": state,
            "published_on": _day(told.first_published_at),
            "updated_on": _day(told.public_updated_at),
            "withdrawn_on": withdrawn,
            "moved_to": absolute(moved, _ORIGIN),
            "publishers": [o.title for o in told.links.organisations if o.title] or None,
            "changes": [
                {"on": day_in_london(change.public_timestamp), "note": clean(change.note)}
                for change in told.details.change_history
            ]
            or None,
            "attachments": [found for a in told.details.attachments if (found := absolute(a.url, _ORIGIN))] or None,
        }
        facts = [Fact("page", without_empty(values), "base_path")]
        if state != "live":
            # A page that says itself that it is withdrawn, gone or moved is something that happened.
            ended = {key: values[key] for key in ("url", "title", "state", "moved_to")} | {"on_date": withdrawn}
            where = "withdrawn_notice" if withdrawn else "schema_name"
            facts.append(Fact("event", without_empty(ended), where))
        notes = tuple(
            note for note in notes_on(told) if not note.startswith(("unread field: details.", "unread field: links."))
        )
        return self.reading(tuple(facts), notes=notes)

    def _page(self, body: bytes, url: str) -> Reading:
        soup = parse(body)
        title = title_of(soup)
        if not title:
            raise self.changed("the page has no title", "meta[property='og:title'], h1, title")
        published = first_moment(meta(soup, "govuk:first-published-at"))
        updated = first_moment(meta(soup, "govuk:public-updated-at"))
        notice = soup.select_one(".gem-c-notice time[datetime], .withdrawal-notice time[datetime]")
        withdrawn = first_moment(str(notice["datetime"])) if notice else None
        is_withdrawn = withdrawn or meta(soup, "govuk:withdrawn") == "withdrawn"
        values = {
            "url": canonical(soup, url) or url,
            "title": title.removesuffix(" - GOV.UK"),
            "document_type": meta(soup, "govuk:format"),
            "state": "withdrawn" if is_withdrawn else "live",
            "published_on": _day(published),
            "updated_on": _day(updated),
            "withdrawn_on": _day(withdrawn),
        }
        facts = [Fact("page", without_empty(values), "head > meta")]
        if is_withdrawn:
            ended = {key: values[key] for key in ("url", "title", "state")} | {"on_date": _day(withdrawn)}
            facts.append(Fact("event", without_empty(ended), ".gem-c-notice"))
        ask = (api,) if (api := self.api_url(url)) else ()
        return self.reading(tuple(facts), ask=ask)


def _day(moment: str | None) -> str | None:
    return day_in_london(moment) if moment else None
