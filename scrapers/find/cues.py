"""Words by which English pages say what became of a programme, what a body asks for, and where a review stands.

Used both ways: to read a candidate out of a passage, and to find the passage that supports a row of the register.
All patterns are matched against folded text (see text.fold): lower case, hyphens as blanks.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from scrapers.find.verbs import forms, parted

_CLASS: Final = re.compile(r"(\[[^\]]*\])")


def _any(*patterns: str) -> re.Pattern[str]:
    """One pattern of several. A blank in them also stands for a blank beside a quotation mark: what somebody said is
    often quoted in part. Those that begin at the edge of a word share it, so that a text is tried only where words
    begin."""
    parts = [part for pattern in patterns for part in _alternatives(pattern)]
    at_edge = "|".join(part[2:] for part in parts if part.startswith(r"\b"))
    others = [part for part in parts if not part.startswith(r"\b")]
    joined = "|".join(([rf"\b(?:{at_edge})"] if at_edge else []) + [rf"(?:{part})" for part in others])
    parts = _CLASS.split(joined)
    return re.compile(
        "".join(part if n % 2 else part.replace(" ", r"(?:['\"]? +['\"]?)") for n, part in enumerate(parts))
    )


def _alternatives(pattern: str) -> list[str]:
    """A pattern cut at the bars that stand in no group."""
    found, depth, start, place = [], 0, 0, 0
    while place < len(pattern):
        sign = pattern[place]
        if sign == "\\":
            place += 1
        elif sign == "[":
            place = pattern.index("]", place + 2)
        elif sign == "|" and not depth:
            found.append(pattern[start:place])
            start = place + 1
        depth += (sign == "(") - (sign == ")")
        place += 1
    return [*found, pattern[start:]]


BEGIN: Final = (
    "begin began begun", "start", "launch", "introduce", "adopt", "implement", "roll +out", "set set +up", "establish",
    "mobilise", "commence", "deploy", "bring brought +in", "bring brought +into use", "take took taken +up",
    "take took taken +on", "sign +up", "join", "open", "found", "form",
    "create", "put put +in place", "stand stood +up",
    "inaugurate", "go went gone +live", "get got +going", "get got +under way", "get got +off the ground", "kick +off",
    "switch +on", "instal", "install", "embrace", "come came +on board", "get got +up and running",
)  # fmt: skip
END: Final = (
    "end", "cease", "discontinue", "decommission", "disband", "terminate", "withdraw withdrew withdrawn", "scrap",
    "drop", "axe", "abandon", "abolish", "dissolve", "retire", "dismantle", "ditch", "jettison", "quit quit", "exit",
    "wind wound +up", "wind wound +down", "stand stood +down", "close", "close +down", "shut shut +down", "pull +out",
    "opt +out", "walk +away", "step +away", "step +back", "pull +back", "back +out",
    "bow +out", "drop +out", "phase +out",
    "bin", "junk", "shed shed", "kill +off", "wash +its hands of", "turn +their backs on", "do did done +away with",
    "pull +the plug", "call +time", "call +a halt",
    "call +it a day", "part +company", "cut cut +ties", "sever",
    "cut cut +loose", "draw drew drawn +a line under", "turn +its back on",
    "expire", "lapse", "run ran +its course", "conclude",
    "finish", "cancel", "give gave given +up",
    "dispense +with", "turn +away from", "move +away from", "break broke +off",
    "break broke broken +up", "fold", "relinquish", "get got +rid of", "remove +itself", "bid +farewell",
)  # fmt: skip
PAUSE: Final = (
    "pause", "suspend", "freeze froze frozen", "mothball", "put put +on hold", "put put +on ice", "place +on hold",
    "put put +on pause", "park", "stay +in abeyance", "hold held +in abeyance", "press +pause",
    "hit hit +pause", "interrupt",
)  # fmt: skip
_USE: Final = (
    r"(?:us(?:e|ed|ing)|adopt(?:ed|ing)?|implement(?:ed|ing)?|introduc(?:e|ed|ing)|run(?:ning)?|ran|operat(?:e|ed|"
    r"ing)|"
    r"deliver(?:ed|ing)?|deploy(?:ed|ing)?|pilot(?:ed|ing)?|trial(?:led|ling)?|launch(?:ed|ing)?|roll(?:ed|ing)? out|"
    r"commission(?:ed|ing)?|follow(?:ed|ing)?|had|have|been (?:part|involved|a member|a partner)|tak(?:e|en) part|"
    r"participat(?:e|ed|ing)|employ(?:ed|ing)?|embed(?:ded)?|sign(?:ed)? up|offer(?:ed|ing)?|provid(?:e|ed|ing)|"
    r"host(?:ed|ing)?|"
    r"ma(?:ke|de|king) (?:any )?use of|set(?:ting)? up|established?|"
    r"join(?:ed|ing)?|belong(?:ed|ing)?|subscribed?|enter(?:ed)? into|"
    r"work(?:ed|ing)? (?:with|to|under|within)|brought in|taken (?:it |this )?(?:up|on)|tried|start(?:ed|ing)?|begun|"
    r"(?:played|had|taken) (?:a|any) part|contribut(?:ed|ing)|staffed|seconded|placed|assigned|provided|"
    r"(?:gone|went|go) live|(?:gone|go) ahead|practi[sc]ed|applied|done)"
)
_MEMBER: Final = (
    r"(?:part|parties|members?|signator(?:y|ies)|partners?|users?|sites?|party|participants?|participating|involved|"
    r"adopters?|connected|engaged|signed up|among|one of|on board|a host|hosts?|affiliated|enrolled|associated)"
)
_ADVERB: Final = (
    r"(?:\s+(?:currently|now|also|ever|actively|formally|knowingly|itself|yet|previously|still|directly|"
    r"routinely|presently|in any way|at present|to date|so far|even|once|itself|themselves|officially)){0,2}"
)
_NOT_HELD: Final = (
    r"(?! (?:any |this |the |such )?(?:\w+ )?(?:information|records?|data|to hand|correspondence|copies))"
)

NEVER: Final = _any(
    rf"\bnever(?<!should\snever)(?<!must\snever)(?<!would\snever)(?<!could\snever)(?<!will\snever)(?<!to\snever)"
    rf"{_ADVERB}\s+(?:been\s+)?(?:{_USE})\b"
    rf"{_NOT_HELD}",
    rf"\bnever (?:\w+ )?(?:been )?,?(?:an? |the |in any way )?(?:\w+ )?{_MEMBER}\b",
    rf"\bnever (?:has|have|had|did|was|were|is|are) (?:[\w']+ ){{1,9}}?(?:{_USE}|{_MEMBER}|in (?:use|place))\b",
    r"\b(?:has|have|had) (?:had )?(?:no|never had(?: any)?) (?:\w+ )?(?:involvement|part in|dealings|"
    r"connection|links?|hand in)\b",
    r"\b(?:played|took|taken|had) no part\b",
    r"\bthere (?:has|have|had|was|were) (?:never|not)(?: ever)? (?:been )?(?:an?|any)\b",
    rf"\b(?:neither|none|no one|nobody|not one|not a single)\b.{{0,120}}?\b(?:has|have|had) (?:ever )?(?:been )?"
    rf"(?:{_USE}|{_MEMBER})\b",
    rf"\bno (?:such )?(?:officers?|staff|nurses?|teams?|schemes?|members? of|employees?)\b.{{0,80}}?"
    rf"\b(?:has|have|had) (?:ever )(?:been )?(?:{_USE}|{_MEMBER})\b",
    rf"\b(?:was|were) (?:not|never)(?: \w+)? (?:{_USE}|{_MEMBER}|in use|in place)(?: \w+){{0,6}} at any "
    r"(?:time|point|stage)\b",
    r"\bnever (?:has|have|had) been\b",
    r"\bnever (?:was|were) (?:in place|in use|part|introduced|adopted|implemented)\b",
    r"\bnever (?:been )?(?:in (?:use|place|operation)|live|active|operational|available|established|set up)\b",
    r"\b(?:has|have|had|did)(?: not|n't)(?: \w+){0,2} at any (?:time|point|stage)\b",
    r"\bat no (?:time|point|stage) (?:has|have|had|did)\b",
    rf"\b(?:has|have|had)(?: not|n't){_ADVERB}\s+(?:been )?(?:an? )?(?:{_USE}|{_MEMBER})\b{_NOT_HELD}"
    r"(?!.{0,60}\bsince\b)",
    rf"\bdid(?: not|n't){_ADVERB}\s+(?:adopt|sign up|join|set up|have|become|use|implement|introduce|run|"
    rf"operate|pilot|launch|take part|"
    rf"participate|proceed|go ahead|take (?:it|this|that|the \w+) (?:any further|further|forward))\b",
)
DENIED: Final = _any(
    rf"\b(?:does|do)(?: not|n't){_ADVERB}\s+(?:use|operate|run|participate|employ|follow|deliver|provide|offer|"
    rf"commission|have|support|subscribe|take part|make (?:any )?use|belong|work (?:with|under|to)|host|"
    rf"practi[sc]e)\b"
    rf"{_NOT_HELD}",
    rf"\b(?:is|are)(?: not|n't| in no way| neither)(?: \w+){{0,2}} (?:an? |the )?(?:\w+ )?(?:{_MEMBER}|using|"
    r"running|operating|in place|in use|working (?:with|under|to|in)|employ(?:ed|ing)|taking part|offered|used|"
    r"signed up|delivering|commissioned|seconded|assigned|attached)\b",
    r"\b(?:has|have) no (?:such )?(?:\w+ ){0,3}(?:teams?|schemes?|programmes?|model|involvement|part in|officers?|"
    r"nurses?|staff|dealings|connection|links?|arrangement|agreement|contract|membership|role)\b(?! who)",
    r"\b(?:denie[sd]|deny|denying|reject(?:s|ed)|dismiss(?:es|ed)|refute[sd]?|dispute[sd]?) "
    r"(?:(?:the |any |all )?(?:claims?|suggestions?|reports?|rumours?|allegations?|idea) )?(?:that )?"
    r"(?:(?!\bend|\bstop|\bpause|\bsuspend|\bclos|\bwithdr)[\w']+ ){0,9}?(?:us(?:es|ed|e|ing)|runs?|running|ran|"
    r"operat\w+|tak(?:es|ing|en) part|took part|"
    r"part of|having|involve(?:d|ment)|adopt(?:ed|ing)|implement(?:ed|ing)|participat\w+|members?|signed up|"
    r"launched|introduc(?:ed|ing)|deploy(?:ed|ing)|in (?:place|use)|work(?:s|ed|ing) (?:under|with|within|to|in|"
    r"on))\b",
    r"\bnot (?:currently )?(?:in place|in use|in operation|operational|running|used|operated|implemented|"
    r"offered|available) (?:in|by|at|within|here|"
    r"anywhere)\b",
    r"\b(?:does|do)(?: not|n't) (?:form|make) (?:any )?part of\b|\bno truth (?:in|to) (?:the )?(?:reports?|"
    r"claims?|rumours?|"
    r"suggestions?|idea)\b|"
    r"\bplays? no part\b|\bnothing to do with\b",
    r"\b(?:none|not one|not a single (?:one|officer|nurse|team)|neither|no one|"
    r"nobody) (?:of )?(?:\w+ ){0,4}?(?:uses?|"
    r"runs?|operates?|(?:is|are) (?:\w+ )?(?:using|part|involved|running|working|attached|seconded|assigned|"
    r"employed|deployed|placed|in|on))\b",
    r"\bno (?:\w+ ){0,4}?(?:officers?|nurses?|staff|teams?|patients?) (?:\w+ ){0,4}?(?:is|are) (?:\w+ )?(?:working|"
    r"employed|used|using|involved|seconded|assigned|attached|placed|deployed|part|on)\b",
    r"\bthere (?:is|are) no (?:\w+ ){0,5}(?:teams?|schemes?|programmes?|service|officers?)\b(?! who)",
    r"\bno teams? (?:is|are|were|was)? ?(?:in place|operating|running)\b",
)
_ENDING: Final = forms(
    "end", "cease", "discontinue", "terminate", "withdraw", "close", "drop", "scrap", "wind +up", "wind +down",
    "pull +out", "disband", "abandon", "axe", kinds=("ing",),
)  # fmt: skip
NEGATIVE: Final = re.compile(
    r"n't|\b(?:n(?:o|ot|ever|one|either|obody|or|othing)|den(?:y|ies|ied|ying)|reject|dismiss|refut|disput|plays)"
)
"""What every denial holds: asked ahead of the long patterns."""
_UP: Final = parted(
    "wind wound +up", "wind wound +down", "close +down", "stand stood +down", "shut shut +down",
    "phase +out", "call +off",
    "pull +out", "take took taken +away", "take took taken +out", "give gave given +up", "lay laid +to rest",
    "bring brought +to an end",
)  # fmt: skip
_IN: Final = parted(
    "roll +out", "set set +up", "bring brought +in", "take took taken +up", "take took taken +on",
    "put put +in place", "keep kept +going", "keep kept +on", "keep kept +running", "get got +going",
    "get got +up and running", "bring brought +to",
)  # fmt: skip
_BEGIN_OR_USE: Final = forms(
    *BEGIN, "use", "run", "operate", "have", "employ", "offer", "host", "deliver", "take part", "try",
    kinds=("base",),
)  # fmt: skip
NO_MORE: Final = _any(
    r"\b(?:no longer|no more)\b",
    r"\b(?:not|(?:has|have|does|do|did|is|are|was|were)n't)\b(?=.{0,70}\b(?:any ?more|any longer)\b)",
    rf"\b(?:has|have|had)(?: not|n't) (?:been )?(?:{_USE}|{_MEMBER}|running|in use|"
    rf"in operation)\b(?: \w+){{0,8}} since\b",
    r"\b(?<!should\s)(?<!may\s)(?<!could\s)(?:was|were|be|been|is|are)(?: not|n't) (?:\w+ )?(?:renewed|extended|"
    r"continued|kept on|"
    r"carried on|retained|replaced)\b",
    r"\b(?:did|do|does)(?: not|n't|n't) (?:\w+ )?(?:renew|extend|continue)\b",
)
"""What says that something was and is no more: to be asked before "not" is taken for a denial."""
ENDED: Final = _any(
    rf"\b{forms(*END, kinds=('past', 's'))}\b(?! of day)",
    rf"\b{_ENDING}\b",
    rf"\b(?:told|instructed|ordered|directed) (?:its|their|our|all) (?:\w+ )?(?:officers|staff|nurses|teams?|"
    rf"clinicians|managers)\s+"
    rf"{forms(*END, 'stop', 'leave', kinds=('base',))}\b",
    rf"\b(?:decided|chose|agreed|chosen|resolved|voted|opted|elected|determined|decision) (?:\S+ ){{0,9}}?\s*"
    rf"(?:to|that it would|it would)? *(?:now |immediately |formally )?"
    rf"{forms(*END, 'stop', 'leave', kinds=('base',))}\b(?! of)",
    r"\b(?:stop(?:ped|ping|s)|stopping)\b(?! (?:her|him|me|them|us|you|people|patients|service users|anyone|"
    r"someone|short)\b)",
    rf"\b{_UP}\b",
    rf"\b(?:first|latest|second|third|last|only|newest|next) (?:\w+ ){{0,3}}to "
    rf"{forms(*END, 'stop', 'leave', 'pull out', kinds=('base',))}\b",
    r"\bleft\b",
    r"\b(?:will|shall|would) (?:not (?:continue|be (?:renewed|continued|extended))|(?:play|take|"
    r"have) no (?:further|more) part)\b",
    r"\bno (?:further|more) part\b",
    r"\b(?:ground|grinds|grinding|shuddered|screeched|juddered|stuttered) to an? (?:halt|stop|end)\b",
    r"\b(?:bring|brings|brought|bringing|draw|draws|drew|drawn|drawing|come|comes|came|coming)\b.{0,90}?\b(?:to )?"
    r"(?:an|its) end\b",
    r"\b(?:bring|brings|brought|bringing|draw|draws|drew|drawn|drawing|come|comes|came|coming)\b.{0,90}?"
    r"\bto a (?:\w+ )?(?:close|halt|conclusion|stop)\b",
    r"\b(?:put|puts|putting) (?:an end|a stop|paid) to\b",
    rf"\bno longer{_ADVERB}\s+(?:{_USE}|{_MEMBER}|uses|runs|operates|operational|running|in (?:place|use|operation)|"
    rf"active|exists?|available|delivers|funded|commissioned|participates|belongs|has|employs|hosts|offers|provides|"
    rf"tak(?:es|ing)|makes|maintains|works|live|places)\b",
    r"\b(?:is|are|was|were) no longer\b(?! (?:\w+ )?(?:able|comment|willing|publish|content|sure|clear|answer|"
    r"respond|recommend|endors|support|promot|acceptable|permitted|allowed|possible|secret|news|in doubt))",
    r"\b(?:not|(?:has|have|does|do|did|is|are|was|were)n't)\b.{0,70}\b(?:any ?more|any longer)\b",
    rf"\b(?:has|have|had)(?: not|n't) (?:been )?(?:{_USE}|{_MEMBER}|running|in use|"
    rf"in operation)\b(?: \w+){{0,8}} since\b",
    r"\b(?:is|are|was|were) no more\b|\b(?:brought|brings|rang|rung|come|came|comes|"
    r"fell) (?:down )?(?:the )?(?:final )?curtain\b|"
    r"\bcurtain (?:came|comes|has come|fell|falls|has fallen|was brought) down\b|\blet\b.{0,70}?\b(?:expire|lapse|"
    r"drop|go|run out)\b|\b(?:has|have|had|was|were) (?:now )?(?:run|ran) out\b|\ba halt (?:has been |was |"
    r"had been )?(?:called|put)\b|"
    r"\b(?:final|last) (?:patient|referral|case|client|service user)s? (?:was|were|left|had)\b|"
    r"\b(?:been|was|were|is|are) (?:\w+ )?(?:consigned to history|laid to rest|killed off|broken up|wound down|"
    r"given up|"
    r"taken (?:out of (?:use|service)|away)|shelved for good|stopped for good)\b",
    r"\b(?:was|were|been|is)(?: not|n't) (?:\w+ )?(?:renewed|extended|continued)\b",
    r"\b(?:did|do|does)(?: not|n't) (?:\w+ )?(?:renew|extend|continue)\b",
    r"\b(?:use|operation|delivery) (?:of (?:the )?[\w ]{1,40})?(?:has |had |was |been )*(?:ended|ceased|stopped)\b",
    r"\bhalt(?:ed|s) (?:its|the|their|all|use|using)\b(?!.{0,60}\b(?:pending|while|until)\b)",
    r"\b(?:axing|(?:is|are|was|were) (?:now )?(?:over|finished|gone|defunct|"
    r"at an end|a thing of the past|history)\b(?! \d))",
    r"\b(?:last|final) (?:day|shift|session|week|month) (?:of|was)\b|\bceased to (?:be|exist|operate|use)\b",
    r"\bgone (?:for good|its separate way)|\bwent (?:its|their) separate ways?\b",
)
PAUSED: Final = _any(
    rf"\b{forms(*PAUSE)}\b",
    r"\b(?:stood|stand|standing|stands)\b.{0,40}?\bdown\b.{0,60}\b(?:pending|while|until|for now|temporarily)\b",
    r"\b(?:suspension|on (?:hold|ice|pause)|in abeyance|(?:temporarily|provisionally|for (?:now|the time being),?) "
    r"(?:stopped|halted|ceased|closed|withdrawn|stood down|shut|ended|discontinued))\b",
    r"\b(?:halted|stopped|ceased|stood down|withdrawn|closed|withdrew|stand(?:s)? down)\b.{0,60}\b(?:pending|while|"
    r"until|for (?:now|the time being|the moment)|temporarily|as a precaution)\b",
    r"\b(?:take|taking|takes|accept|accepting|accepts) no (?:more|new|further) (?:\w+ )?(?:referrals?|cases?|"
    r"patients?|people)\b|"
    r"\bto a temporary (?:halt|stop|end|close)\b|\b(?:put|placed|set|held|kept|left)\b.{0,90}?"
    r"\b(?:on (?:hold|ice|pause)|in abeyance)\b|\b(?:is|are|was|were|been|lies?|lying) (?:\w+ )?(?:dormant)\b",
    r"\b(?:stopped|closed|not|no longer) (?:\w+ )?(?:taking|accepting|to)(?: any)? new (?:referrals|cases|patients|"
    r"people)\b|\btook no (?:more|new|further) referrals\b",
)
PLANNED: Final = _any(
    r"\b(?:plans?|planned|planning|intends?|intending|intention|due|set|expects?|expected|aims?|aiming|hopes?|"
    r"hoping|scheduled|timetabled|slated|poised|gearing up|geared up|on track|on course|in line|committed|"
    r"preparing|prepares|about|ready|going|ambition|objective|lined up|working towards?|looking forward) (?:is )?to "
    r"(?:be )?(?:\w+ )?(?:launch\w*|introduc\w*|adopt\w*|implement\w*|"
    r"pilot\w*|trial\w*|start\w*|begin|began|go(?:ing)? live|roll\w* out|run|set(?:ting)? up|take (?:up|on)|"
    r"establish\w*|deliver\w*|join\w*|open\w*|mobilis\w*|commence\w*|use|bring in|sign up|come on stream)\b",
    r"\b(?:will|shall|'ll)(?: soon| now| also| then| jointly| formally)* (?:be )?(?:launch\w*|introduc\w*|adopt\w*|"
    r"implement\w*|pilot\w*|trial\w*|"
    r"start\w*|begin\w*|go(?:ing)? live|roll\w* out|set(?:ting)? up|take (?:up|on)|brought in|bring(?:ing)? in|"
    r"establish\w*|join\w*|open\w*|commence\w*|mobilis\w*|run\b|come on stream|become (?:the \w+|an? \w+)|"
    r"get (?:going|under way)|sign(?:ing)? up|deploy\w*|create\w*)",
    r"\b(?:decided|chose|agreed|chosen|resolved|voted|opted|elected|approved|approval)\b.{0,60}?\s*(?:to )? *(?:now |"
    r"formally )?(?:launch|introduce|adopt|implement|pilot|trial|start|begin|go live|roll out|set up|establish|join|"
    r"open|bring in|take up)\b",
    r"\b(?:approved|agreed|signed off|given (?:the )?(?:go ahead|green light) (?:to|for)|gave (?:the )?(?:go ahead|"
    r"green light) (?:to|for)|backed plans for) (?:the )?(?:introduction|adoption|launch|implementation|roll out|"
    r"rollout|pilot|start|a pilot)\b",
    r"\b(?:launch|start|go live|opening|implementation|mobilisation|roll out|"
    r"rollout)(?: date)?(?: \w+){0,4} (?:is|has "
    r"been|was) (?:now )?(?:planned|due|expected|scheduled|set|pencilled|timetabled)\b",
    r"\b(?:working towards?|preparing for|ahead of|in the run up to|countdown to|plans? for|prior to|date for|"
    r"awaiting|"
    r"preparations for) (?:the |a |its |their |our )?(?:\w+ )?(?:launch|introduction|start|roll out|rollout|"
    r"implementation|adoption|"
    r"opening|go live|mobilisation|arrival|pilot|trial)\b",
    r"\b(?:anticipated|planned|expected|proposed|target) (?:start|launch|go live|commencement|implementation)"
    r"(?: date)?\b",
    r"\b(?:will|shall|is to|are to) (?:\w+ )?be \w+ed (?:\w+ )?(?:under|through|by|as part of|within|on|with)\b",
    r"\bgoes live (?:in|on|next)\b(?=.{0,20}\b(?:next|spring|summer|autumn|winter|later)\b)",
    r"\b(?:is|are) (?:in the process of|preparing for|mobilising|planning|planned|being set up|being introduced)\b",
    r"\b(?:launch|start|go live date|implementation|mobilisation) (?:is )?(?:planned|due|expected|scheduled)\b",
    r"\bplanning (?:a|an|the|its|their)\b",
)
PILOTING: Final = _any(
    r"\b(?:pilot(?:ed|ing|s)?|trial(?:led|ling|s)?|test site|testbed|test bed|proof of concept|tested|trying out|"
    r"tried out|testing|trying|piloting|on trial|pathfinder|trailblazer|on a trial basis|"
    r"experiment(?:ed|ing)?|try ?out|trial run)\b(?! by fire)",
)
LIVE: Final = _any(
    r"\b(?:launched|launches|went live|gone live|goes live|going live since|is live|are live|live since|been live|"
    r"now live|live in|live from)\b",
    r"\b(?:introduced|adopted|implemented|rolled out|rolling out|set up|established|mobilised|embedded|commenced|"
    r"deployed)\b",
    rf"\b{forms(*BEGIN, kinds=('past', 's'))}\b",
    rf"\b{_IN}\b",
    rf"\b(?:continues?|continued|known|first|latest|second|third|last|only|newest|went on|gone on|chose|chosen|"
    rf"came) to (?:\w+ )?{_BEGIN_OR_USE}\b",
    r"\b(?:that|which|who) (?:\w+ )?(?:use|run|operate|deliver|offer|host|employ|belong to|take part|practise)\b",
    r"\b(?:is|are|was|were) (?:\w+ )?(?:taking (?:up|on|part)|adopting|joining|signing up|implementing|"
    r"introducing|delivering)\b",
    r"\b(?:carr(?:ies|ied|y|ying) on (?:with|using|running)|persist(?:s|ed|ing)? (?:with|in)|stick(?:s|"
    r"ing)? with|stuck with|"
    r"retain(?:s|ed)|press(?:es|ed)? (?:on|ahead) with|stands? by)\b",
    r"\b(?:has|have) (?:now |also |already |long )?had\b|\b(?:sees|saw|marks|marked|celebrates|celebrated|"
    r"since) the (?:\w+ )?"
    r"(?:launch|introduction|start|arrival|opening|adoption) of\b",
    r"\b(?:home to|consists of|is made up of|comprises|is staffed by|is based (?:at|in)|brought to|found (?:in|"
    r"at|across))\b",
    r"\b(?:has|have|had) (?:\w+ ){1,4}(?:officers?|nurses?|constables?|sergeants?|staff|mentors?|clinicians?|people) "
    r"(?:\w+ )?(?:attached|seconded|assigned|posted|dedicated|working|embedded|on|in)\b",
    r"\b(?:does|do) (?:indeed |currently |still )?(?:use|operate|run|have|take part|make use|offer|provide|"
    r"employ|host|"
    r"deliver|participate|belong)\b",
    r"\b(?:alive and well|thriving|flourishing|going strong|in full swing|here to stay|well established|part of the "
    r"furniture|available (?:to|in|at|across|from|for)|on offer)\b",
    r"\b(?:reached|arrived (?:at|in)|came to|spread to|spread into|extended to|expanded (?:to|into)|made its way to|"
    r"taken root (?:in|at)|took root (?:in|at)|landed (?:in|at)|crossed into)\b",
    r"\b(?:has|have|had|is|are) (?:been )?(?:\w+ )?\w{3,}ing\b.{0,50}?\b(?:under|through|as part of|within)\b",
    r"\bopened (?:its|their) doors\b|\b(?:brought|came|come|comes) (?:into (?:use|force|effect|being|operation)|on "
    r"stream)\b|\b(?:got|gets) (?:going|under way|off the ground|up and running)\b",
    r"\b(?:took|taken|accepted|received|saw|seen) (?:on )?(?:its|their|the|our) first (?:\w+ )?(?:referrals?|"
    r"patients?|cases?|clients?|people|service users?)\b",
    r"\bfirst (?:\w+ )?(?:referrals?|patients?|cases?|clients?|service users?) (?:was|were|came|joined)\b",
    r"\b(?:became|become|been|is|are|was|were|remains?) (?:an? |the |one of the )?(?:\w+ )?(?:members?|"
    r"participants?|partners?|part|"
    r"adopters?|users?|signed up|involved)\b(?= (?:of|in|to|with)?)",
    r"\b(?:have|has|had) (?:had )?(?:\w+ ){0,2}(?:officers?|nurses?|staff|constables?|sergeants?|mentors?|"
    r"clinicians?|practitioners?) (?:\w+ )?(?:in|on|within|working|seconded|assigned|attached|posted|embedded)\b",
    r"\b(?:seconded|assigned|attached|posted|dedicated) (?:\w+ ){0,4}?(?:officers?|nurses?|constables?|"
    r"sergeants?) to\b",
    r"\b(?:takes|took|taken|taking|takes) part\b|\bparticipat(?:es|ed|ing)\b|\bbelongs? to\b|\b(?:makes|made|making) "
    r"use of\b|\b(?:employed|employing|offers|offered|offering|hosting|maintains)\b(?! by)",
    r"\b(?:has|have|had) (?:\w+ )?run\b",
    r"\b(?:operates|operated|operating|runs|ran|running|uses|used|using|delivers|delivered|delivering|hosts|"
    r"hosted|provides|employs)\b",
    r"\b(?:has|have|had) (?:been (?:using|running|operating|delivering|part of|a member of|implementing|"
    r"working (?:with|under))|(?:a|an|its own|two|three|four|\d+) (?:\w+ ){0,3}teams?)\b",
    r"\b(?:in place|in use|in operation|up and running|fully operational|operational)\b",
    r"\b(?:started|began|begun|joined|signed up|took up|taken up|brought in)\b",
    r"\bimplementing\b",
    r"\b(?:brought together|worked (?:with|together)|works with|working (?:with|together)|partnered|teamed up|"
    r"joined forces)\b.{0,160}?\bto (?:implement|deliver|run|introduce|provide|launch)\b",
    r"\bwork(?:s|ed|ing)? (?:alongside|together|jointly|side by side|with)\b.{0,120}?\b(?:under|as part of|"
    r"through)\b",
    r"\bfirst\b(?: \w+){0,5} to (?:try|use|adopt|introduce|run|launch|take (?:it |this )?up|operate|implement|set up|"
    r"have|bring in|sign up|join|host|offer)\b",
    r"\b(?:still|both|now|currently|also|police|trusts?|constabulary|forces?|teams?|they|we) (?:both |still |now |"
    r"also |currently )*(?:run|use|operate|deliver|have in place)\b",
)  # fmt: skip
SIMILAR: Final = _any(
    r"\b(?:similar (?:model|scheme|programme|approach|service|to)|based on|modelled on|inspired by|a version of|"
    r"variant of|adapted from|"
    r"akin to|own version|local version|successor to|continue[sd]? under|"
    r"under (?:a|an|another|its|their) (?:\w+ )?name|"
    r"rebranded|re branded|renamed|rebadged|re badged|re ?named|formerly (?:known as|called)|in all but name|"
    r"(?:badge|label|name|logo|sign) (?:taken off|removed|changed|filed off|scraped off)|"
    r"in everything but (?:the )?name|by another name|(?:by|under) (?:a|some) (?:\w+ )?(?:other|different|new) name|"
    r"(?:new|different|fresh|another) (?:name|badge|label|banner|title|guise)|look ?alike|carbon copy|copy of|"
    r"clone of|"
    r"evolved (?:from|into|out of)|grew out of|descend(?:ed|ant)|much the same|the same (?:model|scheme|thing|idea|"
    r"principles?|approach|lines)|closely (?:resembles|follows|mirrors)|resembles|mirrors|bears a resemblance|"
    r"along (?:the )?(?:same |similar )?lines|in the (?:style|mould|spirit) of|borrow(?:s|ed) from|draws? on|"
    r"built on|"
    r"elements of|principles of|echoes of|hallmarks of|equivalent (?:to|of))\b",
)
STATUS: Final = {
    "never": NEVER,
    "denied": DENIED,
    "paused": PAUSED,
    "ended": ENDED,
    "planned": PLANNED,
    "piloting": PILOTING,
    "similar-model": SIMILAR,
    "live": LIVE,
    "reviewed": _any(r"\breview(?:ed|s|ing)?\b"),
    "not-answered": _any(
        r"\b(?:refused|not answered|no (?:reply|answer|response)|exempt\w*|withheld|section \d+|not held|overdue|"
        r"unanswered)\b"),
}  # fmt: skip
BARE_STATUS: Final = {
    "never": re.compile(
        r"(?:never(?: taken part| part| a member| been| introduced| run| live| operated| signed up| joined|"
        r" used| adopted| in place)?|not adopted|not used)"
    ),
    "paused": re.compile(
        rf"(?:currently |now |temporarily )?(?:paused?|suspended|on (?:hold|ice|pause)|in abeyance|"
        rf"{forms(*PAUSE, kinds=('past',))}|"
        r"temporarily (?:closed|stopped|withdrawn))"
    ),
    "ended": re.compile(
        rf"(?:now |since )?(?:stopped|withdrew|left|over|defunct|{forms(*END, kinds=('past',))}|"
        r"no longer (?:live|running|active|in (?:use|place)|used|operating|operational))"
    ),
    "planned": re.compile(r"(?:planned|planning|in development|mobilising|pending|to follow|scoping)"),
    "piloting": re.compile(r"(?:pilot(?:ing|ed)?|trial|pilot site)"),
    "live": re.compile(
        rf"(?:now |still |currently |fully )?(?:live|active|running|operational|operating|in (?:place|use|"
        rf"operation)|yes|using|current|ongoing|up and running|{forms(*BEGIN, kinds=('past',))})"
    ),
    "denied": re.compile(
        r"(?:no|none|not (?:in (?:place|use|operation)|used|running|live|part|a member)|does not use)"
    ),
}
"""A whole cell of a table."""

HEDGE: Final = _any(
    r"\b(?:wrongly|incorrectly|mistakenly|erroneously|fear(?:s|ed|ing)?|suspect(?:s|ed|ing)?|wonder(?:s|ed|ing)?|"
    r"speculat\w+|assum\w+|predict\w*|imagine[sd]?|threaten(?:s|ed|ing)?|lobb(?:y|ied|ying)|demand(?:s|ed|ing)?|"
    r"call(?:s|ed|ing)? (?:for|on|upon)|urg(?:e|es|ed|ing)|press(?:ed|ing)? (?:for|to)|ask(?:s|ed|ing)? .{1,60} to|"
    r"in the event|were to|supposing|weigh(?:s|ed|ing)? up|toy(?:ed|ing) with|debat(?:e|ed|ing) whether|"
    r"hypothetical\w*|"
    r"gossip|hearsay|contrary to|campaign(?:s|ed|ing)? (?:for|to)|brink of|about to (?:walk|leave|pull|drop|end|"
    r"stop)|"
    r"minded to|open to|vow(?:s|ed)? to (?:end|stop|scrap|fight)|worr(?:y|ied) that|want(?:s|ed)?)\b",
    r"\b(?:considering|considered|consider|exploring|explored|explore|discussing|discussed|in discussions?|"
    r"in talks|looking (?:at|into)|scoping|"
    r"thinking about|keen to|interested in|interest in|option of|options? (?:for|including)|feasibility|mooted|"
    r"deciding|decide whether|"
    r"possibility|possible|potential(?:ly)?|proposal|proposed|proposes|proposing|approached|invited|encouraged|"
    r"bid (?:for|to)|"
    r"business case (?:for|to)|recommended (?:that|to|for)|asked (?:if|whether|to|about)|whether|unless|"
    r"were (?:it|they) to|if (?:it|they|the|we)|"
    r"may|might|could|would (?:like|consider|have|be)|should|ought|must not|wants? to|wish(?:es)? to|"
    r"rumou?rs?|unclear|not clear|unconfirmed|understand(?:s|ing)? (?:if|whether))\b",
    r"\b(?:den(?:y|ies|ied|ying)|refut(?:e|es|ed)|reject(?:s|ed) (?:claims?|reports?|suggestions?)|dismiss(?:es|"
    r"ed))\b",
    r"\b(?:know|sure|say|see|wonder|tell (?:you|us|me|them)|clear|asked|ask|learn|find out|check(?:ed|ing)?) if\b",
    r"\b(?:not|(?:do|does|did|ca|wo|could|would|have|has)n't) (?:\w+ )?(?:mean|imply|suggest|say|confirm|show|"
    r"prove|follow|know|think|believe)\b",
    r"\bno (?:current |firm |immediate )?plans?\b",
    r"\bnot (?:currently )?plan(?:ning)?\b",
    r"\bdecided (?:not to|against)\b",
    r"\b(?:turned|voted) (?:it )?down\b|\brejected\b|\bdeclined\b",
    r"\bhopes? that\b",
    r"\bnot (?:true|correct|right|the case) that\b|\b(?:untrue|incorrect|inaccurate|false|wrong|mistaken)\b",
)  # fmt: skip
REPORTED: Final = _any(
    r"\b(?:believed|thought|reported(?:ly)?|alleged(?:ly)?|claimed|claims?|said|understood|appears?|apparently|"
    r"according to|seems?) ",
)
QUESTION: Final = re.compile(
    r"\?\s*[\"')\]]*$|^\W*(?:request(?: \w+)?|your (?:request|question)s?|information (?:requested|"
    r"sought))\s*\d*\s*:|"
    r"^\W*(?:you (?:have )?(?:also )?(?:asked|requested|wrote|wished|wanted|sought)|we were asked|i (?:wish|"
    r"want) to)\b|"
    r"^\s*(?:q\d*[.:)]|question\s*\d*[.:)]|\d+[.)]\s*(?:please|does|has|do|did|is|are|when|how|"
    r"what|which)|"
    r"please (?:could you|can you|would you|confirm|state|provide|tell|advise|supply|send|disclose|list|specify)|"
    r"(?:can|could|would) you (?:please )?(?:confirm|tell|provide|state|advise)|(?:i|we) (?:would like|am writing|"
    r"are writing|(?:request|ask)\b(?! .{0,80} to (?:halt|stop|end|pause|suspend|publish|apologise|drop|scrap|"
    r"ban|review)))\b)"
)


@lru_cache(maxsize=4096)
def is_question(folded: str) -> bool:
    """Whether a sentence asks or requests."""
    return QUESTION.search(folded.strip()) is not None


_CALL: Final = (
    r"(?:call(?:s|ed|ing)? (?:up)?on .{0,70}?to|(?:re ?new(?:s|ed)? |repeat(?:s|ed)? |back(?:s|ed)? |"
    r"support(?:s|ed)? |"
    r"issue[sd]? |join(?:s|ed)? |made |makes )?(?:a |its |their |the |our )?call(?:s|ed|ing)? (?:to|for)|"
    r"demand(?:s|ed|ing)?|"
    r"urg(?:e|es|ed|ing)|ask(?:s|ed|ing)?(?: for)?|want(?:s|ed)?|insist(?:s|ed)?(?: on| that)?|recommend(?:s|ed|"
    r"ing)?|"
    r"petition(?:s|ed)? for|must|should|plead(?:s|ed|ing)?|implor(?:e|es|ed|ing)|beg(?:s|ged)?|appeal(?:s|ed|ing)? "
    r"(?:to|for)|press(?:es|ed|ing)? for|push(?:es|ed|ing)? for|lobb(?:y|ies|ied|ying)|campaign(?:s|ed|"
    r"ing)? (?:for|to)|"
    r"needs? to|ought to|(?:it is|it's) (?:high )?time(?: \w+)? to|would like|say(?:s)? .{0,60}? (?:must|should)|"
    r"believe[sd]? .{0,60}? (?:must|should)|favou?rs?|in favour of|seek(?:s|ing)?|sought|propose[sd]?|wish(?:es|"
    r"ed)?(?: to see)?|hopes? to see)"
)
_HALT_VERB: Final = forms(
    "halt",
    "stop",
    "suspend",
    "pause",
    "end",
    "scrap",
    "drop",
    "ban",
    "abandon",
    "axe",
    "abolish",
    "withdraw withdrew withdrawn",
    "discontinue",
    "cease",
    "outlaw",
    "close +down",
    "shut shut +down",
    "wind wound +up",
    "freeze froze frozen",
    "decommission",
    "disband",
    "dismantle",
    "shelve",
    "consign",
    "prohibit",
    "terminate",
    kinds=("base", "past"),
)
_CHECK: Final = (
    r"(?:reviews?|inquiry|inquiries|enquiry|investigations?|evaluations?|investigated?|reviewed|scrutiny|"
    r"scrutini[sz]ed?|audit(?:ed)?|examin(?:e|ed|ation)|looked (?:at|into)|look (?:at|into)|probe|evaluated?|"
    r"assessed|"
    r"fact finding|inspect(?:ion|ed))"
)
POSITION: Final = {
    "calls-for-halt": _any(
        rf"\b{_CALL}\b"
        rf".{{0,90}}?\b(?:halt(?:ed|ing)?|be {_HALT_VERB}|stop(?:ped|ping)?\b(?! (?:and|to) think)|suspen(?:d|"
        rf"ded|sion)|"
        r"paus(?:e|ed)|(?:an |the |its )?(?:immediate )?end (?:to|of)|cease[sd]?|"
        r"withdrawn|withdrawal|scrapped|abolished|abolition|immediate end|moratorium|a ban|banned|brought to an end|"
        r"stopped|closure|scrapping|ending of)\b",
        r"\b(?:call(?:s|ed|ing)? (?:up)?on|urg(?:e|es|ed|ing)|ask(?:s|ed|ing)?|implor(?:e|es|ed|ing)|appeal(?:s|"
        r"ed|ing)? "
        r"to|plead(?:s|ed|ing)? with|beg(?:s|ged|ging)?|"
        r"press(?:es|ed|ing)?|(?:tell(?:s|ing)?|told)(?! you)|want(?:s|ed)?|would like|call(?:s|ed|ing)? for)\b"
        rf".{{0,70}}? to (?:\w+ )?(?:be )?{_HALT_VERB}\b",
        r"\b(?:has|have) no place in\b|\bsays? no to\b",
        r"\b(?<![\w,'\"]\s)(?:end|stop|halt|ban|scrap|suspend|pause|abolish)\b(?! (?:of|and|date|result))",
    ),
    "calls-for-review": _any(
        r"\b(?:call(?:s|ed|ing)? for|campaign(?:s|ed|ing)? for|call to|"
        r"calls? (?:up)?on .{0,60}?(?:to|for)|called (?:up)?on .{0,60}?(?:to|for)|"
        r"demand(?:s|ed|ing)?|urg(?:e|es|ed|ing)|ask(?:s|ed|ing)? (?:for|that)|"
        r"ask(?:s|ed|ing)? .{0,60}? to (?:be )?(?:hold|commission|conduct|set up|carry out|order|launch|look|examine|"
        r"investigate|review|scrutini[sz]e|evaluate|open|publish)|want(?:s|ed)?|recommend(?:s|ed|ing)?|"
        r"request(?:s|ed)?|press(?:es|ed|ing)? for|push(?:es|ed|ing)? for|plead(?:s|ed)? for|appeal(?:s|ed)? for|"
        r"lobb(?:y|ies|ied|ying) for|insist(?:s|ed)? (?:on|that)|would like(?: to see)?|"
        r"need(?:s|ed)? (?:for|to be)|there (?:must|should|ought to|needs to) be|in favour of|favou?rs?|"
        r"seek(?:s|ing)?|"
        r"sought|(?:must|should|ought to) be)\b"
        rf".{{0,90}}?\b{_CHECK}\b",
        rf"\b{_CHECK}\b.{{0,40}}\b(?:is (?:essential|needed|necessary|required|overdue|long overdue)|"
        r"must be (?:held|carried out|set up|ordered)|should be (?:held|carried out|set up|ordered))\b",
    ),
    "supports-concerns": _any(
        r"\b(?:share[sd]?|sharing|support(?:s|ed|ing)?|echo(?:es|ed|ing)?|endorse[sd]?|back(?:s|ed|ing)?|"
        r"agree[sd]? with|"
        r"recognise[sd]?|acknowledge[sd]?|st(?:and|ands|ood|anding) (?:with|by|behind|alongside)|in solidarity|"
        r"solidarity with|sympathi[sz]e[sd]? with|side[sd]? with|lend(?:s)?|lent|throw(?:s|n)?|threw|"
        r"put(?:s)? its name|"
        r"add(?:s|ed|ing)? (?:its|their|our) (?:name|voice|weight|support|signature)s?|sign(?:s|ed)|join(?:s|ed|"
        r"ing)?)\b"
        r".{0,80}?\b(?:concerns?|campaign(?:ers)?|coalition|statement|(?:open )?letter|worr(?:y|ies)|calls?|"
        r"alarm|unease|"
        r"anxiet(?:y|ies)|fears?|objections?|criticisms?|survivors|movement|disquiet|opposition)\b",
        r"\b(?:is|are|was|were|remain[s]?|being|am|feel[s]?|felt|been) (?:\w+ ){0,2}?(?:concerned|worried|"
        r"alarmed|troubled|"
        r"uneasy|disturbed|appalled|dismayed|anxious|uncomfortable|horrified|shocked|perturbed|apprehensive)\b",
        r"\b(?:has|have|had|express(?:es|ed|ing)?|raise[sd]?|raising|voice[sd]?|voicing|register(?:s|ed)?|spoke of|"
        r"speaks? of|state[sd]?|set out|sets out|air(?:s|ed)?|outlin(?:es|ed)) (?:\w+ ){0,4}(?:concerns?|"
        r"worries|doubts|"
        r"misgivings|reservations|unease|alarm|disquiet|anxiet(?:y|ies)|fears|objections)\b",
    ),
    "welcomes-review": _any(
        r"\b(?:welcom(?:e|es|ed|ing)|applaud(?:s|ed)?|prais(?:e|es|ed)|hail(?:s|ed)?|(?:is|are|was|were|am) (?:\w+ )?"
        r"(?:pleased|glad|delighted|relieved|heartened|encouraged|grateful)|greet(?:s|ed)|thank(?:s|ed)?|"
        r"(?:good|great|welcome) news)\b.{0,90}?\b(?:review(?:s|ed)?|inquiry|investigation|"
        r"evaluation|decision|announcement|letter|position|guidance|move)\b",
    ),
    "apologises": _any(
        r"\b(?:apologis(?:e|es|ed|ing)|apolog(?:y|ies)|(?:is|are|were|was|am|says?|said|saying) (?:\w+ ){0,2}sorry|"
        r"say(?:s|ing)? sorry|(?:express\w*|voic\w*|stat\w*|spoke) (?:\w+ ){0,3}(?:regrets?|remorse|contrition)|"
        r"(?:deeply |bitterly |very much |sincerely |profoundly )?regrets? (?:its|their|our|that|having|the|any|ever|"
        r"promoting|giving|publishing)|beg(?:s|ged)? (?:for )?forgiveness)\b"),
    "withdraws": _any(
        r"\b(?:withdr(?:aw|aws|ew|awn|awing)|remov(?:e|es|ed|ing)|rescind(?:s|ed|ing)?|retract(?:s|ed|"
        r"ing)?|revok(?:e|es|ed|ing)|take[sn]? (?:back|down)|took (?:back|down)|pull(?:s|ed)|strip(?:s|ped)|"
        r"cancel(?:s|led)|"
        r"disown(?:s|ed)?|delet(?:es|ed)|end(?:s|ed)|cease[sd]?|renounc(?:es|ed)|drop(?:s|ped)|recant(?:s|ed)?)\b"
        r".{0,60}?\b(?:support|endorsement|backing|"
        r"statement|article|paper|award|prize|honour|name|material|page|blessing|accreditation|sponsorship|logo|"
        r"recommendation|approval|praise|case study|affiliation|post|blog|association)\b",
        r"\bno longer (?:\w+ )?(?:support(?:s|ing)?|endors(?:e|es|ed|ing)|back(?:s|ing)?|promot(?:e|es|ed|ing)|"
        r"recommend(?:s|ing)?|associat\w+|stand(?:s)? (?:by|behind)|champion(?:s)?|commend(?:s)?|advocat\w+|"
        r"lends? its (?:name|support))\b",
        r"\b(?:not|(?:does|do|did)n't) (?:endorse|support|back|promote|recommend)\b.{0,60}\b(?:any ?more|"
        r"any longer)\b",
        r"\b(?:distanc(?:e|es|ed|ing)|dissociat(?:e|es|ed|ing)|disassociat(?:e|es|ed|ing)) (?:itself|themselves|"
        r"ourselves|"
        r"himself|herself)\b|\b(?:cut|cuts|cutting|sever(?:s|ed)?|broke|broken) (?:all |its |their )*(?:ties|"
        r"links)\b|"
        r"\bback(?:s|ed) away from\b|\bturn(?:s|ed) its back on\b",
    ),
    "supports-programme": _any(
        r"\b(?:praise[sd]?|commend(?:s|ed)?|champion(?:s|ed)?|promote[sd]?|proud|celebrat\w+|success(?:ful)?|"
        r"benefit(?:s|ed)?|award winning|"
        r"improv(?:e|es|ed|ements?)|defend(?:s|ed)?|(?:support(?:s|ed)?|endorse[sd]?|back(?:s|"
        r"ed)?) (?:the )?(?:model|programme|scheme|roll out|rollout|adoption|spread))\b",
    ),
    "sets-policy": _any(
        r"\bmust (?:no longer|not|cease|stop|be (?:stopped|eradicated|ended))\b",
        r"\b(?:should|must) (?:be )?(?:ensure|review|eradicated?)\b",
        r"\b(?:position statement|policy|guidance|standard|expectation)\b",
        r"\b(?:no longer|not) (?:\w+ )?(?:permitted|allowed|authori[sz]ed|sanctioned)\b",
    ),
    "neutral": _any(
        r"\b(?:neither .{0,50} nor|no (?:position|view)|does not (?:endorse|mandate|take)|not (?:mandate[sd]?|"
        r"endorse[sd]?)|aware of (?:the )?(?:concerns|campaign)|note[sd]?|will (?:examine|consider|look))\b",
    ),
}  # fmt: skip
ASKS: Final = {
    "halt": _any(
        r"\b(?:halt(?:ed|ing)?|stop(?:ped)?|suspen(?:d|ded|sion)|cease[sd]?|paus(?:e|ed)|(?:an |"
        r"immediate )end (?:to|of)|"
        r"scrap(?:ped|ping)?|moratorium|withdrawn|abolish(?:ed)?|ban(?:ned)?|discontinue[d]?|brought to an end|"
        r"axe[d]?|"
        r"(?:to|be) (?:end|drop|abandon)(?:ed|ped)?)\b"),
    "independent-review": _any(
        r"\b(?:independent(?:ly)?|public|national|external|full|urgent|transparent|judge led|outside|impartial|"
        r"thorough)\b.{0,40}?\b(?:review(?:ed)?|inquiry|investigat(?:ion|ed)|evaluat(?:ion|ed))\b",
        r"\b(?:review|inquiry|investigation)\b.{0,30}\bindependent\b",
    ),
    "publish-reviews": _any(
        r"\b(?:publish(?:ed|ing)?|publication|releas(?:e|ed|ing)|make public|made public|making public|"
        r"disclos\w+)\b.{0,60}?\b(?:reviews?|findings|policy|report|results?|statement|outcome)\b"),
    "co-production": _any(r"\bco ?produc\w*",
        r"\b(?:experts? by experience|lived experience|service users?|survivors)\b", r"\b(?:in partnership with|"
        r"collaborat\w+|co ?develop\w*|co ?design\w*)\b"),
    "evidence": _any(r"\b(?:evidence(?: base)?|evaluat\w+|data|research|outcomes?|clinical trial)\b"),
    "legal-review": _any(r"\b(?:legal(?:ity)?|lawful(?:ness)?|human rights|equality act|law)\b"),
    "data-protection": _any(
        r"\b(?:data (?:protection|sharing|portal|processing)|gdpr|confidential(?:ity)?|privacy|"
        r"information (?:sharing|governance)|records?)\b"),
    "apology": _any(r"\bapolog\w+|\bsorry\b"),
    "trauma-informed-care": _any(r"\btrauma\b"),
    "stop-police-role": _any(r"\b(?:police|policing|officers?)\b"),
    "guidance": _any(r"\b(?:guid(?:ance|elines?)|policy|standards?|framework)\b"),
    "funding": _any(r"\b(?:fund(?:s|ed|ing)?|invest\w*|resourc\w+|money)\b"),
}  # fmt: skip

REVIEW_WORD: Final = re.compile(
    r"\b(?:review(?:s|ed|ing)?|inquiry|inquiries|investigations?|evaluations?|audits?|policy|position statement|"
    r"report)\b"
)
_R: Final = r"(?:reviews?|inquiry|inquiries|enquiry|investigations?|evaluations?|audits?|probe|examination|assessment)"
_OUT: Final = (
    r"(?:reviews?|inquiry|report|findings|evaluation|policy|investigation|audit|results|conclusions|assessment)"
)
REVIEW_STATE: Final = {
    "called-for": _any(
        r"\b(?:call(?:s|ed|ing)? (?:for|on)|ask(?:s|ed)?(?: for)?|demand(?:s|ed)?|recommend(?:s|ed)?|urg(?:e|es|"
        r"ed)|request(?:s|ed)?|began|first statement)\b"),
    "announced": _any(
        r"\b(?:announc(?:e|es|ed|ing)|commission(?:s|ed|ing)|commit(?:s|ted)? (?:itself )?to|promis(?:e|es|ed)|"
        r"launch(?:es|"
        r"ed)|instruct(?:s|ed)|pledg(?:e|es|ed)|agreed (?:to|that)|set(?:s|ting)? up|order(?:s|ed|ing)|"
        r"establish(?:es|ed)|"
        r"confirmed (?:that )?(?:there|it) (?:will|would)|unveil(?:s|ed)|declar(?:es|ed)|appoint(?:s|ed)|"
        r"undert(?:ook|aken)|"
        r"vow(?:s|ed)|initiat(?:es|ed)|resolved|decided|"
        rf"said (?:that )?(?:there|it) (?:will|would))\b.{{0,70}}?\b{_R}",
        rf"\b{_R}\b.{{0,110}}?\b(?:was|were|has been|have been|"
        r"had been) (?:\w+ )?(?:announced|commissioned|ordered|promised|launched|agreed|set up|established|"
        r"initiated)\b",
        rf"\b{_R}\b.{{0,110}}?\b(?:is to be|will be|would be|will now be) (?:\w+ )?(?:commissioned|launched|held|"
        rf"set up|"
        r"carried out|undertaken|conducted|established|led)\b",
        r"\b(?:will|would|to) (?:now )?(?:look (?:again )?(?:at|into)|examine|scrutini[sz]e|evaluate|review|"
        r"(?:carry out|conduct|hold|undertake|lead|begin|start|"
        r"open) an? (?:\w+ )?"
        r"(?:review|inquiry|investigation|evaluation|audit)|be reviewed|investigate)\b",
        r"\b(?:ask(?:s|ed|ing)?|wrote to|written to|writing to|instructed|required|told|directed|"
        r"requested)\b.{0,90}?\b(?:to (?:review|carry out|conduct|undertake|look again at|examine))\b",
    ),
    "under-way": _any(
        rf"\b(?:{_R}|work)\b.{{0,100}}?\b(?:under way|underway|ongoing|"
        r"on going|in progress|in train|going on|still (?:running|open|at work)|continu(?:es|ing)|(?:has|have|"
        r"had|is) (?:now )?(?:begun|started|"
        r"commenced|opened)|"
        r"began|begun|started|commenced|got going|kicked off|opened|"
        r"(?:is|are|was|were) (?:now |still |currently )?being (?:carried out|conducted|undertaken|done|led)|being "
        r"reviewed|(?:is|are) (?:now |still |currently )?(?:looking|taking evidence|at work|hearing))\b",
        r"\b(?:began|begun|started|is|are|was|were|currently|commenced|opened) (?:\w+ )?(?:reviewing|"
        r"its (?:\w+ )?review|their "
        r"(?:\w+ )?review|(?:a|the|an|our|her|his) (?:\w+ ){0,2}?(?:review|inquiry|investigation|evaluation|audit)|"
        r"investigating)\b",
        rf"\b(?:under way|underway|in progress|work has (?:begun|started))\b.{{0,30}}\b{_R}\b",
        r"\b(?:in the (?:course|process|middle) of|busy) (?:reviewing|investigating|evaluating|examining)\b",
        rf"\b(?:carrying out|conducting|undertaking|in the middle of|part way through|"
        rf"midway through) (?:\w+ ){{0,3}}?{_R}\b",
    ),
    "delayed": _any(
        r"\b(?:delay(?<!without\sdelay)(?<!further\sdelay)(?:s|ed)?|postpone(?:d|ment)?|put (?:back|off)|deferred|"
        r"pushed back|overdue|"
        r"not yet (?:been )?(?:published|released|appeared)|still (?:unpublished|awaited|waiting|"
        r"not (?:been )?(?:published|"
        r"out|appeared))|later than (?:planned|expected|promised)|held up|(?:run|ran) into (?:\w+ )?delays?|"
        r"beset by delays?|slipped|slipping|behind (?:schedule|time)|"
        r"running late|yet to (?:be (?:published|released|completed)|publish|release|complete|report|finish|"
        r"appear|see the light)|"
        r"missed its (?:\w+ )?deadline|"
        r"(?:has|have|had)(?: not|n't) (?:yet )?(?:appeared|materialised|been (?:published|released|completed|"
        r"finished|seen))|"
        r"not (?:now )?(?:due|expected|be (?:ready|published|finished)) (?:until|before)|kicked into the long grass|"
        r"taking longer|set back|rescheduled|months late|weeks late|late(?= in))\b",
    ),
    "completed": _any(
        rf"\b(?:{_R}|report)\b.{{0,110}}?\b(?:(?:is|was|were|has been|"
        r"have been|had been|now|are) (?:now |at last |finally )?(?:complet(?:e|ed)|concluded|finished|"
        r"finalised|done|wrapped "
        r"up|closed|over|signed off)|(?:has|have|had) (?:now |at last |finally )?(?:concluded|finished|ended|"
        r"reported|"
        r"wound up|come to an end)|concluded|found that|ended|finished|reported (?:back|its findings)|came to an end|"
        r"drew to a close|wrapped up|"
        r"complet(?:e|ed))\b",
        r"\b(?:complet(?:ed|ing|ion(?: of)?)|conclud(?:ed|ing)|finished|finalised|wrapped up|wound up|"
        rf"(?:has|have|had) (?:carried out|conducted)|brought to an end)\b.{{0,40}}?\b{_R}",
    ),
    "published": _any(
        r"\b(?<!not\s)(?:publish(?:es|ed|ing)|released?|releases|made public|publication of|brought out|put out|"
        r"issued|"
        r"disclosed|posted|unveiled|shared)\b.{0,60}?\b(?:review|inquiry|"
        r"investigation|findings|report|evaluation|policy|audit|assessment|results)\b",
        rf"\b{_OUT}\b.{{0,110}}?\b(?:was|were|has been|have been|is|had been|"
        r"are) (?:now |finally |at last |eventually |quietly |also |belatedly |at long last |then |"
        r"duly )*(?:published|"
        r"released|made public|out|issued|made available|disclosed|put on(?:line| the)|posted|available|placed on)\b",
        rf"\b{_OUT}\b.{{0,80}}?\b(?:came out|come out|comes out|appeared|saw the light of day)\b",
    ),
    "abandoned": _any(
        r"\b(?:(?:will|would|shall) not\b.{0,24}\b(?:publish(?:ing)?|releas(?:e|ing)|disclos(?:e|ing)|"
        r"be (?:published|released|held|"
        r"made public))|"
        r"abandon(?:ed|s)?|dropped|scrapped|shelved|cancelled|gone back on|went back on|called off|binned|"
        r"ditched|"
        r"axed|(?:will|would|shall) (?:now )?not (?:now |after all )?(?:be )?(?:publish|released?|go ahead|"
        r"made public|"
        r"take place)(?:ed)?|will never be (?:published|released|made public)|"
        r"(?:does|did|do)(?: not|n't) (?:plan|intend) to (?:publish|release)|"
        r"decided (?:not to|against) (?:publish|releas|go)\w*|refus(?:ed|es|ing) to (?:publish|release)|no (?:plans?|"
        r"intention) (?:to|of) (?:publish|releas)\w*|not (?:formally )?published|"
        r"(?:is|was) not (?:now )?(?:to be|going to be) (?:published|released|held)|withheld|instead of|"
        r"kept (?:secret|"
        r"private|under wraps)|never to be published)\b",
    ),
    "accepted": _any(
        r"\b(?:accept(?:s|ed|ing)|agreed|endorsed|signed off|adopted|approved|"
        r"backed)\b.{0,60}?\b(?:recommendations?|findings|"
        r"conclusions|report|policy|review)\b",
        r"\b(?:recommendations?|findings|conclusions|policy)\b.{0,40}?\b(?:were|was|been|"
        r"are) (?:\w+ )?(?:accepted|agreed|"
        r"signed off|approved|adopted)\b",
    ),
    "implemented": _any(
        r"\b(?:implement(?:ed|ing|s)?|acted (?:up)?on|carried out|put (?:in place|into (?:effect|practice))|"
        r"delivered)\b.{0,60}?\b(?:recommendations?|findings|actions?)\b",
        r"\b(?:recommendations?|findings|actions?)\b.{0,90}?\b(?:were|was|been|are|"
        r"have been|have (?:all|now|since) been) (?:\w+ )?(?:implemented|"
        r"carried out|acted (?:up)?on|put in(?:to)? (?:place|effect|practice)|completed|delivered)\b",
    ),
}  # fmt: skip
