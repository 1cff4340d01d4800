"""The sections people, calendars and rotas: what they say, and how each mistake is explained."""

from __future__ import annotations

import textwrap
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from alerts.calendar import Window
from alerts.holidays import missing_years
from alerts.rota import Person, Roster, on_call
from monitor.config import ConfigError, load, parse
from tests.conftest import ROOT

OFFICE = (Window(9 * 60, 12 * 60), Window(13 * 60 + 30, 18 * 60))
PEOPLE = "people: [{name: 林夏}, {name: 周宁}]"


def roster(source: str) -> Roster:
    return parse(textwrap.dedent(source), "my.yaml", {}).roster()


def problems(source: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse(textwrap.dedent(source), "my.yaml", {})
    return caught.value.problems


def examples() -> str:
    """Return what config.yaml shows of each section, its comments made to count."""
    lines = (ROOT / "config.yaml").read_text(encoding="utf-8").splitlines()
    shown = []
    for section in ("people", "calendars", "rotas"):
        end = lines.index(f"{section}: []")
        begin = max(n for n in range(end) if lines[n].endswith("For example:"))
        shown += [f"{section}:", *(line.removeprefix("# ") for line in lines[begin + 1 : end])]
    return "\n".join(shown)


# What is right


def test_the_examples_of_the_shipped_file_are_right() -> None:
    shown = roster(examples())
    assert shown.people["林夏"].email == "lin@example.com"
    assert set(shown.people["林夏"].handles) == {"slack", "wecom", "dingtalk", "feishu"}
    office, berlin = shown.calendars["办公时间"], shown.calendars["Berlin"]
    assert office.hours(date(2026, 11, 20)) == OFFICE
    assert office.hours(date(2026, 11, 11)) == (Window(0, 1440),)
    assert office.hours(date(2026, 10, 1)) == office.hours(date(2027, 2, 12)) == ()
    assert office.hours(date(2026, 10, 10)) == office.hours(date(2027, 2, 14)) == OFFICE
    assert (office.zone, berlin.zone) == (ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin"))
    monday = datetime(2026, 1, 12, 1, tzinfo=UTC)
    assert on_call(shown.rotas["公关值班"], (), monday, shown.calendars) == "周宁"
    assert on_call(shown.rotas["组长"], (), monday, shown.calendars) == "周宁"


def test_nothing_is_needed() -> None:
    assert roster("locale: en") == load(ROOT / "config.yaml", {}).roster() == Roster({}, {}, {})


def test_everything_is_taken() -> None:
    everything = roster(
        """
        timezone: America/New_York
        people:
          - {name: 林夏, role: 公关, email: lin@example.com, handles: {dingtalk: "138", wecom: lin}}
          - {name: 周宁}
        calendars:
          - {name: nights, week: {mon-sun: ["22:00-06:00"]}}
          - name: short
            timezone: Asia/Shanghai
            week: {tue: ["10:00-12:00"], thu-fri: []}
            make_up_day: tue
            days: {"2026-11-11": ["08:00-09:00", "10:00-24:00"], "2026-11-14": work}
        rotas:
          - {name: nights, people: [林夏, 周宁], start: "2026-01-05 22:00", turn_hours: 8}
          - name: days
            people: [周宁]
            start: "2026-01-05 00:00"
            turn_days: 2
            timezone: Europe/Berlin
            calendar: short
        """
    )
    lin = Person("林夏", "公关", {"dingtalk": "138", "wecom": "lin"}, "lin@example.com")
    assert everything.people == {"林夏": lin, "周宁": Person("周宁")}
    nights, short = everything.calendars["nights"], everything.calendars["short"]
    assert nights.weekly == ((Window(0, 360), Window(1320, 1440)),) * 7
    assert nights.zone == ZoneInfo("America/New_York")
    assert short.hours(date(2026, 11, 11)) == (Window(480, 540), Window(600, 1440))
    assert short.hours(date(2026, 11, 14)) == (Window(600, 720),)
    assert short.hours(date(2026, 11, 12)) == ()
    one, two = everything.rotas["nights"], everything.rotas["days"]
    assert (one.turn_hours, one.handover_minute, one.zone) == (8, 1320, nights.zone)
    assert (two.turn_hours, two.starts_on, two.calendar) == (48, date(2026, 1, 5), "short")
    assert two.zone == ZoneInfo("Europe/Berlin")


def test_a_turn_is_a_week_by_default() -> None:
    made = roster(f'{PEOPLE}\nrotas: [{{name: pr, people: [林夏], start: "2026-01-05 09:00"}}]')
    assert made.rotas["pr"].turn_hours == 7 * 24


def test_own_days_win_over_the_notices() -> None:
    calendar = roster(
        """
        calendars:
          - name: office
            week: {mon-fri: ["09:00-17:00"]}
            holidays: CN
            days: {"2026-10-05..2026-10-07": work, "2026-10-10": closed}
        """
    ).calendars["office"]
    worked = [bool(calendar.hours(date(2026, 10, day))) for day in range(1, 11)]
    assert worked == [False] * 4 + [True] * 5 + [False]


@pytest.mark.parametrize(
    ("holidays", "days", "missing"),
    [
        ("CN", "{}", (2027,)),
        ("CN", '{"2027-02-05..2027-02-11": closed}', (2027,)),
        ("CN", '{"2027-02-05..2027-02-11": closed, "2027-10-01..2027-10-07": closed}', ()),
        ("none", "{}", ()),
    ],
)
def test_a_year_that_nobody_has_told_is_missing(
    holidays: str, days: str, missing: tuple[int, ...]
) -> None:
    entry = f"{{name: o, week: {{mon: ['09:00-17:00']}}, holidays: {holidays}, days: {days}}}"
    calendar = roster(f"calendars: [{entry}]").calendars["o"]
    assert missing_years(calendar, datetime(2026, 11, 22, tzinfo=UTC)) == missing


# What is wrong with people


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ("{name: ''}", 'people[0].name: "" is not possible'),
        ("{name: lin, email: lin}", 'people[0].email: "lin" is not possible: write an address'),
        ("{name: lin, handles: {slak: U1}}", 'people[0].handles.slak: "slak" is not possible'),
        ("{name: lin, handles: {dingtalk: 138}}", "put numbers, yes, no and dates in quotes"),
        ("{name: lin, handle: {}}", "people[0].handle: unknown key; did you mean handles?"),
    ],
)
def test_a_wrong_person_is_explained(entry: str, says: str) -> None:
    (sentence,) = problems(f"locale: en\npeople:\n- {entry}")
    assert sentence.startswith("my.yaml:3: people[0].")
    assert says in sentence


