"""Machine answers read strictly: a wrong type names its place, a field nobody knows is reported by name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from typing import Annotated, Any, ClassVar, Final, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.alias_generators import to_camel

from scrapers.sites.base import StructureChanged

MAX_COUNT: Final = 10_000_000_000
LONDON: Final = ZoneInfo("Europe/London")


class Answer(BaseModel):
    """A part of a machine answer. `ignored` lists the fields that are known and left unread."""

    model_config = ConfigDict(strict=True, extra="allow", frozen=True)
    ignored: ClassVar[frozenset[str]] = frozenset()


class CamelAnswer(Answer):
    """The same for services that write their names likeThis."""

    model_config = ConfigDict(alias_generator=to_camel)


def moment_of(value: object) -> str:
    """A time as these services write it, as ISO in UTC; a time without a zone is kept without one."""
    if not isinstance(value, str):
        raise ValueError("a time must be a string")
    text = value.strip()
    for read in (
        dt.datetime.fromisoformat,
        lambda t: dt.datetime.strptime(t, "%Y/%m/%d %H:%M:%S %z"),
        lambda t: dt.datetime.strptime(t, "%Y-%m-%d %H:%M:%S UTC").replace(tzinfo=dt.UTC),
    ):
        try:
            moment = read(text)
        except ValueError:
            continue
        if not 1950 <= moment.year <= 2200:
            raise ValueError(f"{text!r} is no time that can be meant")
        if moment.tzinfo is not None:
            moment = moment.astimezone(dt.UTC)
        return moment.replace(microsecond=0).isoformat().replace("+00:00", "Z")
    raise ValueError(f"{text[:40]!r} is no time")


def _day(value: object) -> str:
    return moment_of(value)[:10]


Count = Annotated[int, Field(ge=0, le=MAX_COUNT)]
Moment = Annotated[str, BeforeValidator(moment_of)]
Day = Annotated[str, BeforeValidator(_day)]
"""A plain date, or a time without a zone of which only the day is meant."""


def day_in_london(moment: str) -> str:
    """The day on which a moment fell in the United Kingdom, YYYY-MM-DD."""
    value = dt.datetime.fromisoformat(moment)
    return (value.astimezone(LONDON) if value.tzinfo else value).date().isoformat()


def one_of(words: Iterable[str]) -> Callable[[str], str]:
    """A check for pydantic's AfterValidator: the value must be one of `words`; another one is named in the error."""
    known = frozenset(words)

    def check(value: str) -> str:
        if value not in known:
            raise ValueError(f"{value[:60]!r} is a word that is not known here")
        return value

    return check


Model = TypeVar("Model")


def read_answer(model: type[Model], body: bytes, family: str, *, where: str = "") -> Model:
    """The JSON body as `model` (any type pydantic knows). Raises StructureChanged, naming the first wrong place."""
    text = body.removeprefix(b"\xef\xbb\xbf")
    try:
        return TypeAdapter(model).validate_json(text)
    except ValidationError as error:
        raise StructureChanged(family, *_first(error, where)) from error


def read_value(model: type[Model], value: object, family: str, *, where: str = "") -> Model:
    """The same for a value already out of its JSON."""
    try:
        return TypeAdapter(model).validate_python(value, strict=True)
    except ValidationError as error:
        raise StructureChanged(family, *_first(error, where)) from error


def _first(error: ValidationError, where: str) -> tuple[str, str]:
    first = error.errors(include_url=False, include_input=False)[0]
    # pydantic puts the names of a union's members among the places; only keys and positions belong there
    path = ".".join(str(part) for part in first["loc"] if not str(part).startswith(("function-", "constrained-")))
    place = ".".join(part for part in (where, path) if part)
    if first["type"] == "json_invalid":
        return f"the answer is not whole JSON: {first['msg'].removeprefix('Invalid JSON: ')}"[:200], place
    more = f", and {error.error_count() - 1} more" if error.error_count() > 1 else ""
    return f"{first['msg'].removeprefix('Value error, ')[:200]}{more}", place


def unread(answer: object, where: str = "") -> Iterator[str]:
    """The fields that the answer has and neither the model nor its `ignored` knows, as paths; each once."""
    yield from dict.fromkeys(_unread(answer, where))


def _unread(answer: object, where: str) -> Iterator[str]:
    if isinstance(answer, Answer):
        for name in answer.model_extra or {}:
            if name not in answer.ignored:
                yield f"{where}.{name}".lstrip(".")
        for name, field in type(answer).model_fields.items():
            yield from _unread(getattr(answer, name), f"{where}.{field.alias or name}".lstrip("."))
    elif isinstance(answer, list | tuple):
        for item in answer:
            yield from _unread(item, f"{where}[]")


def notes_on(answer: object) -> tuple[str, ...]:
    """One note for each field that is new."""
    return tuple(f"unread field: {path}" for path in unread(answer))


def without_empty(values: dict[str, Any]) -> dict[str, Any]:
    """The values without those that are not known."""
    return {key: value for key, value in values.items() if value is not None}
