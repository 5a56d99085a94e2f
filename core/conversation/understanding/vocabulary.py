"""The words around products, in English, Swahili and the mix of both that Nairobi speaks. Compared in their stems."""

import re
from collections.abc import Iterable

from core.conversation.understanding.words import stems


def words(text: str) -> frozenset[str]:
    """One of the lists below, stemmed as messages are."""
    return frozenset(stems(text))


def phrases(text: str) -> tuple[str, ...]:
    """Comma-separated phrases, stemmed as messages are, the longest first."""
    return tuple(sorted((" ".join(stems(phrase)) for phrase in text.split(",")), key=len, reverse=True))


def any_of(found: Iterable[str]) -> re.Pattern[str]:
    """One pattern for many phrases, the longest first, between whole words."""
    ordered = sorted(map(re.escape, found), key=len, reverse=True)
    return re.compile(r"(?<!\S)(?:" + "|".join(ordered) + r")(?!\S)")


TABLE = words("table tables tbl tabel tabl tabe talbe tble meza mesa")
TABLE_FILLERS = words("number no nambari namba nr ya is the la yetu yangu ni to iwe kuwa")
NUMBER_WORDS = words("number namba nambari phone simu")

REMOVE = words(
    "remove forget delete minus ondoa toa punguza drop scrap skip cancel ghairi futa sitaki hatutaki usilete usiweke"
)
SET = words("change make badilisha badili set update fanya meant mean correction")
SWAP = words("swap replace exchange switch substitute")
ADD = words("add ongeza want get give bring weka nataka tunataka nipe tupe leta niletee tuletee naomba tunaomba take")
NOT = words("no not sio si siyo hapana")
LINKS = words("to into for with by iwe kuwa kwa be na")
BECOME = words("iwe ziwe yawe wawe be")
MORE = words("more another zaidi tena nyingine ingine mwingine lingine ongeza add")
ONLY = words("only tu")
EACH = words("each kila apiece")
ALL = words("all both everything zote yote vyote wote")
WHOLE = ALL | words("order oda cart kikapu")
QUIET = ALL | words("should really actually")
LESS = words("less")
WITH = words("with w na ya extra")
INSTEAD = words("instead badala")
PAYING = words("pay lipa checkout check out mpesa m pesa now nitalipa kulipa done finish")
FINISHED = phrases("thats all, that is all, that will be all, ni hayo tu, and pay, then pay, na kulipa, nalipa")

# Two words that act as one verb.
REMOVE_PAIRS = frozenset(
    phrases("take out, take off, take away, dont want, not want, dont need, not need, leave out, get rid")
)
INSTEAD_PAIRS = frozenset(phrases("instead of, badala ya, rather than"))

# Wishes about how something is made. Some start a note of several words, some are a note themselves.
NOTE_STARTS = words("no with without extra bila less hold light well medium rare")
STRONG_NOTE_STARTS = words("no without bila less extra")
ADJECTIVES = words(
    "cold baridi warm moto chilled frozen hot neat double virgin spicy kubwa ndogo large small rocks rock"
)
SPOKEN_ADJECTIVES = {"rock": "on the rocks"}
NOTE_THINGS = words(
    "ice sugar salt mint lime lemon honey onion onions tomato tomatoes cheese sauce spice spices chilli chili pepper"
    " mayo ketchup garlic straw garnish foam egg syrup milk cream pineapple barafu sukari chumvi limau ndimu asali"
    " kitunguu vitunguu nyanya pilipili maziwa mint tonic"
)
NOTE_ENDS = words("please plz pls tafadhali thanks thank asante sana boss bro")

# Words of a question about something on the menu, which orders nothing.
ASKING = phrases(
    "how much, price, cost, bei, pesa ngapi, bei gani, ni ngapi, do you have, do you sell, do you serve, you got, is"
    " there, are there, kuna, mko na, mna, uko na, unayo, iko, whats in, what is in, tell me about, what about"
)

# What a menu written in one language is asked for in another.
SYNONYMS = {
    **dict.fromkeys(words("bia beers pint pints"), "beer"),
    **dict.fromkeys(words("divai mvinyo vino"), "wine"),
    **dict.fromkeys(words("chakula kula eat hungry njaa meal meals snack snacks vitafunio vyakula"), "food"),
    **dict.fromkeys(words("soda sodas soft"), "soft drink"),
    **dict.fromkeys(words("whiskey whisky wiski whiskies whiskeys"), "whisky"),
    **dict.fromkeys(words("mchanganyiko koktel cocktel coctail"), "cocktail"),
    **dict.fromkeys(words("kuku"), "chicken"),
    **dict.fromkeys(words("samaki"), "fish"),
    **dict.fromkeys(words("maji"), "water"),
    **dict.fromkeys(words("juisi sharubati"), "juice"),
    **dict.fromkeys(words("kahawa"), "coffee"),
    **dict.fromkeys(words("chai"), "tea"),
    **dict.fromkeys(words("maziwa"), "milk"),
    **dict.fromkeys(words("nyekundu"), "red"),
    **dict.fromkeys(words("nyeupe"), "white"),
    **dict.fromkeys(words("chipo viazi"), "chip"),
    **dict.fromkeys(words("tangawizi"), "ginger"),
    **dict.fromkeys(words("nyama"), "meat"),
    **dict.fromkeys(words("tamu"), "sweet"),
    **dict.fromkeys(words("chungu"), "bitter"),
    **dict.fromkeys(words("pilipili kali"), "spicy"),
}

# Common words that look like a slip of the finger beside the name of some drink or dish, and are none.
COMMON = words(
    "come came home some same take make made time game like live love life line mine fine been bear dear seen want went"
    " what when then than them they this that have gave give here there where were know work week well will wish with"
    " just must most more much many very even ever over only soon sure sorry send sent side size sign sing song same"
    " talk walk call tell told long late last least left right night light might fight find kind mind hand hold head"
    " hear heat help high hope hour keep left less look lost love main mean meet need next nice none once open"
    " pack part past pick plan play post pull push read real rest ride ring road rock room round rude rule safe said"
    " sale save seat sell ship shop show shut sick sit sleep slow small smell snow soft sold sort soup stay step still"
    " stop such table tall team test text tired today too town tree true turn used wait wake wall warm wash watch wear"
    " weather wife wild wind winter woman wonder word world worry year young kwani kwenye lakini sana sasa sawa sema"
    " hapa huko hivi hizo kama kila kitu kwao leta leo lini mara moja mtu muda nani nini pale pande siku tafuta wale"
    " wapi watu yake yangu yule zake zangu dawati data dada kaka"
)

IS_ASKING = any_of(ASKING)
IS_FINISHED = any_of(FINISHED)
