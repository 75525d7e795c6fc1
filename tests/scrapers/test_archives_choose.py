"""One copy of each month, year or day, and never a turn lost."""

from __future__ import annotations

from scrapers.archives.choose import Offer, choose_copies
from scrapers.archives.memento import Held, read_stamp, stamp


def offer(when: str, status: int | None = 200, archive: int = 0) -> Offer:
    at = read_stamp(when.ljust(14, "0"))
    return Offer(archive, Held("http://trust.example/", at, f"http://archive.example/{when}", status))


def chosen(offers: list[Offer], every: str) -> list[str]:
    return [stamp(one.held.at)[:8] for one in choose_copies(offers, every)]  # type: ignore[arg-type]


def test_the_first_of_each_month_that_holds_the_page() -> None:
    offers = [offer("20210305", 301), offer("20210310"), offer("20210320"), offer("20210401"), offer("20210402", 503)]
    assert chosen(offers, "month") == ["20210310", "20210401"]
    assert chosen(offers, "year") == ["20210310"]
    assert chosen(offers, "day") == ["20210305", "20210310", "20210320", "20210401", "20210402"]
    assert chosen(offers, "all") == ["20210305", "20210310", "20210320", "20210401", "20210402"]


def test_when_a_page_went_and_came_back_is_kept() -> None:
    offers = [
        offer("20210301"), offer("20210310", 404), offer("20210311", 410), offer("20210320"), offer("20210321"),
        offer("20210501", 404), offer("20210601", 503),
    ]  # fmt: skip
    assert chosen(offers, "month") == ["20210301", "20210310", "20210320", "20210501", "20210601"]
    assert chosen(offers, "year") == ["20210301", "20210310", "20210320", "20210501"]


def test_repeats_without_a_status_count_as_the_page() -> None:
    assert chosen([offer("20210301", None), offer("20210302")], "month") == ["20210301"]


def test_of_one_moment_the_archive_asked_first() -> None:
    offers = [offer("20210301", archive=1), offer("20210301", archive=0)]
    assert [one.archive for one in choose_copies(offers, "month")] == [0]
    assert choose_copies([], "month") == []
