"""Takes personal contact details out of what is shown. The capture keeps the bytes.

Masked: e-mail addresses (also written "name [at] place.uk"), phone numbers of the United Kingdom with their ten or
eleven digits (support and freephone lines of that length too: a number in an old copy may lead nowhere, and lines that
answer now stand on every page), any number behind the word "telephone", international ones with a plus sign, American
ones, and the names given. Not masked: short public numbers (111, 999, 116 123), dates, years, money, counts, codes,
section numbers, and digits inside web addresses.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final
from urllib.parse import unquote

EMAIL: Final = "[e-mail address]"
PHONE: Final = "[phone number]"
NAME: Final = "[name]"

_ENDS = "ac|com|eu|gov|ie|info|london|net|org|scot|uk|wales"
_EMAIL = re.compile(
    r"(?:mailto:)?[\w.+'%&*/=?^`{|}~’-]{0,64}\w[@＠](?:[\w-]{1,63}\.){1,8}[a-z][\w-]+"
    rf"|[\w.+-]{{1,64}}\s{{0,3}}[@＠]\s{{0,3}}(?:[\w-]{{1,63}}\s?\.\s?){{0,6}}[\w-]{{1,63}}\.(?:{_ENDS})\b"
    r"|[\w.+-]{1,64}\s+at\s+[\w-]{1,63}(?:\s+dot\s+[\w-]{1,63})+"
    r"|[\w.+-]{1,64}\s*[\[({<]\s*(?:at|[@＠])\s*[\])}>]\s*[\w-]{1,63}(?:\s*(?:[\[({<]\s*dot\s*[\])}>]|\.)\s*[\w-]{1,63})+",
    re.IGNORECASE,
)
"""Each part has the length that it can have at most: without it, a page of dots took half a minute."""
_GAP = r"[\s\u00a0\u2009\u202f–‑-]{0,3}"
_EXTENSION = r"(?:ext(?:ension|n)?|x)\.?:?\s?\d{1,6}"
_PHONE = re.compile(
    rf"""(?<![\w/=&.#+-])(?:
        (?:\((?:\+|00)\s?44\)|(?:\+|00)\s?44){_GAP}(?:[(\[]0[)\]]{_GAP})?                   # +44 (0)20 7946 0000
          \(?[1-9]\d{{1,4}}\)?(?:{_GAP}\d{{3,8}}){{1,3}}
        |(?:\(44\)|44[\s-]){_GAP}(?:\(0\){_GAP})?[1-9]\d{{1,4}}(?:{_GAP}\d{{3,8}}){{1,3}}    # 44 20 7946 0000
        |\(0\){_GAP}[1-9]\d{{1,4}}(?:{_GAP}\d{{3,8}}){{1,3}}                              # (0)20 7946 0000
        |\(0\d{{2,5}}\){_GAP}\d{{3,8}}(?:{_GAP}\d{{3,4}})?                                  # (020) 7946 0000
        |0[1-35789]\d{{1,4}}\.\d{{3,4}}\.\d{{3,4}}                                        # 020.7946.0000
        |0[1-35789][\s-]\d{{3}}{_GAP}\d{{3}}{_GAP}\d{{3}}                                  # 07 700 900 123
        |0[1-35789]\d{{2,3}}(?:[\s-]\d{{2}}){{3}}                                         # 01632 96 01 23
        |0[1-35789]\d{{1,4}}{_GAP}\d{{3,8}}(?:{_GAP}\d{{3,4}})?(?:{_GAP}\d{{3}})?   # 020 7946 0000, 07700 900123
        |\+[1-9]\d{{0,2}}{_GAP}\(?\d{{1,4}}\)?(?:[\s./‑-]{{0,2}}\d{{2,4}}){{2,4}}           # +353 1 234 5678
        |\(\d{{3}}\)\s?\d{{3}}[\s.-]\d{{4}}|1?-?\d{{3}}-\d{{3}}-\d{{4}}                     # (555) 010-0199
    )(?:\s?\({_EXTENSION}\)|[\s,;]{{0,2}}{_EXTENSION}|/\d{{1,4}}(?![/\d]))?(?!\d|[.,]\d|(?-i:[a-z_]))""",
    re.VERBOSE | re.IGNORECASE,
)
_AFTER_ITS_NAME = re.compile(
    r"(?P<name>\b(?:tel(?:ephone)?|phone|mob(?:ile)?|fax|direct (?:line|dial)|ddi)\b(?:\s(?:no\.?|number))?"
    r"[\s.:#-]{0,3})(?!116\s?\d{3}\b|(?:19|20)\d\d\b|\d{1,2}[\s./-]\d{1,2}[\s./-](?:\d\d){1,2}\b)\(?\d(?:[\s()./–‑-]{0,3}\d){5,14}(?![\w,]|\.\d)",
    re.IGNORECASE,
)
"""What stands after the word "telephone" is a number that can be rung, however few digits of it are written."""
_SPELT_AT = re.compile(r"[\[({<]\s*at\b|＠|\sdot\s", re.IGNORECASE)
_DIGITS = re.compile(r"\d")
_FEWEST_DIGITS: Final = 6
_NUMBERED = re.compile(
    r"(?:isbn|issn|doi|pmid|nct|isrctn|no\.?|number|ref(?:erence)?|£|€|\$)[\s:.#(-]*(?:1[03])?[\s:.-]*$",
    re.IGNORECASE,
)
_CALLED = re.compile(
    r"(?:phone|tel|telephone|mobile|call|ring|contact|fax|text)[\s\w]{0,12}(?:no\.?|number)?[\s:.#(-]*$",
    re.IGNORECASE,
)
_TITLES = r"(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Cllr|Sir|Lady|Rev)\.?"
_WORD = r"[A-Z][\w'’-]+"
_PERSON = (
    rf"(?:{_TITLES}\s+)?(?:{_WORD}(?:\s+(?:{_WORD}|[A-Z]\.?(?!\w)|(?:de|van|von|al|bin|ap)\s+{_WORD})){{1,3}}"
    rf"|(?:[A-Z]\.?\s+){{1,3}}{_WORD})"
)
_MADE = r"(?:made|sent|submitted)"
_KIND_OF_REQUEST = r"(?:freedom of information|foi|environmental information)"
_REQUESTER = (
    re.compile(rf"^(?P<name>{_PERSON})\s+{_MADE}\s+(?:this|a|an)\s+[\w\s]{{0,40}}\brequest\b"),
    re.compile(
        rf"^(?P<name>[^\s.,:;|][^.,:;|]{{1,60}}?)\s+{_MADE} this (?:[\w-]+ ){{0,4}}{_KIND_OF_REQUEST}\b", re.IGNORECASE
    ),
    re.compile(
        rf"\b(?:[Rr]equest(?:ed|er)?(?:\s+(?:was\s+)?(?:made|sent|submitted|received))?\s+(?:by|from)"
        rf"|[Rr]equest(?:er|or)(?:['’]s)?(?:\s+name)?"
        rf"|[Aa]pplicant(?:['’]s)?(?:\s+name)?|[Nn]ame of (?:the )?(?:requester|requestor|applicant)"
        rf"|[Cc]orrespondence with)"
        rf"\s*[:–|-]?\s*(?P<name>{_PERSON})"
    ),
    re.compile(
        rf"^(?:(?:Name|From|To)\s*[:|]\s*|(?:Made|Sent|Submitted|Received) (?:by|from)\s*[:|]?\s*)(?P<name>{_PERSON})"
    ),
    re.compile(rf"^(?P<name>{_PERSON})\s+(?:left an annotation|(?:has )?requested (?:information|a copy|copies|the ))"),
)
_REQUEST_PAGE = re.compile(
    r"\b(?:made|sent|submitted) this (?:[\w-]+ ){0,4}(?:freedom of information|foi|environmental information)"
    r"[\w\s]{0,20}request\b",
    re.IGNORECASE,
)
_DEAR = re.compile(
    rf"^Dear\s+(?P<name>{_TITLES}\s+[A-Z][\w'’-]+|{_PERSON}|(?!(?:All|Both|Everybody|Everyone|Friends?)\b)[A-Z][\w'’-]+)"
    r"\s*(?:[,:;]|$)"
)
_SIGNED = re.compile(
    r"(?:Yours (?:faithfully|sincerely|truly)|(?:Kind|Kindest|Best|Many|Warm) (?:regards|wishes)|Many thanks"
    rf"|(?:Thanks|Thank you)(?=\s*,)|Regards|Sincerely|Cheers)\s*[,.]?\s*(?P<name>{_PERSON})?\s*$"
)
_ALONE = re.compile(rf"^(?P<name>{_PERSON}|[A-Z][a-zà-ÿ'’-]+)$")
_BODY_WORDS = re.compile(
    r"\b(?:Trust|Council|Police|Constabulary|Service|Services|NHS|Team|Office|Officer|Department|Freedom|Information|"
    r"Sir|Madam|Board|University|College|Foundation|Health|Authority|Commission|Network|England|Wales|Requester|"
    r"Applicant|Request|Colleagues?|Customer|Association|Society|Street|Road|Group|Manager|Governance|Hospital|FOI|"
    r"Coalition|Campaign|Union|Alliance|Forum|Charity|Institute|Committee|Partnership|Parliament|Commissioner|Media|"
    r"Ombudsman|Limited|Ltd|Programme|Mentoring|Ministry|Government|Agency|Reference|Date|Subject|Sirs|Who|Anonymous)\b"
)


def mask(text: str, names: Sequence[str] = ()) -> str:
    """The text with e-mail addresses, phone numbers and the names given each replaced by a visible marker.

    A name is masked in full, with a form of address before its last word, and as a first name after "Dear".
    """
    if "@" in text or _SPELT_AT.search(text):
        text = _EMAIL.sub(EMAIL, text)
    if len(text) >= _FEWEST_DIGITS and len(_DIGITS.findall(text)) >= _FEWEST_DIGITS:
        text = _PHONE.sub(_phone, text)
        text = _AFTER_ITS_NAME.sub(rf"\g<name>{PHONE}", text)
    for name in names:
        if name.strip():
            text = _name_pattern(name.strip()).sub(NAME, text)
    return text


def _phone(found: re.Match[str]) -> str:
    text = found.group()
    main = re.split(r"\s?(?:ext|x)", text, maxsplit=1, flags=re.IGNORECASE)[0].replace("(0)", "").replace("[0]", "")
    if main.startswith("0"):
        main = main.partition("/")[0]
    digits = len(_DIGITS.findall(main))
    before = found.string[max(0, found.start() - 24) : found.start()]
    if _NUMBERED.search(before) and not _CALLED.search(before):
        return text
    if main.lstrip("( ").startswith("0") and not main.startswith("00"):
        right = digits in (10, 11)
    elif main.lstrip("(").startswith(("+44", "+ 44", "0044", "00 44")):
        right = 11 <= digits <= 14
    elif main.startswith(("44", "(44")):
        right = digits == 12
    else:
        right = 8 <= digits <= 15
    return PHONE if right else text


def tells(url: str, names: Sequence[str] = ()) -> bool:
    """Whether an address holds what is masked in texts: an e-mail address, or one of the names in any writing."""
    plain = unquote(url)
    if "@" in plain and _EMAIL.search(plain):
        return True
    bare = "".join(character for character in plain.lower() if character.isalnum())
    parts = ("".join(character for character in name.lower() if character.isalnum()) for name in names)
    return any(len(part) > 3 and part in bare for part in parts)


@lru_cache(maxsize=256)
def _name_pattern(name: str) -> re.Pattern[str]:
    plain = re.sub(rf"^{_TITLES}\s+", "", name)
    words = plain.split() or name.split()
    if len(words) == 1 and plain == name:
        # a first name may be a word or a month: it goes only where it can be nothing but a name
        alone = re.escape(name)
        return re.compile(rf"(?<=Dear ){alone}(?!\w)|^{alone}(?=[,.]?$|\s+{_MADE} this\s)", re.IGNORECASE)
    spaced = r"\s+".join(map(re.escape, words))
    forms = [rf"(?:{_TITLES}\s+)?{spaced}"]
    if len(words) > 1 or plain != name:
        forms.append(rf"{_TITLES}\s+(?:[A-Z]\.?\s+)?{re.escape(words[-1])}")
    if len(words) > 1:
        forms.append(rf"(?<=Dear ){re.escape(words[0])}")
    return re.compile(rf"(?<!\w)(?:{'|'.join(forms)})(?!\w)", re.IGNORECASE)


def names_to_mask(texts: Sequence[str], page_kind: str | None) -> tuple[str, ...]:
    """The requester's names on a page that is an information request by its kind in the register, or says so itself."""
    if page_kind == "foi" or any(_REQUEST_PAGE.search(text[:400]) for text in texts):
        return requester_names(texts)
    return ()


def requester_names(texts: Iterable[str]) -> tuple[str, ...]:
    """The name of whoever made an information request, as its page or letter gives it: in the sentence that says who
    made it, as the one greeted in the answer, and as the one who signs the request (the first letter on the page).
    Names of bodies are not taken for people."""
    pieces = [text.strip() for text in texts]
    found: dict[str, None] = {}

    def take(name: str | None) -> None:
        if name and not _BODY_WORDS.search(name):
            found.setdefault(" ".join(name.split()))

    for text in pieces:
        for pattern in _REQUESTER:
            match = pattern.search(text)
            if match:
                take(match.group("name"))
    known_sender = bool(found)
    waiting = signed = False
    for text in pieces:
        if waiting:
            waiting = False
            alone = _ALONE.match(text)
            if alone:
                take(alone.group("name"))
                signed = True
        greeted = _DEAR.match(text)
        if greeted:
            take(greeted.group("name"))
        if not signed and not known_sender:
            end = _SIGNED.search(text)
            if end:
                take(end.group("name"))
                signed = end.group("name") is not None
                waiting = not signed
    return tuple(found)
