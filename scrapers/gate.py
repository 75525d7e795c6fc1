"""The quality gate: whether an answer is the page, or a stand-in for it.

Judged by status, headers, redirects, title, visible text and the marks that blocking services leave. What it cannot
tell it lets pass as good: a page wrongly kept can be read again, a page wrongly refused is lost.
"""

from __future__ import annotations

import html
import re
from functools import cached_property
from typing import Final
from urllib.parse import urlsplit

from scrapers.capture import Response, Verdict
from scrapers.decode import find_charset, to_text
from scrapers.extract import sniff

SAMPLE: Final = 256 * 1024
"""Characters of a page that are looked at."""
SHORT: Final = 1500
"""Visible characters under which a page may be a stand-in: an article is longer."""
SHELL: Final = 200

_TITLE: Final = re.compile(r"<title[^>]{0,200}>([^<]{0,600})", re.IGNORECASE)
_H1: Final = re.compile(r"<h1(?:\s[^>]{0,400})?>", re.IGNORECASE)
_H1_END: Final = re.compile(r"</h1", re.IGNORECASE)
_TAGS: Final = re.compile(r"<[^>]{0,1000}>")
_SPLIT: Final = re.compile(r"\s+[|\-–—·•»«:/<>]+\s+|\s*[|»]\s*|:\s+|\.\s+")
_SPACE: Final = re.compile(r"\s+")

