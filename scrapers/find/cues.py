"""Words by which English pages say what became of a programme, what a body asks for, and where a review stands.

Used both ways: to read a candidate out of a passage, and to find the passage that supports a row of the register.
All patterns are matched against folded text (see text.fold): lower case, hyphens as blanks.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_CLASS: Final = re.compile(r"(\[[^\]]*\])")


def _any(*patterns: str) -> re.Pattern[str]:
    """One pattern of several. A blank in them also stands for a blank beside a quotation mark: what somebody said is
    often quoted in part."""
    joined = "|".join(rf"(?:{pattern})" for pattern in patterns)
    parts = _CLASS.split(joined)
    return re.compile(
        "".join(part if n % 2 else part.replace(" ", r"(?:['\"]? ['\"]?)") for n, part in enumerate(parts))
    )


_USE: Final = (
    r"(?:us(?:e|ed|ing)|adopt(?:ed|ing)?|implement(?:ed|ing)?|introduc(?:e|ed|ing)|run(?:ning)?|ran|operat(?:e|ed|"
    r"ing)|"
    r"deliver(?:ed|ing)?|deploy(?:ed|ing)?|pilot(?:ed|ing)?|trial(?:led|ling)?|launch(?:ed|ing)?|roll(?:ed|ing)? out|"
    r"commission(?:ed|ing)?|follow(?:ed|ing)?|had|have|been (?:part|involved|a member|a partner)|tak(?:e|en) part|"
    r"participat(?:e|ed|ing)|employ(?:ed)?|embed(?:ded)?|sign(?:ed)? up|offer(?:ed)?|provid(?:e|ed)|host(?:ed)?)"
)
_ADVERB: Final = (
    r"(?:\s+(?:currently|now|also|ever|actively|formally|knowingly|itself|yet|previously|still|directly|"
    r"routinely)){0,2}"
)

NEVER: Final = _any(
    rf"\bnever{_ADVERB}\s+(?:been\s+)?(?:{_USE})\b",
    r"\bnever been,? (?:an? )?(?:part|members?|signator(?:y|ies)|partners?|users?|sites?|party)\b",
    r"\bnever (?:has|have|had) been\b",
    r"\bnever (?:was|were) (?:in place|in use|part|introduced|adopted|implemented)\b",
    r"\bnever (?:been )?(?:in (?:use|place|operation)|live|active|operational|available|established|set up)\b",
    r"\b(?:has|have|had|did)(?: not|n't)(?: \w+){0,2} at any (?:time|point|stage)\b",
    r"\bat no (?:time|point|stage) (?:has|have|had|did)\b",
    rf"\b(?:has|have|had)(?: not|n't){_ADVERB}\s+(?:{_USE})\b(?! any (?:information|record|data))",
    rf"\bdid(?: not|n't){_ADVERB}\s+(?:adopt|use|implement|introduce|run|operate|pilot|launch|take part|"
    rf"participate|proceed|go ahead|take (?:it|this|that|the \w+) (?:any further|further|forward))\b",
)
DENIED: Final = _any(
    rf"\b(?:does|do)(?: not|n't){_ADVERB}\s+(?:use|operate|run|participate|employ|follow|deliver|provide|offer|"
    rf"commission|have|support|subscribe)\b"
    r"(?! (?:any |this |the )?(?:information|record|data|to hand))",
    r"\b(?:is|are)(?: not|n't)(?: \w+){0,2} (?:a signatory|signator(?:y|ies)|part of|a member|members|using|"
    r"running|operating|in place|in use|"
    r"signed up|involved|delivering|commissioned)\b",
    r"\bhas no (?:such )?(?:\w+ ){0,3}(?:teams?|schemes?|programmes?|model|involvement|part in)\b",
    r"\b(?:denie[sd]|deny) (?:that (?:it|they) )?(?:us(?:es|ed|e|ing)|runs?|running|operat\w+|taking part|having)\b",
    r"\bnot (?:currently )?(?:in place|in use|used|operated|implemented|offered) (?:in|by|at|within)\b",
    r"\bthere (?:is|are) no (?:\w+ ){0,5}(?:teams?|schemes?|programmes?|service|officers?)\b(?! who)",
    r"\bno teams? (?:is|are|were|was)? ?(?:in place|operating|running)\b",
)
ENDED: Final = _any(
    r"\b(?:has|have|had|was|were|is|are|been|be)?\s*(?:ended|ceased|discontinued|decommissioned|disbanded|"
    r"terminated|withdrawn|stood down|wound (?:up|down)|closed down|shut down)\b",
    r"\b(?:decided|chose|agreed|chosen|resolved|voted|opted) (?:\S+ ){0,9}?\s*(?:to|that it would)? *(?:now |"
    r"immediately |formally )?(?:cease|end|stop|close|withdraw|discontinue|leave|decommission|wind up|wind down|"
    r"stand down)\b(?! of)",
    r"\b(?:stopped|stopping)\b(?! (?:her|him|me|them|us|you|people|patients|service users|anyone|someone)\b)",
    r"\b(?:ceasing|ending|closed|closing|withdrew|withdrawing|dropped|scrapped|abandoned|axed|"
    r"terminating|discontinuing)\b",
    r"\b(?:came|come|brought|bring|put) (?:to )?an end\b",
    rf"\bno longer{_ADVERB}\s+(?:{_USE}|uses|runs|operates|operational|running|in (?:place|use|operation)|part|"
    rf"active|exists?|available|delivers|funded|commissioned)\b",
    r"\b(?:has|have)(?: not|n't) (?:operated|run|been (?:used|operated|running|in (?:use|"
    r"operation)))(?: \w+){0,6} since\b",
    r"\b(?:is|are|was|were) no longer\b",
    r"\b(?:use|operation|delivery) (?:of (?:the )?[\w ]{1,40})?(?:has |had |was |been )*(?:ended|ceased|stopped)\b",
    r"\bhalted (?:its|the|their|all|use|using)\b(?!.{0,60}\b(?:pending|while|until)\b)",
    r"\b(?:finished|concluded|pull(?:ed|ing) out|opted out|"
    r"walked away|axing|left(?= the| it))\b|\b(?:came|come) to a close\b",
)
PAUSED: Final = _any(
    r"\b(?:paused?|pausing|suspend(?:ed|ing|s)?|suspension|on hold|put on hold|temporarily (?:stopped|halted|"
    r"ceased|closed|withdrawn))\b",
    r"\b(?:halted|stopped|ceased)\b.{0,60}\b(?:pending|while|until)\b",
)
PLANNED: Final = _any(
    r"\b(?:plans?|planned|planning|intends?|intending|intention|due|set|expects?|expected|aims?|aiming|hopes?|"
    r"hoping|scheduled|"
    r"preparing|prepares|about|ready|going) to (?:be )?(?:\w+ )?(?:launch\w*|introduc\w*|adopt\w*|implement\w*|"
    r"pilot\w*|start\w*|begin|began|go live|roll\w* out|run|set up|"
    r"establish\w*|deliver\w*|join\w*|open\w*|mobilis\w*|commence\w*|use)\b",
    r"\b(?:will|shall)(?: soon| now| also)? (?:be )?(?:launch\w*|introduc\w*|adopt\w*|implement\w*|pilot\w*|"
    r"start\w*|begin\w*|go(?:ing)? live|roll\w* out|set up|"
    r"establish\w*|join\w*|open\w*|commence\w*|mobilis\w*|run\b)",
    r"\bgoes live (?:in|on|next)\b(?=.{0,20}\b(?:next|spring|summer|autumn|winter|later)\b)",
    r"\b(?:is|are) (?:in the process of|preparing for|mobilising|planning|planned|being set up|being introduced)\b",
    r"\b(?:launch|start|go live date|implementation|mobilisation) (?:is )?(?:planned|due|expected|scheduled)\b",
    r"\bplanning (?:a|an|the|its|their)\b",
)
PILOTING: Final = _any(
    r"\b(?:pilot(?:ed|ing|s)?|trial(?:led|ling|s)?|test site|testbed|test bed|proof of concept|tested|trying out|"
    r"tried out)\b",
)
LIVE: Final = _any(
    r"\b(?:launched|launches|went live|gone live|goes live|going live since|is live|are live|live since|been live|"
    r"now live|live in|live from)\b",
    r"\b(?:introduced|adopted|implemented|rolled out|rolling out|set up|established|mobilised|embedded|commenced|"
    r"deployed)\b",
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
    r"\bwork(?:s|ed|ing)? (?:alongside|together|jointly|side by side|with)\b.{0,120}?\b(?:under|as part of|through)\b",
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
    r"rebranded|re branded|renamed|formerly (?:known as|called))\b",
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
    "never": re.compile(r"(?:never(?: used| adopted| in place)?|not adopted|not used)"),
    "paused": re.compile(r"(?:paused?|suspended|on hold)"),
    "ended": re.compile(
        r"(?:ended|closed|stopped|ceased|discontinued|withdrawn|finished|no longer (?:live|running|active))"
    ),
    "planned": re.compile(r"(?:planned|planning|in development|mobilising|pending|to follow|scoping)"),
    "piloting": re.compile(r"(?:pilot(?:ing|ed)?|trial|pilot site)"),
    "live": re.compile(r"(?:live|active|running|operational|in place|launched|yes|adopted|implemented|went live)"),
    "denied": re.compile(r"(?:no|not in place|does not use)"),
}
"""A whole cell of a table."""

HEDGE: Final = _any(
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
    r"\?\s*[\"')\]]*$|^\s*(?:q\d*[.:)]|question\s*\d*[.:)]|\d+[.)]\s*(?:please|does|has|do|did|is|are|when|how|"
    r"what|which)|"
    r"please (?:could you|can you|would you|confirm|state|provide|tell|advise|supply|send|disclose|list|specify)|"
    r"(?:can|could|would) you (?:please )?(?:confirm|tell|provide|state|advise)|(?:i|we) (?:would like|am writing|"
    r"are writing|request|ask)\b)"
)


@lru_cache(maxsize=4096)
def is_question(folded: str) -> bool:
    """Whether a sentence asks or requests."""
    return QUESTION.search(folded.strip()) is not None


POSITION: Final = {
    "calls-for-halt": _any(
        r"\b(?:call(?:s|ed|ing)? (?:up)?on .{0,60}?to|call(?:s|ed|ing)? for|demand(?:s|ed|ing)?|urg(?:e|es|ed|"
        r"ing)|ask(?:s|ed|ing)?(?: for)?|want(?:s|ed)?|"
        r"insist(?:s|ed)?(?: on| that)?|recommend(?:s|ed)?|petition(?:s|ed)? for|must|should)\b"
        r".{0,90}?\b(?:halt(?:ed|ing)?|be stopped|stop(?:ped|ping)?\b(?! (?:and|to) think)|suspen(?:d|ded|sion)|"
        r"paus(?:e|ed)|an end to|cease[sd]?|"
        r"withdrawn|scrapped|abolished|immediate end|moratorium)\b",
        r"\b(?:call(?:s|ed|ing)? (?:up)?on|urg(?:e|es|ed|ing)|ask(?:s|ed|ing)?|"
        r"press(?:es|ed|ing)?|tell(?:s|ing)?|told)\b"
        r".{0,60}? to (?:\w+ )?(?:end|scrap|drop|ban|abandon|axe)\b",
    ),
    "calls-for-review": _any(
        r"\b(?:call(?:s|ed|ing)? for|campaign(?:s|ed|ing)? for|"
        r"calls? (?:up)?on .{0,60}?(?:to|for)|called (?:up)?on .{0,60}?(?:to|for)|"
        r"demand(?:s|ed|ing)?|urg(?:e|es|ed|ing)|ask(?:s|ed|ing)? for|"
        r"asked .{0,40}? to (?:hold|commission|conduct|set up|carry out)|want(?:s|ed)?|recommend(?:s|ed|ing)?|"
        r"request(?:s|ed)?|"
        r"need(?:s|ed)? for|there (?:must|should) be|in favour of|seek(?:s|ing)?|sought)\b"
        r".{0,90}?\b(?:review|inquiry|investigation|evaluation|investigated|reviewed|scrutiny|audit)\b",
        r"\b(?:review|inquiry|investigation|evaluation)\b.{0,40}\b(?:is (?:essential|needed|necessary|required)|"
        r"must be (?:held|carried out|set up))\b",
    ),
    "supports-concerns": _any(
        r"\b(?:share[sd]?|support(?:s|ed|ing)?|echo(?:es|ed)?|endorse[sd]?|back(?:s|ed)?|agree[sd]? with|"
        r"recognise[sd]?|acknowledge[sd]?|stand(?:s)? with|in solidarity with)\b"
        r".{0,70}?\b(?:concerns?|campaign(?:ers)?|coalition|statement|letter|worr(?:y|ies)|calls?)\b",
        r"\b(?:is|are|was|were|remain[s]?|being) (?:\w+ )?(?:concerned|worried|alarmed|troubled)\b",
        r"\b(?:has|have|had|express(?:es|ed|ing)?|raise[sd]?|voice[sd]?) (?:\w+ ){0,3}(?:concerns?|worries|doubts|"
        r"misgivings)\b",
    ),
    "welcomes-review": _any(
        r"\bwelcom(?:e|es|ed|ing)\b.{0,80}?\b(?:review|inquiry|investigation|evaluation|decision|announcement|"
        r"letter|position|guidance|move)\b",
    ),
    "apologises": _any(
        r"\b(?:apologis(?:e|es|ed|ing)|apolog(?:y|ies)|(?:is|are|were|was|says?|said|saying) (?:\w+ )?sorry|"
        r"(?:express\w*|voic\w*|stat\w*) (?:\w+ ){0,3}regrets?)\b"),
    "withdraws": _any(
        r"\b(?:withdr(?:aw|aws|ew|awn|awing)|remov(?:e|es|ed|ing)|rescind(?:s|ed)?|retract(?:s|ed|"
        r"ing)?)\b.{0,50}?\b(?:support|endorsement|backing|statement|article|paper|award|name|material|page)\b",
        r"\bno longer (?:support(?:s)?|endorse[sd]?|back(?:s)?|promote[sd]?|recommend(?:s)?)\b",
        r"\bdistanc(?:e|es|ed|ing) (?:itself|themselves)\b",
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
    ),
    "neutral": _any(
        r"\b(?:neither .{0,50} nor|no (?:position|view)|does not (?:endorse|mandate|take)|not (?:mandate[sd]?|"
        r"endorse[sd]?)|aware of (?:the )?(?:concerns|campaign)|note[sd]?|will (?:examine|consider|look))\b",
    ),
}  # fmt: skip
ASKS: Final = {
    "halt": _any(
        r"\b(?:halt(?:ed|ing)?|stop(?:ped)?|suspen(?:d|ded|sion)|cease[sd]?|paus(?:e|ed)|an end to|scrapped|"
        r"moratorium)\b"),
    "independent-review": _any(
        r"\b(?:independent(?:ly)?|public|national|external|full|urgent|transparent|"
        r"thorough)\b.{0,40}?\b(?:review(?:ed)?|inquiry|investigat(?:ion|ed)|evaluat(?:ion|ed))\b",
        r"\b(?:review|inquiry|investigation)\b.{0,30}\bindependent\b",
    ),
    "publish-reviews": _any(
        r"\b(?:publish(?:ed|ing)?|publication|release[sd]?|make public|made public|"
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
REVIEW_STATE: Final = {
    "called-for": _any(
        r"\b(?:call(?:s|ed|ing)? (?:for|on)|ask(?:s|ed)?(?: for)?|demand(?:s|ed)?|recommend(?:s|ed)?|urg(?:e|es|"
        r"ed)|request(?:s|ed)?|began|first statement)\b"),
    "announced": _any(
        r"\b(?:announc(?:e|es|ed|ing)|commission(?:s|ed|ing)|commit(?:s|ted)? to|promis(?:e|es|ed)|launch(?:es|"
        r"ed)|instruct(?:s|ed)|pledg(?:e|es|ed)|agreed to|set up)\b.{0,70}?\b(?:review|inquiry|investigation|"
        r"evaluation|audit)",
        r"\b(?:review|inquiry|investigation|evaluation)s?\b.{0,30}\b(?:was|were|has been|have been|"
        r"had been) (?:announced|commissioned|ordered|promised|launched|agreed)\b",
        r"\b(?:will|would|to) (?:now )?(?:review|carry out a review|conduct a review|hold a review|"
        r"undertake a review|be reviewed|investigate)\b",
        r"\b(?:ask(?:s|ed|ing)?|wrote to|written to|writing to|instructed|required|"
        r"requested)\b.{0,90}?\b(?:to (?:review|carry out|conduct|undertake))\b",
    ),
    "under-way": _any(
        r"\b(?:review|inquiry|investigation|evaluation|work|audit)s?\b.{0,100}?\b(?:under way|underway|ongoing|"
        r"on going|in progress|continu(?:es|ing)|(?:has|have|had) (?:begun|started)|began|started|"
        r"is being (?:carried out|conducted|undertaken)|being reviewed)\b",
        r"\b(?:began|begun|started|is|are|was|were|currently) (?:\w+ )?(?:reviewing|its review|their review|"
        r"a review|investigating)\b",
        r"\b(?:under way|underway|in progress)\b.{0,30}\b(?:review|inquiry|investigation|evaluation)\b",
    ),
    "delayed": _any(
        r"\b(?:delay(?:s|ed)?|postpone(?:d|ment)?|put (?:back|off)|deferred|pushed back|overdue|"
        r"not yet (?:been )?published|still (?:unpublished|awaited|waiting)|later than (?:planned|expected))\b",
    ),
    "completed": _any(
        r"\b(?:review|inquiry|investigation|evaluation|audit|report)s?\b.{0,110}?\b(?:(?:is|was|were|has been|"
        r"have been|had been|now) (?:now )?(?:complet(?:e|ed)|concluded|finished|finalised)|concluded|found that|"
        r"complet(?:e|ed))\b",
        r"\b(?:complet(?:ed|ing|ion)|conclud(?:ed|ing)|finished|finalised)\b.{0,40}?\b(?:review|inquiry|"
        r"investigation|evaluation|audit)\b",
    ),
    "published": _any(
        r"\b(?:publish(?:es|ed|ing)|released?|made public|publication of)\b.{0,60}?\b(?:review|inquiry|"
        r"investigation|findings|report|evaluation|policy)\b",
        r"\b(?:review|inquiry|report|findings|evaluation|policy)\b.{0,110}?\b(?:was|were|has been|have been|is|"
        r"are) (?:now )?(?:published|released|made public)\b",
    ),
    "abandoned": _any(
        r"\b(?:abandon(?:ed|s)?|dropped|scrapped|shelved|cancelled|gone back on|went back on|"
        r"(?:will|would) not (?:now )?(?:be )?publish(?:ed)?|(?:does|did|do)(?: not|n't) (?:plan|intend) to publish|"
        r"decided not to publish|refus(?:ed|es) to publish|no plans? to publish|not (?:formally )?published|"
        r"withheld|instead of)\b",
    ),
    "accepted": _any(
        r"\b(?:accept(?:s|ed|ing)|agreed|endorsed|signed off)\b.{0,60}?\b(?:recommendations?|findings|conclusions|"
        r"report|policy|review)\b",
        r"\b(?:recommendations?|findings|conclusions|policy)\b.{0,40}?\b(?:were|was|been|are) (?:accepted|agreed|"
        r"signed off)\b",
    ),
    "implemented": _any(
        r"\bimplement(?:ed|ing|s)?\b.{0,60}?\b(?:recommendations?|findings|actions?)\b",
        r"\b(?:recommendations?|findings|actions?)\b.{0,40}?\b(?:were|was|been|are|have been) (?:implemented|"
        r"carried out|acted (?:up)?on|put in place)\b",
    ),
}  # fmt: skip
