"""Which of two things a clause calls the better one.

Works on marked text: every name of the watched brand is written `OURS`, every other maker's
`THEIRS`, padded with `PAD` to the length of the name, so that positions stay.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

OURS, THEIRS, PAD = "\ue000", "\ue001", "\ue002"

_NAME = f"[{OURS}{THEIRS}]{PAD}*"
_GOOD = (
    r"好(?!像|比|意思|几|不)|强|香|稳|快(?!递)|靠谱|舒服|便宜|划算|值|耐用|清晰|流畅|贴心|给力|良心|优秀"
    r"|不[卡差慢坑贵吵臭脆烂]|牛(?!奶|肉)|天使|神仙|省心|棒|赞|耐心|亮|专业|满意|厉害|实惠|完美"
    r"|(?<![a-z])(?:better|best|good|great|faster|quicker|cheaper|nicer|easier|stronger|superior"
    r"|amazing|awesome|excellent|an? (?:angel|dream|joy|breeze)|heaven|perfect|reliable|love|wins?"
    r"|actually)(?![a-z])"
)
_BAD = (
    r"差(?!不多)|烂|慢|坑|垃圾|贵|弱|渣|噩梦|地狱|恶心|糟|吵|臭|丑|卡(?!片|路)|脆|难(?:用|吃|喝|看|搞)"
    r"|不(?:好|行|靠谱|稳|值|香|灵)|没法|拉胯|翻车|失望|逊"
    r"|(?<![a-z])(?:worse|worst|bad|awful|terrible|horrible|slower|pricier|inferior|a? ?nightmare"
    r"|joke|hell|trash|garbage|crap|sucks?|never|useless|hate|poor|rubbish)(?![a-z])"
)
# Bad first: 不好 holds 好.
_TONE = re.compile(f"(?P<bad>{_BAD})|(?P<good>{_GOOD})")
_NAMES = re.compile(_NAME)
_SENTENCE_END = re.compile(r"[!?。\n]|\.(?!\d)|//@")

_REGRET = re.compile(
    r"后悔|不如不|悔不|亏大|想换回|想念|怀念|智商税|越用越(?:差|气|烦)|(?<![a-z])(?:regret\w*"
    r"|mistake|worst|(?:bad|terrible) (?:idea|move)|never again|wish i (?:hadn't|never|didn't)"
    r"|want .{0,12}back)"
)
_REFUSED = re.compile(
    r"(?:不会|绝不|决不|不想|不要|没必要|别|不用|不|没)(?:再|要)?$"
    r"|(?:never|don't|won't|not|wouldn't|didn't) $"
)
_DENIED = re.compile(r"(?:不|没|没有)$|(?:not|n't|no|hardly) (?:\w+ )?$")
_OPEN = re.compile(
    r"\?|吗|哪个|哪家|如果|要是|希望|(?<![a-z])(?:which|if|wish (?:it|they|you)|hop(?:e|ing)"
    r"|deserve\w*|expect\w*)(?![a-z])"
)
_NOTHING = re.compile(
    r"(?:(?<![a-z])(?:nothing|no one|nobody|no other \w+)|没有?(?:谁|哪家|什么|人|任何)?能?"
    r"|无人能?|谁也)[\w ]{0,12}$"
)
_REACH_OF_REGRET = 40
_REACH_OF_TONE = 18
_REACH_OF_MEASURE = 120


@dataclass(frozen=True, slots=True)
class Comparison:
    """A comparison in `start`..`end` of a text.

    `better` is `OURS`, `THEIRS`, or empty where the words leave it open; `subject` is what the
    clause is about, `afterwards` what the clauses after it speak of until a name comes, `before`
    what it speaks of that has no name yet. `grounds` are the starts of names that only serve
    as the measure of another.
    """

    start: int
    end: int
    better: str
    subject: str
    afterwards: str
    before: str
    grounds: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Cue:
    """What a comparison is written with.

    The things compared are the last name before the end of `pattern` and the first after it.
    `better` is 1 where the one before is better, -1 where the one after, 0 where the tone of
    the words that follow says it. The clause is about the one before unless it `moves` on to
    the one after; what is only `wished` for is not what the author goes on to speak of.
    """

    hints: tuple[str, ...]
    """Without one of these the pattern is not there: they are quicker to look for."""
    pattern: re.Pattern[str]
    better: int
    moves: bool = False
    wished: bool = False


def _cue(
    better: int, hints: str, pattern: str, *, moves: bool = False, wished: bool = False
) -> Cue:
    return Cue(
        tuple(hints.split("|")), re.compile(pattern.replace("NAME", _NAME)), better, moves, wished
    )


_BY_TONE, _BY_ADJECTIVE, _UNLESS_DENIED = 0, 2, 3
_BUY = r"(?:买|用|选|点|坐|去|入|换)了?(?:个|台|部|家)?"
_EASILY = r"(?:an? |the |my |our |an old )?"


_CUES = (
    _cue(
        -1,
        "早知道|当初|真该|应该|不如|后悔没",
        r"(?:早知道|当初|真该|(?<!不)应该|还不如|不如)(?:就|还不如|该|应该|直接|去)*"
        rf"{_BUY}(?=\s?NAME)|后悔没{_BUY}",
        moves=True,
        wished=True,
    ),
    _cue(
        -1,
        "should|wish ",
        r"(?<![a-z])(?:should(?:'ve| have)|shoulda|wish (?:i|we)(?:'d| had)?) (?:just |never )?"
        r"(?:bought|got|gotten|gone with|stuck with|stayed with|chosen|used|kept|left)"
        rf" {_EASILY}(?=NAME)",
        moves=True,
        wished=True,
    ),
    _cue(
        -1,
        "不如|比不|不及|不敌|输给|赶不上|没法比|不能比|差远|差得远",
        r"不如(?=\s?(?:NAME|以前|从前|之前|上一代|别|其他|隔壁|国产))"
        r"|(?:比不[上了过]|(?<![来赶])不及|不敌|输给|赶不上)(?=\s?NAME)"
        r"|[跟和与](?=\s?NAME[^,]{0,3}(?:没法比|不能比|差[得]?远))",
    ),
    _cue(
        -1,
        "没NAME|没有NAME|没 NAME|没有 NAME|被NAME|被 NAME",
        rf"没有?(?=\s?NAME[^,]{{0,6}}?(?:{_GOOD}))"
        r"|被(?=\s?NAME.{0,4}(?:吊打|碾压|秒杀|甩|完爆))",
    ),
    _cue(
        _BY_TONE,
        "比起|相比|对比|不像|unlike |compared |in comparison |in contrast ",
        r"比起|相比(?:于|较|之下)?|对比|[跟和与]\s?NAME[^,]{0,6}?(?:相比|比起来)|不像(?=\s?NAME)"
        r"|(?<![a-z])(?:unlike|compared (?:to|with)|in (?:comparison|contrast) (?:to|with)) ",
    ),
    _cue(
        1,
        "吊打|碾压|秒杀|完爆|甩|强过|好过|胜过|领先",
        r"吊打|碾压|秒杀|完爆|甩开?了?(?=\s?NAME)|[强好胜]过(?=\s?NAME)|领先于?(?=\s?NAME)",
    ),
    _cue(
        _BY_ADJECTIVE,
        "比",
        r"(?<![对占好无性科])比(?!:|较|如|赛|例|方|特|亚|分|重|心|价|划|拼|邻|武)",
    ),
    _cue(
        -1,
        "还是",
        rf"还是(?=\s?NAME[^,]{{0,8}}?(?:{_GOOD}))"
        r"|还是(?=(?!很|挺|那么|这么|一样|真)[^,]{1,6}香(?!皂|水|菜|蕉))",
        moves=True,
    ),
    _cue(
        -1,
        "换|转|投|改|回归|跳槽|奔|入坑",
        r"(?:换|转|投|改用|改|回归|跳槽|转战|投奔|入坑)(?:成|到|回|了|用|向|为|去)*"
        r"(?:个|台|部|家)?(?=\s?NAME)",
        moves=True,
    ),
    _cue(1, "prefer", rf"(?<![a-z])prefer\w* {_EASILY}NAME[\w' ]{{0,15}}? (?:over|to|than) "),
    _cue(-1, "prefer|miss", rf"(?<![a-z])(?:prefer\w*|miss(?:ing)?) {_EASILY}(?=NAME)", moves=True),
    _cue(
        1,
        "rather than |instead of |over NAME|> NAME",
        rf"(?<![a-z])(?:rather than|instead of) {_EASILY}(?=NAME)"
        r"|(?<=[\w\ue000-\ue002]) (?:over|>) (?=NAME)",
    ),
    _cue(
        -1,
        "t as |t even as |t nearly as |t quite as |nowhere near as |than |inferior to ",
        r"(?:n't|(?<![a-z])not|nowhere near) (?:even |nearly |quite )?as (?:good|great|fast|nice"
        r"|cheap|easy|helpful|comfortable|smooth|reliable)\w* as "
        r"|(?<![a-z])(?:(?:worse|slower|pricier|less \w+) than|inferior to) ",
    ),
    _cue(
        _UNLESS_DENIED,
        "than |superior to ",
        r"(?<![a-z])(?:(?:better|faster|quicker|cheaper|nicer|easier|stronger|smoother|cleaner"
        r"|more (?:reliable|comfortable|helpful|honest))(?: \w+){0,2} than|superior to) ",
    ),
    _cue(
        1,
        "beat|outperform|blows away|destroys|crushes|smokes",
        r"(?<![a-z])(?:beats?|outperforms?|blows away|destroys|crushes|smokes) (?=NAME)",
    ),
    _cue(
        -1,
        "to NAME",
        r"(?<![a-z])(?:switch\w*|mov(?:ed?|ing)|chang(?:ed?|ing)|went|going|go|gone|came|coming"
        rf"|jump(?:ed|ing)) (?:back |over )?(?:from {_EASILY}NAME[\w' ]{{0,12}}? )?(?:back )?"
        rf"to {_EASILY}(?=NAME)",
        moves=True,
    ),
    _cue(
        -1,
        "for NAME|with NAME",
        r"(?<![a-z])(?:left|leaving|ditch\w*|dropp?\w*|dump\w*|trad(?:ed|ing)(?: in)?|swapp\w*"
        rf"|replac\w*) {_EASILY}NAME[\w' ]{{0,12}}? (?:for|with) {_EASILY}(?=NAME)",
        moves=True,
    ),
)


_BY_HINT = {
    hint: tuple(cue for cue in _CUES if hint in cue.hints)
    for hint in dict.fromkeys(hint for cue in _CUES for hint in cue.hints)
}
_HINT = re.compile("|".join(re.escape(hint) for hint in _BY_HINT if "NAME" not in hint))
_ARTICLES = ("", "a ", "an ", "the ", "my ", "our ", "an old ")
# Searched from the name backwards, for names are rarer than the words before them.
_HINT_AT_NAME = re.compile(
    f"[{OURS}{THEIRS}](?:"
    + "|".join(
        f"(?<={hint.removesuffix('NAME')}{article}.)"
        for hint in _BY_HINT
        if hint.endswith("NAME")
        for article in (_ARTICLES if hint.isascii() else ("", " "))
    )
    + ")"
)
_AT_NAME = tuple(cue for cue in _CUES if any("NAME" in hint for hint in cue.hints))


@dataclass(frozen=True, slots=True)
class _Clause:
    """A clause of marked text with the names in it, and what the clauses before are about."""

    text: str
    start: int
    end: int
    inherited: str
    names: tuple[re.Match[str], ...]


def cues(text: str) -> tuple[Cue, ...]:
    """Return what marked text compares with; mostly nothing, which is quick to see."""
    wanted = [cue for hint in set(_HINT.findall(text)) for cue in _BY_HINT[hint]]
    if _HINT_AT_NAME.search(text):
        wanted += _AT_NAME
    if not wanted:
        return ()
    present = {id(cue) for cue in wanted if cue.pattern.search(text)}
    return tuple(cue for cue in _CUES if id(cue) in present)


def compare(
    text: str, stretch: tuple[int, int], inherited: str, found: tuple[Cue, ...]
) -> Comparison | None:
    """Read the first comparison in a clause of marked text; None where there is none.

    `inherited` is what the clauses before are about: `OURS`, `THEIRS`, or empty; `found` what
    `cues` returned for the text.
    """
    names: tuple[re.Match[str], ...] | None = None
    for cue in found:
        match = cue.pattern.search(text, *stretch)
        if match:
            names = names or tuple(_NAMES.finditer(text, *stretch))
            compared = _read(cue, match, _Clause(text, *stretch, inherited, names))
            if compared:
                return compared
    return None


def _read(cue: Cue, found: re.Match[str], clause: _Clause) -> Comparison | None:
    if cue.better == _BY_TONE:
        return _by_tone(found, clause)
    better = _direction(cue, found, clause)
    left = next((n for n in reversed(clause.names) if n.end() <= found.end()), None)
    right = next((n for n in clause.names if n.start() >= found.end()), None)
    if better is None or not (left or right or clause.inherited):
        return None
    left_is, right_is = _sides(cue, left, right, clause.inherited)
    if left_is == right_is:
        return None
    winner = left_is if better > 0 else right_is if better < 0 else ""
    measured = left if cue.moves else right
    subject = right_is if cue.moves else left_is
    last = right.end() if right else found.end()
    tone = _TONE.search(clause.text, last, clause.end)
    return Comparison(
        start=min(found.start(), left.start()) if left else found.start(),
        end=tone.end() if tone else last,
        better=winner,
        subject=subject,
        afterwards=left_is if cue.wished else subject,
        before="" if left else left_is,
        grounds=(measured.start(),) if measured else (),
    )


def _sides(
    cue: Cue, left: re.Match[str] | None, right: re.Match[str] | None, inherited: str
) -> tuple[str, str]:
    """Return what stands on both sides; what has no name is not what is named beside it."""
    right_is = right.group()[0] if right else THEIRS
    if left:
        return left.group()[0], right_is
    if inherited and (inherited != right_is or not cue.moves):
        return inherited, right_is
    return _opposite(right_is), right_is


def _direction(cue: Cue, found: re.Match[str], clause: _Clause) -> int | None:
    """Return 1 where what stands before is better, -1 where what follows, 0 where it is open."""
    start = max(0, found.start() - 14)
    ahead = clause.text[start : found.start()]
    denied = bool(_DENIED.search(ahead)) and not _NOTHING.search(ahead)
    better = cue.better
    if better == _BY_ADJECTIVE:
        reach = min(clause.end, found.end() + _REACH_OF_TONE)
        tone = _TONE.search(clause.text, found.end() + 1, reach)
        if not tone or (denied and tone["bad"]):
            return 0 if tone else None
        better = -1 if tone["bad"] or denied else 1
    elif better == _UNLESS_DENIED:
        better = -1 if denied else 1
    if _OPEN.search(clause.text, start, clause.end):
        return 0
    if not cue.moves and _NOTHING.search(ahead):
        return -better
    if cue.moves and not cue.wished:
        around = clause.text[start : found.end() + _REACH_OF_REGRET]
        if _REFUSED.search(ahead) or _REGRET.search(around):
            return -better
    return better


def _by_tone(found: re.Match[str], clause: _Clause) -> Comparison | None:
    """Read "compared with A, B is …": A is the measure, B may come after the clause."""
    text, names = clause.text, clause.names
    ground = next((name for name in names if name.end() > found.start()), None)
    if not ground:
        return None
    measure = ground.group()[0]
    reach = min(len(text), ground.end() + _REACH_OF_MEASURE)
    limit = _SENTENCE_END.search(text, ground.end(), reach)
    stop = limit.start() if limit else reach
    earlier = [name for name in names if name.end() <= found.start()]
    rest = _NAMES.finditer(text, ground.end(), stop)
    later = next((name for name in rest if name.group()[0] != measure), None)
    begin = later.end() if later and not earlier else ground.end()
    tone = _TONE.search(text, begin, stop)
    subject = _opposite(measure)
    return Comparison(
        start=min(found.start(), ground.start()),
        end=tone.end() if tone else max(clause.end, ground.end()),
        better="" if not tone else subject if tone["good"] else measure,
        subject=subject,
        afterwards=subject,
        before="",
        grounds=(ground.start(),),
    )


def _opposite(side: str) -> str:
    return THEIRS if side == OURS else OURS