_THING: Final = (
    r"(?:page|file|resource|document|content|item|article|post|object|url|address|link|petition|website|site)"
)
_LEAD: Final = r"(?:(?:oops|ooops|sorry|whoops|uh oh|oh no|oh dear|hmm+|ah|error|http|status|we're sorry)[!,.… ]*)*"
_ABSENT: Final = (
    r"(?:not found|(?:can't|cannot|can not|could not|couldn't|was not|wasn't) be found|not be found|was not found"
    r"|is not found"
    r"|(?:does not|doesn't|do not|don't|no longer|didn't) exists?|(?:is |are )?no longer (?:available|here|exists"
    r"|there)"
    r"|(?:is not|isn't) (?:available|here|found)|is unavailable|unavailable|is missing"
    r"|(?:has|have) (?:been |either been )?(?:moved|removed|deleted|expired|gone)|is gone)"
)
_ABSENT_EXACT: Final = re.compile(
    rf"{_LEAD}(?:(?:404|410)[ .:!\-–]*)?{_LEAD}"
    rf"(?:(?:404|410)(?: error| page| file)*|(?:404|410)?(?: error)? ?(?:the |this |that |your |our |web|requested )*"
    rf"(?:{_THING} )?(?:you (?:requested|were looking for|are looking for|want) )?{_ABSENT}"
    rf"|(?:we |i )?(?:can't|cannot|couldn't|could not) (?:seem to )?find (?:the |this |that |your )?{_THING}"
    rf"(?: (?:you (?:are|were)|you're)? ?(?:looking for|requested|after))?"
    rf"|nothing (?:was )?found(?: here)?|{_THING} missing|error 404|404)"
    rf"(?: ?\(?(?:error )?(?:404|410)\)?)?(?: error)?(?: page)?[!.… ]*",
    re.IGNORECASE,
)
_ABSENT_LOOSE: Final = re.compile(
    rf"\b{_THING}\b.{{0,60}}?\b{_ABSENT}"
    rf"|\b(?:can't|cannot|can not|couldn't|could not|unable to) (?:find|locate)\b.{{0,40}}?\b(?:{_THING}|what you)\b"
    rf"|\berror 404\b|\b404 error\b|\b404 not found\b",
    re.IGNORECASE,
)
_ERROR_PATH: Final = re.compile(
    r"/(?:4(?:04|10)|(?:page|file)?-?_?not-?_?found|error-?_?pages?|errors?(?:[/_-]?404)?|404[-_]?(?:error|page)"
    r"|page-?missing)(?:\.\w{2,5})?/?$",
    re.IGNORECASE,
)
_HOME_PATH: Final = re.compile(
    r"(?:/(?:home|index|default|main|welcome|en|en-gb|cy|home-?page)(?:\.\w{2,5})?)?/?", re.IGNORECASE
)
_LOGIN_PATH: Final = re.compile(
    r"/(?:wp-login\.php|log-?_?in|sign-?_?in|users?/sign_?in|accounts?/(?:log-?in|sign-?in)|auth(?:enticate)?"
    r"|saml2?|sso|oauth2?|adfs|_layouts/15/authenticate)\b",
    re.IGNORECASE,
)
_LOGIN_HOSTS: Final = ("login.microsoftonline.com", "accounts.google.com", "login.openathens.net", "idp.")
_LOGIN_WORDS: Final = re.compile(
    r"(?:please )?(?:(?:user|member|members|staff|account|customer|secure|site) )?(?:log ?-?in|sign ?-?in|log on"
    r"|logon)"
    r"(?: (?:page|required|to (?:continue|your account|view|read|access|see).{0,40}|here|or (?:register|join"
    r"|sign up)))?"
    r"|(?:private|protected) (?:site|page|content|blog)|(?:members|subscribers|staff) only|password protected.{0,20}"
    r"|you must (?:be logged in|log in|sign in).{0,60}|authentication required|this (?:site|content|page) is private",
    re.IGNORECASE,
)
_MAINTENANCE: Final = re.compile(
    r"\b(?:(?:under|scheduled|planned|down for|essential|routine|undergoing|site"
    r"|website) (?:\w+ ){0,2}maintenance|maintenance mode"
    r"|be (?:right )?back (?:soon|shortly)|be right back|we'll be back|(?:temporarily|currently"
    r"|briefly) (?:unavailable|offline|down|out of service)"
    r"|(?:site|website) (?:is )?(?:offline|under construction)|service unavailable"
    r"|error establishing a database connection"
    r"|maintenance$|^maintenance)",
    re.IGNORECASE,
)
_PARKED: Final = re.compile(
    r"\b(?:domain(?: name)?(?: \S+)? (?:is|may be|might be|could be) (?:for sale|available)|buy this domain"
    r"|this domain (?:name )?(?:has expired|is parked|has been registered|is registered)"
    r"|domain (?:has )?expired|parked (?:free|domain|page)|domain parking|inquire about this domain"
    r"|make an offer on this domain|this domain is for sale"
    r"|account (?:has been )?suspended|this (?:web)?site (?:has been|is) suspended|future home of (?:something|a)"
    r"|welcome to nginx|apache2? (?:\w+ )?default page|iis windows(?: server)?|default web ?site page"
    r"|website coming soon|there is nothing here, yet)\b",
    re.IGNORECASE,
)
_PARKED_MARKS: Final = (
    "sedoparking.com", "parkingcrew.net", "bodis.com", "window.park=", "parklogic.com",
    "hugedomains.com/domain_profile",
    "dan.com/buy-domain", "afternic.com/forsale", "above.com/marketplace", "domainmarket.com", "cdn.dsultra.com",
    "img1.wsimg.com/parking-lander",
)  # fmt: skip
_COOKIES: Final = re.compile(
    r"(?:enable|accept|allow|turn on|agree to|consent to|requires?|needs?|without|disabled)\b.{0,80}?\bcookies\b"
    r"|\bcookies\b.{0,60}?\b(?:disabled|required|enabled|must be|not enabled|before you continue|to continue)\b",
    re.IGNORECASE | re.DOTALL,
)
_CONSENT_FIRST: Final = re.compile(
    r"\bbefore you continue\b|\bcookie (?:wall|consent required)\b|\bcookies? (?:are )?(?:disabled|required)\b",
    re.IGNORECASE,
)
_SCRIPT_NEEDED: Final = re.compile(
    r"(?:enable|turn on|requires?|needs?|without|activate)\b.{0,40}?\bjavascript\b"
    r"|\bjavascript\b.{0,40}?\b(?:required|disabled|enabled|is off)",
    re.IGNORECASE | re.DOTALL,
)

