"""What is always understood, in every state, in English and Swahili."""

from collections.abc import Iterable

from rapidfuzz import process
from rapidfuzz.distance import OSA

from core.conversation.understanding.words import AND, NUMBERS, SEPARATORS, stems

_KEYWORDS = {
    "menu": "menu, menyu, orodha, list, catalog, catalogue, drinks, vinywaji, order, agiza, back,"
    " rudi, home, see menu, ona menyu, aina zote, whats on the menu,"
    " all categories, what do you have, mna nini, mko na nini, kuna nini",
    "more": "more, next, zaidi, show more, next page, endelea mbele",
    "cart": "show order, see order, view order, see my order,"
    " cart, kikapu, ona kikapu, basket, my cart, view cart, kikapu changu, my basket, cart yangu",
    "checkout": "checkout, check out, review, done, finish, finished, maliza, nimemaliza, bill, bili, the bill,"
    " place order, place my order, continue, endelea, maliza oda",
    "pay": "pay, pay now, lipa, lipa sasa, malipo, nalipa, nataka kulipa,"
    " kulipa, mpesa, m pesa, lipa na mpesa, lipa na m pesa, lipa mpesa, pay with mpesa, pay with m pesa",
    "card": "card, card or link, kadi au link, by card, credit card, debit card, visa, mastercard, pay by card,"
    " pay with card, kadi, kwa kadi, lipa kwa kadi, link, payment link, lipa kwa link, send link, nitumie link",
    "cash": "cash, cash at the bar, taslimu kwenye baa, pay cash, pay in cash, pay with cash, pay at the bar,"
    " pay the waiter, taslimu, pesa taslimu, keshi, lipa taslimu, lipa keshi, nalipa keshi, lipa kwenye baa",
    "ways": "other ways, other ways to pay, ways to pay, other way to pay, how can i pay, njia nyingine,"
    " njia za kulipa, njia nyingine za kulipa, nilipe vipi",
    "web": "web, website, web page, pay on the web, pay online, pay on the website, on the web, on a web page,"
    " lipa kwenye mtandao, mtandaoni, tovuti, kwenye tovuti",
    "code": "i have paid, i have paid already, i paid, already paid, i have already paid, ive paid, nimelipa,"
    " nimeshalipa, tayari nimelipa, nimelipa tayari, mpesa code, i paid the till, nimelipa kwa till",
    "change": "change, edit, change order, change cart, badilisha, badili",
    "clear": "clear, clear cart, empty cart, remove all, remove everything, delete all, toa yote, ondoa yote,"
    " futa yote, ondoa vyote, toa vyote",
    "again": "again, same again, same, repeat, repeat order, tena, rudia, another round, same order, ile ile,"
    " kama awali, one more round, the usual, ileile, ileile tena",
    "status": "status, hali, my order, where is my order, order status, wheres my order, oda yangu, agizo"
    " langu, oda iko wapi, hali ya oda, how long, track, track order",
    "receipt": "receipt, risiti, my receipt, the receipt, send receipt, receipt please, pdf receipt, receipt pdf,"
    " invoice, ankara, risiti yangu, nitumie risiti, nitumie risiti yangu, nataka risiti, nataka risiti yangu,"
    " etr receipt, tax receipt, tax invoice",
    "staff": "staff, waiter, waitress, agent, human, person, mhudumu, muhudumu, wahudumu, manager, meneja,"
    " call staff, call waiter, call a waiter, talk to staff, talk to a human, mtu, ita mhudumu, bartender,"
    " barman, operator",
    "cancel": "cancel, ghairi, ghairi oda, cancel order, cancel my order, futa, sitaki, futa oda, nimeghairi",
    "hours": "opening hours, your hours, are you open, are you still open, when do you open, when do you close,"
    " closing time, what time do you close, what time do you open, mmefungua, bado mmefungua,"
    " mnafungua saa ngapi, mnafunga saa ngapi",
    "pickup": "pickup, i pick it up, i will pick it up, nitachukua, nitakuja kuchukua",
    "tables": "show tables, list tables, which tables, onyesha meza, meza zipi",
    "deliver": "deliver, delivery, deliver to me, niletee nilipo",
    "keep": "keep, keep it, acha ilivyo",
    "help": "help, msaada, saidia, nisaidie, naomba msaada, info, how, how does this work, help me",
    "english": "english, in english, english please, speak english, kiingereza, kwa kiingereza",
    "kiswahili": "kiswahili, swahili, kwa kiswahili, in swahili, swahili please, kiswahili tafadhali",
    "start": "start, anza, subscribe, start messages, resume messages, anza kutuma",
    "stop": "stop, acha, unsubscribe, wacha, simama, stop messages, acha kutuma",
    "hello": "hi, hello, hey, helo, hallo, hae, hii, habari, mambo, sasa, niaje, vipi, sema, jambo, hujambo,"
    " shikamoo, salama, good morning, good afternoon, good evening, morning, evening, habari yako, habari za"
    " jioni, habari za leo, mambo vipi, sasa hivi, how are you, yo, wassup, whats up, karibu, greetings, hodi",
    "thanks": "thanks, thank you, thank u, thx, asante, asante sana, shukrani, shukran, nashukuru, great,"
    " perfect, cool, nice, thanks a lot, thank you so much, bye, goodbye, kwaheri",
}
_YES = (
    "yes, yes empty it, yeah, yep, yup, ye, y, ok, okay, sure, confirm, confirmed, ndio, ndiyo, naam, eeh, eh, sawa,"
    " sawa sawa, haya, poa, correct, right, go ahead, i am, i confirm, yes please, of course, absolutely, that is"
    " all, thats all, ni hayo tu, fine, ndio ondoa vyote"
)
_NO = (
    "nothing, none,"
    " no, i am younger, younger, nope, nah, n, hapana, la, not yet, no thanks, no thank you, bado, siyo, sio,"
    " la hasha, i am not, never, sijafika umri huo, sijafika"
)
_TRY_AGAIN = "try again, retry, pay the rest, lipa iliyobaki, jaribu tena, jaribu, once more, pay again, lipa tena"
_OTHER = (
    "use another number, use other number, use a different number, pay with another number, tumia namba nyingine,"
    " other number, another number, different number, namba nyingine, nambari nyingine, other"
)
_THIS = "this number, my number, namba yangu, this one, same number, namba hii, nambari hii, hii, my phone"
_SKIP = "skip, ruka, at the bar, bar, baa, kaunta, counter, no table, hakuna meza, pick up, takeaway, take away, none"