@pytest.mark.parametrize(
    ("section", "keys"),
    [
        ("people", ""),
        ("calendars", "week: {mon: ['09:00-10:00']}"),
        ("rotas", "people: [林夏], start: '2026-01-05 09:00'"),
    ],
)
def test_a_name_is_given_once(section: str, keys: str) -> None:
    entry = f"{{name: 林夏, {keys}}}"
    people = "" if section == "people" else PEOPLE
    (sentence,) = problems(f"{people}\n{section}:\n- {entry}\n- {entry}")
    told = f"my.yaml:4: {section}[1].name: '林夏' names two {section}; give each its own"
    assert sentence == told


# What is wrong with calendars


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ('week: {mon: ["25:00-26:00"]}', '.week.mon[0]: "25:00-26:00" is not possible: there is'),
        ('week: {mon: ["09:00"]}', '.week.mon[0]: "09:00" is not possible: write a window as'),
        ('week: {mon: "09:00-12:00"}', '.week.mon: "09:00-12:00" is not possible: write a list'),
        ("week: {mon: [9]}", "put numbers, yes, no and dates in quotes"),
        ('week: {monday: ["09:00-12:00"]}', '.week.monday: "monday" is not possible: write mon,'),
        ('week: {sat-mon: ["09:00-12:00"]}', "the week begins with mon; write two entries"),
        (
            'week: {mon: ["09:00-12:00"], mon-fri: ["09:00-12:00"]}',
            ".week: mon is named twice; keep one",
        ),
        (
            'week: {tue: ["09:00-12:00", "11:00-13:00"]}',
            ".week: tue: 09:00-12:00 and 11:00-13:00 overlap; make one window of them",
        ),
        (
            'week: {mon: ["22:00-06:00"], tue: ["05:00-09:00"]}',
            ".week: tue: 00:00-06:00 and 05:00-09:00 overlap",
        ),
        ("week: {}", ".week: it never opens; give a day a window"),
        ("week: {mon: []}", ".week: it never opens; give a day a window"),
        ("holidays: CN", ".week: is missing; add it"),
    ],
)
def test_a_wrong_week_is_explained(keys: str, says: str) -> None:
    (sentence,) = problems(f"calendars:\n- name: office\n  {keys}")
    assert sentence.startswith("my.yaml:")
    assert says in sentence


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ("timezone: Asia/Peking", '.timezone: "Asia/Peking" is not possible: no such time zone'),
        ("timezone: Asia", '.timezone: "Asia" is not possible: no such time zone'),
        ("holidays: DE", '.holidays: "DE" is not possible'),
        ("holidays: CN, make_up_day: sat", ": make_up_day (sat) has no window in week"),
        ('make_up_day: sat, days: {"2026-11-14": work}', ": make_up_day (sat) has no window"),
        ('days: {"2026-13-01": closed}', '"2026-13-01" is not possible: write a date as'),
        ('days: {"2026-02-29": closed}', '"2026-02-29" is not possible: write a date as'),
        ('days: {"2026-11-12..2026-11-11": closed}', "it ends before it begins"),
        ('days: {"2026-11-12..2027-11-13": closed}', "after over 366 days"),
        ('days: {"2026-11-11": open}', '"open" is not possible: write closed, work, or a list'),
        ('days: {"2026-11-11": [9]}', "write closed, work, or a list of windows"),
        ('days: {"2026-11-11": ["09:00-25:00"]}', "there is no 25:00"),
        ('days: {"2026-11-11": ["22:00-06:00"]}', "and 00:00-06:00 at the next date"),
        ('days: {"2026-11-11": ["09:00-11:00", "10:00-12:00"]}', "overlap"),
        (
            'days: {"2026-11-10..2026-11-12": closed, "2026-11-11": work}',
            "2026-11-10..2026-11-12 and 2026-11-11 both say what 2026-11-11 is; keep one",
        ),
    ],
)
def test_a_wrong_calendar_is_explained(keys: str, says: str) -> None:
    entry = f"{{name: office, week: {{mon-fri: ['09:00-17:00']}}, {keys}}}"
    (sentence,) = problems(f"locale: en\ncalendars:\n- {entry}")
    assert sentence.startswith("my.yaml:3: calendars[0]")
    assert says in sentence