ASKING: Final = frozenset({202, 401, 403, 405, 406, 428, 429, 503})
"""Statuses under which a proof of a human is asked for, beside 200."""
CHALLENGE_HEADERS: Final = (
    ("cf-mitigated", "challenge"), ("x-amzn-waf-action", ""), ("x-vercel-mitigated", "challenge"),
    ("x-vercel-challenge-token", ""),
    ("x-datadome-cid", ""), ("x-dd-b", ""),
)  # fmt: skip
_CHALLENGE_TITLES: Final = re.compile(
    r"just a moment\b.*|please wait\b.{0,30}|one moment,? please.*|checking your browser.*|ddos-guard"
    r"|ddos protection.*|security check(?:point)?.*|vercel security checkpoint"
    r"|(?:are you (?:a )?(?:human|robot)).*|human verification|verify(?:ing)? (?:that )?you are (?:a )?human.*"
    r"|bot verification|client challenge|robot check|captcha.*|pardon our interruption.*"
    r"|making sure you'?re not a bot.*|you are being redirected.*|access to this page has been denied.*"
    r"|challenge validation.*|radware bot manager captcha|prove you are human.*",
    re.IGNORECASE,
)
_CHALLENGE_MARKS: Final = (
    "_incapsula_resource", "/cdn-cgi/challenge-platform/", "cf-challenge-running", "cf_chl_opt", "cf-turnstile",
    "jschl-answer", "captcha-delivery.com", "geo.captcha-delivery", "px-captcha", "perimeterx",
    "/_sec/cp_challenge/", "sec-if-cpt-container",
    "awswafintegration", "token.awswaf.com", "awswafcookiedomainlist", "sucuri_cloudproxy_js", "ddos-guard",
    "/.well-known/ddos-guard",
    "bobcmn", "tspd_101", "g-recaptcha", "h-captcha", "hcaptcha.com", "kramericaindustries", "anubis_challenge",
    "techaro.lol",
    "slowaes.decrypt", "__test=", "queue-it.net", "distil_r_captcha", "fctoken=", "friendlycaptcha", "altcha-widget",
)  # fmt: skip
_CHALLENGE_WORDS: Final = re.compile(
    r"checking (?:if the site connection is secure|your browser)|verify(?:ing)? (?:that )?you(?:'re| are) (?:a "
    r"|not a )?(?:human|robot|bot)|confirm (?:that )?you(?:'re| are) (?:a )?(?:human|not a robot)"
    r"|complete the (?:security check|captcha|challenge)|unusual (?:traffic|activity) from your|press (?:and"
    r"|&) hold|needs to review the security of your connection|please stand by, while we are checking",
    re.IGNORECASE,
)
_BLOCK_TITLES: Final = re.compile(
    r"access denied.*|(?:403|401)(?: error)?|(?:error )?(?:403|401)(?: [-–:]? ?forbidden"
    r"| [-–:]? ?unauthori[sz]ed)?|forbidden|request rejected|attention required!?|you (?:have been|are) blocked.*"
    r"|blocked|unauthori[sz]ed"
    r"|request (?:was )?(?:blocked|denied)|your access to this (?:site|service) has been (?:limited|blocked).*"
    r"|web page blocked.*|the requested url was rejected.*|not available in your (?:country|region).*"
    r"|unavailable for legal reasons|error 1020|access restricted|not acceptable!?|site blocked",
    re.IGNORECASE,
)
_BLOCK_MARKS: Final = (
    "errors.edgesuite.net", "incapsula incident id", "sorry, you have been blocked",
    "the requested url was rejected. please consult with your administrator",
    "generated by wordfence", "sucuri website firewall", "mod_security",
    "your access to this site has been limited", "the owner of this website",
    "request blocked. we can't connect to the server for this app or website", "fortiguard intrusion prevention",
    "web application firewall",
    "you don't have permission to access", "banned your ip", "cloudfront wasn't able",
)  # fmt: skip
_STATE: Final = re.compile(
    r"""<script\b[^>]{0,300}(?:type\s*=\s*["']?application/(?:json|ld\+json)|id\s*=\s*["']?__next_data__)[^>]{0,300}>""",
    re.IGNORECASE,
)
_STATE_ASSIGNED: Final = re.compile(r"window\.(?:__)?[A-Za-z_]{3,40}\s*=\s*(?:JSON\.parse|\{|\"\{)")
_SHELL_MARKS: Final = re.compile(
    r"""<(?:div|app|main)[^>]{0,100}\bid\s*=\s*["']?(?:root|app|__next|__nuxt|___gatsby|app-root|main-app|react-root|svelte|ember)\b|<app-root\b""",
    re.IGNORECASE,
)