FILLERS = frozenset(
    stems(
        "please pls plz kindly tafadhali i im m we would like want wanna wish need can could may get gimme"
        " give me us have let the some of for to at on in my our us it is are be that this those these order"
        " ordering more also then just only nataka naomba ningependa nipe tupe niletee leta tuletee tunataka"
        " tunaomba weka niwekee agiza kwa ya za wa la cha vya hapa here now sasa hivi bring send serve take"
        " put add ongeza show see nionyeshe onyesha d ll ve s u you your bottle bottles chupa glass glasses"
        " glasi can cans kopo plate plates sahani shot shots tot tots cup cups piece pieces cold baridi warm"
        " moto fresh each so hello hi hey good evening morning afternoon thanks thank asante x by with and na"
        " order drink drinks kinywaji chakula food item items round too as well there will be any one's sana"
        " basi kaka dada boss option number namba nambari buda bro sis sir madam there"
    )
)


def _phrases(text: str) -> Iterable[str]:
    return (" ".join(stems(phrase)) for phrase in text.split(","))


_ACTIONS = {phrase.strip(" ,"): action for action, text in _KEYWORDS.items() for phrase in _phrases(text)}
_REPLIES = {
    phrase: word
    for word, text in (
        ("yes", _YES),
        ("no", _NO),
        ("retry", _TRY_AGAIN),
        ("other", _OTHER),
        ("this", _THIS),
        ("skip", _SKIP),
    )
    for phrase in _phrases(text)
}
GREETINGS = frozenset(phrase for phrase, action in _ACTIONS.items() if action in ("hello", "thanks"))
KNOWN = frozenset(word for phrase in (*_ACTIONS, *_REPLIES) for word in phrase.split())
_LONG = [phrase for phrase in _ACTIONS if len(phrase) >= 4]
_LETTERS = {"".join(sorted(phrase)) for phrase in _LONG}


def core_of(words: list[str]) -> str:
    """The message without politeness: "show me the menu please" is "menu"."""
    return " ".join(w for w in words if w not in FILLERS and w not in SEPARATORS and w not in AND)


def keyword(words: list[str]) -> str:
    """The action this message names, exactly, or nothing."""
    if len(words) > 8:
        return ""
    whole = " ".join(w for w in words if w not in SEPARATORS)
    core = core_of(words)
    return _ACTIONS.get(whole) or _ACTIONS.get(core, "") or ("" if core else _first_action(words))


def _first_action(words: list[str]) -> str:
    """ "Hello there" is nothing but politeness, and that is an answer too."""
    if len(words) > 1 and not NUMBERS.keys().isdisjoint(words):
        return ""
    return next((_ACTIONS[w] for w in words if w in _ACTIONS), "")


def short_reply(words: list[str]) -> str:
    """`yes`, `no`, `retry`, `other`, `this` or `skip`, where the message says just that."""
    if len(words) > 6:
        return ""
    whole = " ".join(w for w in words if w not in SEPARATORS)
    return _REPLIES.get(whole) or _REPLIES.get(core_of(words), "")


def transposed(word: str) -> bool:
    """Whether these are the letters of one of our words in another order: "wiater" is no water."""
    return "".join(sorted(word)) in _LETTERS


def misspelt(words: list[str]) -> str:
    """The action one slip of the finger away; asked only after nothing else made sense."""
    core = core_of(words)
    if not 4 <= len(core) <= 24:
        return ""
    near = process.extract(core, _LONG, scorer=OSA.distance, score_cutoff=1, limit=3)
    actions = {_ACTIONS[phrase] for phrase, *_ in near if phrase[0] == core[0]}
    return actions.pop() if len(actions) == 1 else ""