def test_a_date_without_quotes_is_explained() -> None:
    (sentence,) = problems("calendars:\n- {name: o, week: {}, days: {2026-11-11: closed}}")
    assert "the key 2026-11-11 is no text; put it in quotes" in sentence


# What is wrong with rotas


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ("people: []", ".people: a list is not possible: nobody is in this rota"),
        ("people: [林夏, 孙立]", ".people[1]: '孙立' is not among people; add an entry there"),
        ("people: [林夏], calendar: office", ".calendar: there is no calendar 'office'; add it"),
        ("people: [林夏], timezone: Mars", '.timezone: "Mars" is not possible: no such time'),
        ("people: [林夏], turn_days: 0", ".turn_days: 0 is not possible"),
        ("people: [林夏], turn_days: 1, turn_hours: 12", ": turn_days and turn_hours both say"),
        ("people: [林夏], start: 9 am", '.start: "9 am" is not possible: write date and time'),
        ("people: [林夏], start: 2026-01-05 09:00:00", "dates in quotes"),
    ],
)
def test_a_wrong_rota_is_explained(keys: str, says: str) -> None:
    start = "" if "start" in keys else 'start: "2026-01-05 09:00", '
    (sentence,) = problems(f"{PEOPLE}\nrotas:\n- {{name: pr, {start}{keys}}}")
    assert sentence.startswith("my.yaml:3: rotas[0]")
    assert says in sentence


def test_an_account_belongs_to_one_person() -> None:
    source = """
        people:
          - {name: 林夏, handles: {slack: U1, wecom: lin}}
          - {name: 周宁, handles: {slack: U1, dingtalk: lin}}
    """
    (told,) = problems(source)
    assert "people[1].handles.slack" in told
    assert "'U1' is '林夏' already; give each their own" in told
