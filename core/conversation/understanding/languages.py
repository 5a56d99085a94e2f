"""Which language a message is written in, by the little words that product names and loanwords leave alone."""

from collections.abc import Sequence

from core.conversation.catalogues import ENGLISH, SWAHILI
from core.conversation.understanding.words import stems

LONGEST = 60
# The lead, in points, that another language needs: with the first words of a guest, and once we have talked.
AT_FIRST, LATER = 2, 4

# Two points: nobody uses them in the other language. One point: many in Nairobi do.
_SURE = {
    SWAHILI: "nataka tunataka naomba tunaomba ningependa tungependa nipe tupe niletee tuletee leteni nipatie tupatie"
    " niwekee tuwekee nikipata nipatieni agiza naagiza kuagiza ongeza ongezea nionyeshe onyesha nisaidie naweza"
    " tafadhali habari hujambo shikamoo niaje mambo menyu orodha kikapu oda agizo bila barafu ngapi gani nini wapi"
    " kuna mna mko iko niko tuko hakuna sina sitaki hapana ndiyo naam nyingine jaribu badilisha ondoa ghairi futa"
    " maliza nimemaliza nalipa kulipa nitalipa mhudumu muhudumu wahudumu kinywaji vinywaji kwenye yangu yako zetu yetu"
    " langu changu chenye mimi sisi wewe nyinyi kwa ya za cha vya pia kama lakini sana hapa pale hii hiyo hizo"
    " ile ileile umri miaka kiswahili zaidi rudia rudi pamoja naenda saidia msaada asubuhi mchana jioni usiku leo kesho"
    " hujaniletea sijapata sijui bei kiasi pesa nimelipa imefika mnauza mnayo unaweza mnaweza chupa glasi kikombe"
    " acha anza",
    ENGLISH: "the would want what where which please could without another have your our they there this that these"
    " you how when much many anything something nothing with does did don't can't i'm i'd i'll we'll my",
}
_LIKELY = {
    SWAHILI: "na ni wa la moja mbili tatu nne tano sita saba nane tisa kumi asante sawa ndio eeh karibu jambo sasa"
    " vipi lipa malipo bia pombe chakula maji meza baridi moto tena tu basi kaka dada namba nambari simu mbona poa"
    " toa weka leta salama toeni mtu wawili",
    ENGLISH: "and to for of is are do can i me we get give some a an at it in on no not more hello good thanks thank"
    " evening morning add remove make like bring one two three four five six will just yes am us show any from",
}


def _points(language: str) -> dict[str, int]:
    return dict.fromkeys(stems(_LIKELY[language]), 1) | dict.fromkeys(stems(_SURE[language]), 2)


_ENGLISH, _SWAHILI = _points(ENGLISH), _points(SWAHILI)
# How far a word leans towards Swahili; below nothing, towards English.
_LEANING = {word: _SWAHILI.get(word, 0) - _ENGLISH.get(word, 0) for word in _ENGLISH | _SWAHILI}


def guessed(words: Sequence[str], before: str, lead: int) -> str:
    """The language of these words where it leads by so many points, else the one spoken before."""
    leaning = sum([_LEANING.get(word, 0) for word in words[:LONGEST]])
    if abs(leaning) < lead:
        return before
    return SWAHILI if leaning > 0 else ENGLISH
