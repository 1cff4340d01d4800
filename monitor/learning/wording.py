"""What is said of models, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from monitor.learning.gate import Objection

OBJECTIONS: Final[Mapping[str, Mapping[str, str]]] = {
    "zh": {
        "too_few": "已更正的帖子只有 {n} 条，至少要 {needed} 条，数字才说明问题",
        "no_gain": "没有学过的更正并没有判得更好（宏 F1 至少要提高 {gain}）",
        "one_worse": "情感与投诉两项中有一项变差了 {fall}",
        "by_chance": "变对 {gained} 个、变错 {lost} 个，可能只是碰巧",
        "worse_on": "在“{set}”上变差了 {fall}",
    },
    "en": {
        "too_few": "only {n} posts were corrected; figures mean something from {needed} on",
        "no_gain": "corrections it did not learn from are not answered better "
        "(macro-F1 must rise by {gain})",
        "one_worse": "of polarity and complaint, one became worse by {fall}",
        "by_chance": "{gained} answers became right and {lost} wrong: it may be chance",
        "worse_on": "it is worse on “{set}” by {fall}",
    },
}
WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "zh": {
        "refused": "{version} 没有更好，不予启用：",
        "changed": "现在由 {now} 判断（此前：{before}）；运行中的服务几秒内生效",
        "alone": "原评分器",
        "trained": "{version} 已训练并进入影子运行；数字为宏 F1",
        "may": "✓ 可以启用：shifen model promote",
        "may_not": "✗ 暂不可启用：",
        "none": "还没有模型：先更正判断（POST /api/v1/corrections），再运行 shifen train。",
        "rescore": "历史重判（{version}）：{done} / {total}，新判断 {changed} 条，{state}",
        "running": "进行中",
        "done": "已完成",
        "superseded": "已被取代",
        "candidate": "候选",
        "shadow": "影子",
        "active": "启用",
        "retired": "停用",
        "corrections": "更正（未学过的部分）",
        "ours": "自带样帖",
        "set": "集合",
        "posts": "帖数",
        "label_base": "情感 原",
        "label_now": "情感 新",
        "complaint_base": "投诉 原",
        "complaint_now": "投诉 新",
        "version": "版本",
        "state": "状态",
        "trained_at": "训练时间",
        "shadowed": "影子一致",
        "figures": "更正 原→新",
    },
    "en": {
        "refused": "{version} is not better and was not promoted:",
        "changed": "{now} judges now (before: {before}); a running service follows within seconds",
        "alone": "the scorer alone",
        "trained": "{version} was learnt and runs in the shadow; figures are macro-F1",
        "may": "✓ it may be promoted: shifen model promote",
        "may_not": "✗ it may not be promoted:",
        "none": "No model yet: correct verdicts (POST /api/v1/corrections), then run shifen train.",
        "rescore": "history judged anew ({version}): {done} of {total}, "
        "{changed} new verdicts, {state}",
        "running": "running",
        "done": "done",
        "superseded": "superseded",
        "candidate": "candidate",
        "shadow": "shadow",
        "active": "active",
        "retired": "retired",
        "corrections": "corrections (not learnt from)",
        "ours": "our own posts",
        "set": "set",
        "posts": "posts",
        "label_base": "polarity old",
        "label_now": "polarity new",
        "complaint_base": "complaint old",
        "complaint_now": "complaint new",
        "version": "version",
        "state": "state",
        "trained_at": "trained",
        "shadowed": "shadow agrees",
        "figures": "corrections old→new",
    },
}


def words_of(locale: str) -> Mapping[str, str]:
    """Return the words of a locale (`zh-CN` or `en`)."""
    return WORDS["zh" if locale.startswith("zh") else "en"]


def sentence(objection: Objection, locale: str) -> str:
    """Say an objection."""
    said = OBJECTIONS["zh" if locale.startswith("zh") else "en"][objection.code]
    return said.format(**objection.figures)
