"""Working days in Denmark, by which the law counts and letters go."""

import datetime
import functools

import holidays

SATURDAY = 5
# Grundlovsdag, Christmas Eve and New Year's Eve are no public holidays, and nobody works all the same.
OFF_ALL_THE_SAME = {(6, 5), (12, 24), (12, 31)}


@functools.cache
def public_holidays() -> holidays.HolidayBase:
    """Years are worked out when they are asked about; Store bededag is none from 2024 on."""
    return holidays.country_holidays("DK")


def is_working_day(day: datetime.date) -> bool:
    return day.weekday() < SATURDAY and day not in public_holidays() and (day.month, day.day) not in OFF_ALL_THE_SAME


def working_day_from(day: datetime.date) -> datetime.date:
    """The day itself if it is a working day, else the next one that is."""
    while not is_working_day(day):
        day += datetime.timedelta(days=1)
    return day