EXPECTED: Final[dict[str, frozenset[str]]] = {
    "html": frozenset({sniff.HTML, sniff.PLAIN}),
    "social": frozenset({sniff.HTML, sniff.PLAIN}),
    "text": frozenset({sniff.HTML, sniff.PLAIN}),
    "pdf": frozenset({sniff.PDF}),
    "docx": frozenset({sniff.DOCX, sniff.OLE}),
    "slideshow": frozenset({sniff.HTML, sniff.PPTX, sniff.PDF, sniff.OLE}),
}
"""What kinds of file may come for each source.format; where that is unknown, any kind that can be read."""
_READABLE: Final = frozenset({sniff.HTML, sniff.PLAIN, sniff.PDF, sniff.DOCX, sniff.PPTX})
_KIND_WORDS: Final = {
    sniff.HTML: "a web page", sniff.PLAIN: "plain text", sniff.PDF: "a PDF", sniff.DOCX: "a Word document",
    sniff.PPTX: "a slide deck", sniff.ZIP: "a ZIP archive", sniff.OLE: "an old Office file",
    sniff.OTHER: "a file that is no document",
}  # fmt: skip


def judge(response: Response, format: str | None = None, charset: str | None = None) -> Verdict:
    """The verdict on one whole answer. `format` is what the register says of the source (vocabulary source.format),
    `charset` the encoding of its text where that is known already.

    Never raises for what the answer holds.
    """
    status = response.status
    body = response.body
    kind = (
        sniff.kind_of(body[:SAMPLE], media_type=response.media_type, url=response.final_url, format=format)
        if body
        else ""
    )
    page = _Page(response, charset) if kind in (sniff.HTML, sniff.PLAIN) else None
    challenge = _challenge(response, page)
    if challenge:
        return Verdict("challenge", challenge, "challenge")
    if status == 404:
        return Verdict("soft-404", "status 404", "not-found")
    if status == 410:
        return Verdict("soft-404", "status 410", "gone")
    if status == 429:
        return Verdict("blocked", "status 429: asked to slow down", "rate-limited")
    if 400 <= status < 500:
        return Verdict("blocked", f"status {status}", "blocked")
    if status >= 500:
        blocked = page is not None and _block(page)
        return Verdict(
            "blocked",
            f"status {status}" + (f", {blocked}" if blocked else ""),
            "blocked" if blocked else "server-error",
        )
    if status < 200 or status >= 300:
        return Verdict("blocked", f"status {status} was not asked for", "protocol-error")
    if status == 206:
        return Verdict("empty", "status 206: only a part was served", "truncated")
    moved = _moved(response)
    if moved:
        return moved
    if not body.strip(b" \t\r\n\x00\xef\xbb\xbf"):
        return Verdict("empty", f"the body is empty (status {status})", "empty")
    if page is not None:
        found = _stand_in(page, kind)
        if found:
            return found
    expected = EXPECTED.get(format or "", _READABLE)
    if kind not in expected:
        return Verdict(
            "wrong-type",
            f"the register says {format or 'a document'}, the site served {_KIND_WORDS[kind]}",
            "wrong-type",
        )
    return Verdict("good", "")


class _Page:
    """What is looked at of a page of text: title, first heading, visible text, source in lower case."""

    def __init__(self, response: Response, charset: str | None) -> None:
        body = response.body
        self.source = to_text(body[:SAMPLE], charset or find_charset(body, response.header("content-type")).name)
        title = _TITLE.search(self.source)
        self.title = _plain(title[1]) if title else ""
        self.whole = len(body) <= SAMPLE

    @cached_property
    def lower(self) -> str:
        return self.source.lower()

    @cached_property
    def heading(self) -> str:
        opens = _H1.search(self.source)
        closes = _H1_END.search(self.source, opens.end(), opens.end() + 600) if opens else None
        return _plain(_TAGS.sub(" ", self.source[opens.end() : closes.start()])) if opens and closes else ""

    @cached_property
    def text(self) -> str:
        """Visible text: all of a short page, the first SHORT characters of another."""
        return visible_text(self.source, SHORT)

    @property
    def short(self) -> bool:
        return len(self.text) < SHORT

    @cached_property
    def segments(self) -> tuple[str, ...]:
        """The title, its parts between dividers, and the first heading."""
        parts = [part for part in _SPLIT.split(self.title) if part]
        return tuple(part for part in dict.fromkeys([self.title, *parts, self.heading]) if part)


