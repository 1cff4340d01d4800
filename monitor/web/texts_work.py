"""The console's words about silences, duty and customers: Chinese, then English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from monitor.web.texts_alerts import Pair

SILENCES: Final[Mapping[str, Pair]] = {
    "nav.silences": ("静默", "Silences"),
    "silence.about": (
        "静默期间，符合条件的事件照常记录，只是不提醒。紧急事件永远提醒。",
        "Cases that fit are recorded all the same, but nobody is told. Urgent ones always are.",
    ),
    "silence.number": ("静默 #{id}", "Silence #{id}"),
    "silence.current": ("当前", "Now and to come"),
    "silence.none": ("现在没有静默，所有事件都会提醒。", "None: every case is told of."),
    "silence.history": ("历史", "History"),
    "silence.never": ("还没有过静默。", "There has been none yet."),
    "silence.state.in_force": ("生效中", "In force"),
    "silence.state.pending": ("未开始", "To come"),
    "silence.left": ("还剩", "Ends in"),
    "silence.begins_in": ("距开始", "Begins in"),
    "silence.until": ("到 {at}", "until {at}"),
    "silence.holds": ("拦下 {count} 个未结事件", "holds back {count} open cases"),
    "silence.change": ("修改", "Change"),
    "silence.end": ("立即结束", "End now"),
    "silence.new": ("新建静默", "New silence"),
    "silence.change_title": ("修改静默 #{id}", "Change silence #{id}"),
    "silence.brand": ("品牌", "Brand"),
    "silence.platform": ("平台", "Platform"),
    "silence.topic": ("主题", "Topic"),
    "silence.risk": ("风险", "Risk"),
    "silence.language": ("语言", "Language"),
    "silence.author": ("作者", "Author"),
    "silence.any": ("不选表示不限", "none chosen: any"),
    "silence.author_keys": (
        "作者账号（平台:编号，可写多个，可不填）",
        "Accounts (platform:id, several possible, optional)",
    ),
    "silence.severity": ("级别", "Severity"),
    "silence.at_most": ("至多“{severity}”", "at most {severity}"),
    "silence.never_urgent": (
        "紧急事件和可能伤人的风险不会被静默。",
        "Urgent cases, and risks that may harm somebody, are never silenced.",
    ),
    "silence.lasts": ("多久", "How long"),
    "silence.hours": ("{count} 小时", "{count} h"),
    "silence.days": ("{count} 天", "{count} days"),
    "silence.or_until": ("或者到（{zone}）", "or until ({zone})"),
    "silence.reason": ("原因", "Reason"),
    "silence.what": ("静默什么", "What"),
    "silence.from": ("开始", "From"),
    "silence.to": ("结束", "To"),
    "silence.replaces": ("取代 #{id}", "instead of #{id}"),
    "silence.ended_by": ("{who} 提前结束", "ended early by {who}"),
    "silence.preview": ("预览", "Preview"),
    "silence.do": ("开始静默", "Silence"),
    "silence.do_change": ("保存", "Save"),
    "silence.would_hold": (
        "现在会拦下 {count} 个未结事件：",
        "Would hold back {count} open cases:",
    ),
    "silence.would_hold_none": (
        "现在没有未结事件符合条件。",
        "No open case would be held back now.",
    ),
    "silence.made": ("已静默，到 {until}", "Silenced until {until}"),
    "silence.changed": ("已修改，到 {until}", "Changed, until {until}"),
    "silence.ended": ("静默已结束", "The silence has ended"),
    "silence.no_time": ("时间看不懂，请重新填写。", "That is no time; please write it again."),
    "list.older_rows": ("更早的", "Earlier"),
}
