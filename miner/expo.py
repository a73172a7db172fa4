"""The expo in the calendar: which edition a year has, and on which days it was held."""

from __future__ import annotations

from datetime import date
from typing import Literal, NamedTuple

FIRST_YEAR = 2018
"""The year of the first expo; one has been held every year since."""
_OPENS, _CLOSES = (11, 5), (11, 10)
"""Month and day of opening and close: the same in every edition so far."""
_SEASON = 4
"""Coverage from this month on looks ahead to the year's own expo, before it back to the last one."""


class Days(NamedTuple):
    """The first and the last day of an edition."""

    first: date
    last: date


class Phase(NamedTuple):
    """Where a day lies in an expo's year: before it, during it or after it."""

    edition: int
    name: Literal["before", "during", "after"]


def edition_year(edition: int) -> int:
    """Return the year in which an edition is held.

    >>> edition_year(5)
    2022
    """
    return FIRST_YEAR - 1 + edition


def year_edition(year: int) -> int | None:
    """Return the edition held in a year, None before the first.

    >>> year_edition(2022), year_edition(2016)
    (5, None)
    """
    return year - FIRST_YEAR + 1 if year >= FIRST_YEAR else None


def edition_of_day(published: str | None) -> int | None:
    """Return the edition held in the year of an ISO date, None without one or before the first.

    >>> edition_of_day("2022-11-05"), edition_of_day("2022"), edition_of_day("XXXX-11-05"), edition_of_day(None)
    (5, 5, None, None)
    """
    year = (published or "")[:4]
    return year_edition(int(year)) if year.isascii() and year.isdigit() else None


def edition_days(edition: int) -> Days:
    """Return the days of an edition.

    >>> [day.isoformat() for day in edition_days(5)]
    ['2022-11-05', '2022-11-10']
    """
    year = edition_year(edition)
    return Days(date(year, *_OPENS), date(year, *_CLOSES))


def phase(published: str) -> Phase | None:
    """Return the nearest expo to a day, and whether the day lies before, during or after it.

    From April of the expo's year to March of the next.

    >>> phase("2022-11-06"), phase("2023-01-15").name, phase("2022")
    (Phase(edition=5, name='during'), 'after', None)
    """
    try:
        day = date.fromisoformat(published)
    except ValueError:
        return None
    edition = year_edition(day.year if day.month >= _SEASON else day.year - 1)
    if edition is None:
        return None
    first, last = edition_days(edition)
    if day < first:
        return Phase(edition, "before")
    return Phase(edition, "during" if day <= last else "after")