def _plain(text: str) -> str:
    text = html.unescape(text).replace("’", "'").replace("‘", "'")
    return _SPACE.sub(" ", text).strip()


_HIDDEN: Final = re.compile(r"(script|style|noscript|template|svg|title|select)\b", re.IGNORECASE)
_CLOSING: Final = {
    name: re.compile(rf"</{name}\b[^>]*>", re.IGNORECASE)
    for name in ("script", "style", "noscript", "template", "svg", "title", "select")
}


def visible_text(source: str, limit: int) -> str:
    """The text between tags, without scripts, styles and comments, up to about `limit` characters. Linear in the
    length: an element that is never closed is looked for once."""
    pieces: list[str] = []
    size = position = 0
    unclosed: set[str] = set()
    while size < limit:
        opens = source.find("<", position)
        piece = source[position : opens if opens >= 0 else position + limit].strip()
        if piece:
            pieces.append(piece)
            size += len(piece) + 1
        if opens < 0:
            break
        if source.startswith("<!--", opens):
            closes = source.find("-->", opens)
            if closes < 0:
                break
            position = closes + 3
            continue
        closes = source.find(">", opens)
        if closes < 0:
            break
        position = closes + 1
        hidden = _HIDDEN.match(source, opens + 1)
        if hidden is None or hidden[1].lower() in unclosed:
            continue
        name = hidden[1].lower()
        closing = _CLOSING[name].search(source, position)
        if closing is not None:
            position = closing.end()
        elif name in ("script", "style"):
            break
        else:
            unclosed.add(name)
    return _plain(" ".join(pieces))


def _challenge(response: Response, page: _Page | None) -> str:
    """The mark of a page that asks for proof of a human, or an empty string."""
    for name, value in CHALLENGE_HEADERS:
        found = response.header(name)
        if found is not None and value in found.lower():
            return f"header {name}"
    if page is None:
        return ""
    error = response.status in ASKING
    if page.title and _CHALLENGE_TITLES.fullmatch(page.title) and (error or page.short):
        return f"title “{page.title[:60]}”"
    if not error and (response.status >= 400 or not page.short):
        return ""
    words = _CHALLENGE_WORDS.search(page.text)
    if words:
        return f"words “{words[0][:60]}”"
    # a contact form may carry a captcha too, so on a page of status 200 a mark counts only where there is nothing else
    if len(page.text) < (SHORT if error else SHELL) and not _block(page):
        mark = next((mark for mark in _CHALLENGE_MARKS if mark in page.lower), "")
        return f"mark “{mark}”" if mark else ""
    return ""


def _block(page: _Page) -> str:
    """The mark of a page that refuses, or an empty string."""
    for part in page.segments:
        if _BLOCK_TITLES.fullmatch(part) and page.short:
            return f"title “{part[:60]}”"
    if page.short:
        flat = _SPACE.sub(" ", page.lower.replace("’", "'"))
        mark = next((mark for mark in _BLOCK_MARKS if mark in flat), "")
        if mark:
            return f"words “{mark[:60]}”"
    return ""


def _moved(response: Response) -> Verdict | None:
    """A redirect that ends at a home page, an error page or a login instead of the page."""
    if not response.redirects:
        return None
    asked, final = urlsplit(response.requested_url), urlsplit(response.final_url)
    if _ERROR_PATH.search(final.path) and not _ERROR_PATH.search(asked.path):
        return Verdict("soft-404", f"redirects to an error page ({final.path})", "not-found")
    host = final.hostname or ""
    login = _LOGIN_PATH.search(final.path) or host.startswith(("login.", "idp.", "sso.")) or host in _LOGIN_HOSTS
    if login and not _LOGIN_PATH.search(asked.path) and host != "":
        return Verdict("blocked", "redirects to a login", "blocked")
    was_home = _HOME_PATH.fullmatch(asked.path) is not None and not asked.query
    if not was_home and _HOME_PATH.fullmatch(final.path) and not _names_page(final.query):
        return Verdict("soft-404", "redirects to a home page", "not-found")
    return None


