"""Pages made with WordPress, and its REST interface for posts and pages."""

from __future__ import annotations

import re
from typing import Annotated, ClassVar, Final

from bs4 import BeautifulSoup
from pydantic import AfterValidator

from scrapers.sites.address import absolute, path_of
from scrapers.sites.answer import Answer, Count, Day, notes_on, one_of, read_answer, without_empty
from scrapers.sites.base import NO_CONTEXT, Context, Fact, Family, FoundSource, Rank, Reading, register
from scrapers.sites.page import attribute, canonical, clean, meta, page_days, parse, title_of
from scrapers.sites.terms import found_source, terms_in

STATUSES: Final = ("publish", "future", "draft", "pending", "private", "trash", "auto-draft", "inherit")
PAST_THE_END: Final = "rest_post_invalid_page_number"
_REST = re.compile(r".*/wp-json/wp/v2/(posts|pages)(/[0-9]+)?/?")
_READ = ("meta", "link", "title", "h1", "time", "script")
_ITEM = re.compile(r"/wp-json/wp/v2/(?:posts|pages)/[0-9]+/?$")


class _Rendered(Answer):
    ignored: ClassVar = frozenset({"protected", "raw"})
    rendered: str


class _Post(Answer):
    ignored: ClassVar = frozenset(
        {
            "guid", "slug", "author", "featured_media", "comment_status", "ping_status", "sticky",
            "template", "format", "meta", "categories", "tags", "parent", "menu_order", "class_list", "_links",
            "_embedded", "yoast_head", "yoast_head_json", "acf", "jetpack_featured_media_url",
            "jetpack_sharing_enabled", "jetpack_shortlink", "jetpack-related-posts", "aioseo_notices", "password",
            "permalink_template", "generated_slug", "footnotes",
        }
    )  # fmt: skip
    id: Count
    # `date` is in the site's own time, which is the day that readers see; _gmt is the same moment in UTC.
    date: Day | None = None
    date_gmt: Day | None = None
    modified: Day | None = None
    modified_gmt: Day | None = None
    status: Annotated[str, AfterValidator(one_of(STATUSES))]
    type: str
    link: str
    title: _Rendered
    excerpt: _Rendered | None = None
    content: _Rendered | None = None


class _Problem(Answer):
    ignored: ClassVar = frozenset({"message", "data", "additional_errors"})
    code: str


@register
class WordPress(Family):
    """A post or page with its days; of a list, the posts that name the programme."""

    name = "wordpress"
    rank = Rank.LOOK
    minimum = "one title; of the interface, the id and status of each post"
    data_holds_minimum = True
    names_data = b"/wp-json/wp/v2/"

    def matches(self, url: str, media_type: str | None = None, body: bytes = b"") -> bool:  # noqa: ARG002
        if _REST.fullmatch(path_of(url)):
            return True
        head = body[:200_000]
        return bool(
            re.search(rb"""<meta[^>]+name=["']generator["'][^>]+content=["']WordPress\b""", head, re.IGNORECASE)
            or re.search(rb"""<link[^>]+rel=["']https://api\.w\.org/["']""", head, re.IGNORECASE)
        )

    def read(
        self,
        body: bytes,
        url: str,
        *,
        media_type: str | None = None,  # noqa: ARG002
        context: Context = NO_CONTEXT,
    ) -> Reading:
        if not _REST.fullmatch(path_of(url)):
            return self._page(parse(body, _READ), url)
        if body.lstrip()[:1] == b"[":
            return self._list(body, context)
        if b'"code"' in body and b'"title"' not in body:
            problem = read_answer(_Problem, body, self.name)
            if problem.code == PAST_THE_END:
                return self.reading(notes=("past the last page of the list",))
            raise self.changed(f"the site's interface answered {problem.code[:60]!r}", "code")
        post = read_answer(_Post, body, self.name)
        return self.reading((self._fact(post, "title.rendered"),), notes=notes_on(post))

    def _fact(self, post: _Post, where: str) -> Fact:
        title = _words(post.title.rendered)
        if not title:
            raise self.changed("the post has no title", where)
        values = {
            "url": post.link,
            "title": title,
            "document_type": post.type,
            "state": post.status,
            "published_on": post.date or post.date_gmt,
            "updated_on": post.modified or post.modified_gmt,
        }
        return Fact("page", without_empty(values), where)

    def _list(self, body: bytes, context: Context) -> Reading:
        posts = read_answer(list[_Post], body, self.name)
        found: dict[str, FoundSource] = {}
        for at, post in enumerate(posts):
            title = _words(post.title.rendered)
            text = " ".join(_words(part.rendered) or "" for part in (post.excerpt, post.content) if part)
            if post.status != "publish" or not (link := absolute(post.link, post.link)):
                continue
            if terms_in(f"{title} {text} {path_of(link)}", context):
                source = found_source(
                    context, url=link, title=title, text=text, published_on=post.date or post.date_gmt, where=f"[{at}]"
                )
                if source:
                    found.setdefault(link, source)
        return self.reading(found=tuple(found.values()), notes=notes_on(posts))

    def _page(self, soup: BeautifulSoup, url: str) -> Reading:
        title = title_of(soup)
        if not title:
            raise self.changed("the page has no title", "meta[property='og:title'], h1, title")
        published, updated = page_days(
            soup, "time.entry-date[datetime], time.published[datetime]", "time.updated[datetime]"
        )
        values = {
            "url": canonical(soup, url) or url,
            "title": title,
            "document_type": meta(soup, "og:type"),
            "published_on": published,
            "updated_on": updated,
        }
        machine = [
            found
            for tag in soup.select("link[rel=alternate][type='application/json']")
            if (found := absolute(attribute(tag, "href"), url)) and _ITEM.search(found)
        ]
        return self.reading((Fact("page", without_empty(values), "head"),), ask=tuple(machine[:1]))


def _words(markup: str) -> str | None:
    return clean(BeautifulSoup(markup, "lxml").get_text(" ")) if "<" in markup or "&" in markup else clean(markup)
