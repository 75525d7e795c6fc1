"""Written questions in the UK Parliament. The list cuts its texts short, so each question is asked for by itself."""

from __future__ import annotations

import re
from typing import ClassVar, Final

from scrapers.sites.address import host_of, path_of
from scrapers.sites.answer import Answer, CamelAnswer, Count, Day, notes_on, read_answer, without_empty
from scrapers.sites.base import NO_CONTEXT, Context, Fact, Family, FoundSource, Reading, register
from scrapers.sites.page import clean
from scrapers.sites.terms import found_source, terms_in

API_HOST: Final = "questions-statements-api.parliament.uk"
PAGE_HOST: Final = "questions-statements.parliament.uk"
_API = f"https://{API_HOST}/api/writtenquestions/questions"
_LIST = re.compile(r"/api/writtenquestions/questions/?")
_ONE = re.compile(r"/api/writtenquestions/questions/([0-9]+|[0-9]{4}-[0-9]{2}-[0-9]{2}/[A-Za-z0-9]+)/?")
_PAGE = re.compile(r"/written-questions/detail/([0-9]{4}-[0-9]{2}-[0-9]{2})/([A-Za-z0-9]+)/?")


class _Question(CamelAnswer):
    ignored: ClassVar = frozenset(
        {
            "askingMemberId", "askingMember", "answeringMemberId", "answeringMember", "correctingMemberId",
            "correctingMember", "memberHasInterest", "isNamedDay", "attachments", "attachmentCount",
            "groupedQuestionsDates", "originalAnswerText", "comparableAnswerText", "answeringBodyId", "dateForAnswer",
            "answerIsCorrection",
        }
    )  # fmt: skip
    id: Count
    uin: str
    heading: str | None = None
    house: str
    question_text: str | None = None
    answer_text: str | None = None
    date_tabled: Day
    date_answered: Day | None = None
    date_holding_answer: Day | None = None
    date_answer_corrected: Day | None = None
    answering_body_name: str | None = None
    is_withdrawn: bool = False
    answer_is_holding: bool | None = None
    grouped_questions: tuple[str, ...] | None = None


class _Item(Answer):
    ignored: ClassVar = frozenset({"links"})
    value: _Question


class _List(CamelAnswer):
    total_results: Count
    results: tuple[_Item, ...]


@register
class WrittenQuestion(Family):
    """One question with the days of asking and answering, or a list whose matching questions are to be asked for."""

    name = "uk-parliament-written-question"
    hosts = frozenset({API_HOST, PAGE_HOST})
    minimum = "one number (uin) and the day on which it was tabled; of a list, the number of results"
    data_holds_minimum = True

    def matches(self, url: str, media_type: str | None = None, body: bytes = b"") -> bool:  # noqa: ARG002
        path = path_of(url)
        if host_of(url) == API_HOST:
            return bool(_LIST.fullmatch(path) or _ONE.fullmatch(path))
        # The page is an ordinary one; only where its JSON came is there something to read.
        return host_of(url) == PAGE_HOST and bool(_PAGE.fullmatch(path)) and body.lstrip()[:1] != b"<"

    def api_url(self, url: str) -> str | None:
        found = _PAGE.fullmatch(path_of(url)) if host_of(url) == PAGE_HOST else None
        return f"{_API}/{found[1]}/{found[2]}" if found else None

    def read(
        self,
        body: bytes,
        url: str,
        *,
        media_type: str | None = None,  # noqa: ARG002
        context: Context = NO_CONTEXT,
    ) -> Reading:
        return self._list(body, context) if _LIST.fullmatch(path_of(url)) else self._one(body)

    def _one(self, body: bytes) -> Reading:
        item = read_answer(_Item, body, self.name)
        told = item.value
        if not told.uin.strip():
            raise self.changed("the question has no number", "value.uin")
        state = _state(told)
        values = {
            "uin": told.uin,
            "house": told.house,
            "title": clean(told.heading),
            "url": page_url(told.date_tabled, told.uin),
            "tabled_on": told.date_tabled,
            "state": state,
            "answered_by": told.answering_body_name,
            "published_on": told.date_answered,
            "holding_answer_on": told.date_holding_answer,
            "corrected_on": told.date_answer_corrected,
            "answered_together_with": list(told.grouped_questions) if told.grouped_questions else None,
        }
        notes = list(notes_on(item))
        if state == "answered" and (told.answer_text or "").rstrip().endswith("..."):
            notes.append("the answer seems to be cut short")
        kind = "statement" if state in ("answered", "corrected") else "written_question"
        return self.reading((Fact(kind, without_empty(values), "value"),), notes=tuple(notes))

    def _list(self, body: bytes, context: Context) -> Reading:
        listed = read_answer(_List, body, self.name)
        if listed.total_results and not listed.results:
            notes = (f"no question on this page of {listed.total_results} results",)
            return self.reading(notes=notes)
        found: dict[str, FoundSource] = {}
        ask: dict[str, None] = {}
        for at, item in enumerate(listed.results):
            told = item.value
            text = f"{told.question_text or ''} {told.answer_text or ''}"
            cut = any((part or "").rstrip().endswith("...") for part in (told.question_text, told.answer_text))
            matching = bool(terms_in(f"{told.heading or ''} {text}", context))
            if matching or cut:  # a term may stand in what was cut away
                ask[f"{_API}/{told.id}"] = None
            source = found_source(
                context,
                url=page_url(told.date_tabled, told.uin),
                title=clean(told.heading),
                text=text,
                published_on=told.date_answered or told.date_tabled,
                where=f"results[{at}].value",
            )
            if source and matching:
                found.setdefault(source.url, source)
        return self.reading(found=tuple(found.values()), ask=tuple(ask), notes=notes_on(listed))


def page_url(tabled_on: str, uin: str) -> str:
    """The page of a question: numbers come again each session, so the day belongs to the name."""
    return f"https://{PAGE_HOST}/written-questions/detail/{tabled_on}/{uin}"


def _state(told: _Question) -> str:
    if told.is_withdrawn:
        return "withdrawn"
    if told.date_answer_corrected:
        return "corrected"
    if told.answer_is_holding:
        return "holding-answer"
    return "answered" if told.date_answered else "not-answered"