def _names_page(query: str) -> bool:
    return bool(re.search(r"(?:^|&)(?:p|page|page_id|id|q|article|node|attachment_id|itemid)=", query, re.IGNORECASE))


def _stand_in(page: _Page, kind: str) -> Verdict | None:
    """A page of status 200 that stands in for the one asked for."""
    segments = page.segments
    for part in segments:
        if len(part) <= 120 and _ABSENT_EXACT.fullmatch(part):
            return Verdict("soft-404", f"it says “{part[:60]}”", "not-found")
    if kind == sniff.PLAIN:
        whole = page.source.strip()
        if len(whole) < 200 and _ABSENT_EXACT.fullmatch(_plain(whole)):
            return Verdict("soft-404", f"it says “{whole[:60]}”", "not-found")
        return None
    if not page.short:
        return None
    if any(mark in page.lower for mark in _PARKED_MARKS):
        return Verdict("soft-404", "the domain is parked", "not-found")
    parked = _PARKED.search(f"{page.title}. {page.heading}. {page.text[:600]}")
    if parked:
        return Verdict("soft-404", f"it says “{parked[0][:60]}”", "not-found")
    return _short_stand_in(page, segments)


def _short_stand_in(page: _Page, segments: tuple[str, ...]) -> Verdict | None:
    """What a short page may be instead of the one asked for."""
    blocked = _block(page)
    if blocked:
        return Verdict("blocked", blocked, "blocked")
    for part in segments:
        if len(part) <= 160 and _ABSENT_LOOSE.search(part):
            return Verdict("soft-404", f"it says “{part[:60]}”", "not-found")
    for part in segments:
        if len(part) <= 120 and _MAINTENANCE.search(part):
            return Verdict("blocked", f"maintenance: “{part[:60]}”", "server-error")
    password = re.search(r"""<input[^>]{0,300}type\s*=\s*["']?password""", page.source, re.IGNORECASE) is not None
    for part in segments:
        if _LOGIN_WORDS.fullmatch(part) and (password or len(page.text) < 600):
            return Verdict("blocked", f"login: “{part[:60]}”", "blocked")
    text = page.text
    if _CONSENT_FIRST.search(text[:600]) or (len(text) < 500 and _COOKIES.search(text)):
        return Verdict("blocked", "it shows nothing before cookies are accepted", "blocked")
    if len(text) < SHELL:
        return _shell(page, password)
    return None


def _shell(page: _Page, password: bool) -> Verdict | None:
    """A page with next to no text of its own."""
    if not page.whole or _holds_state(page):
        return None
    if password:
        return Verdict("blocked", "it shows a login and nothing else", "blocked")
    if _ABSENT_LOOSE.search(page.text):
        return Verdict("soft-404", f"it says “{page.text[:60]}”", "not-found")
    if _SHELL_MARKS.search(page.source) or _SCRIPT_NEEDED.search(page.source):
        return Verdict("empty", "its text is made by a script in the reader's browser", "empty")
    if "<frameset" in page.lower or 'http-equiv="refresh"' in page.lower.replace("'", '"'):
        return Verdict("empty", "it only points to another page", "empty")
    if len(page.text) < 25:
        return Verdict("empty", "it holds next to no text", "empty")
    if len(page.text) < 60 and "<script" in page.lower and not page.heading and "<p" not in page.lower:
        return Verdict("empty", "its text is made by a script in the reader's browser", "empty")
    return None


def _holds_state(page: _Page) -> bool:
    """Whether the page carries its content as data inside a script: such pages can be read without a browser."""
    for found in (*_STATE.finditer(page.source), *_STATE_ASSIGNED.finditer(page.source)):
        close = page.lower.find("</script", found.end())
        if (close if close >= 0 else len(page.source)) - found.end() > 500:
            return True
    return False
