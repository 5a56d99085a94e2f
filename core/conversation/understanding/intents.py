"""What a whole sentence is about: phrases that say it wherever they stand; asked only where nothing else made sense."""

from core.conversation.understanding.vocabulary import any_of, phrases, words

_SENTENCES = {
    "menu": "menu, menyu, mko nayo, vinywaji gani, pombe gani, do you have, you sell, mnauza nini, go back, the list,"
    " rudi nyuma",
    "cart": "have i ordered, did i order, so far, my basket, my cart, kikapu, nimeagiza nini",
    "checkout": "thats all, that is all, that will be all, will be all, ni hayo tu, basi hayo, bill, bili, the cheque,"
    " the check, close the tab, my tab, nothing else,"
    " total, is everything, is it all, i owe, nadaiwa, thats it, that is it, nimemaliza, nimekwisha, im done,"
    " i am done",
    "pay": "pay, lipa, kulipa, nilipe, tulipe, nitalipa, mpesa, m pesa, settle",
    "again": "same again, same order, another round, one more round, rudia, kama ile, order again, as before, like last"
    " time, the usual, ile ile",
    "status": "order ready, food ready, drinks ready, ready yet, where is my, wheres my, where are my, where is our,"
    " wheres our, iko wapi, ziko wapi, kiko wapi, sijapata, not come, hasnt come, havent come, not arrived, so long,"
    " too long, how long, still waiting, been waiting, inachelewa, is late, are late, hujaniletea, hamjaleta",
    "staff": "staff, waiter, waitress, mhudumu, muhudumu, manager, meneja, human, real person, someone come,"
    " somebody come, speak to, talk to, ongea na, kuongea, refund, complain, complaint, wrong order, wrong drink,"
    " pesa yangu, mtu wa, bartender, call someone, assistance, is wrong, are wrong, not what i ordered,"
    " si nilichoagiza",
    "change": "change something, change my order, change the order, badilisha oda, badilisha order, edit my order",
    "cancel": "cancel, ghairi",
    "hello": "habari, good evening, good morning, good afternoon, hello, mambo, niaje, uko aje, whats up",
    "thanks": "thanks, thank you, asanteni, asante, shukran",
    "stop": "stop sending, stop messaging, stop texting, unsubscribe, usinitumie, acha kutuma, remove me",
    "clear": "clear everything, remove both, toa zote, start over, anza upya",
    "help": "how does, how do i order, nisaidie",
}
_UNLESS = words("dont never usighairi usi")
ABOUT_ORDERS = frozenset(("status", "staff", "checkout", "pay"))
GREETINGS = frozenset(("hello", "thanks"))

_ABOUT = {phrase: action for action, text in _SENTENCES.items() for phrase in phrases(text)}
_ANY = any_of(_ABOUT)


def intent(said: list[str]) -> str:
    """The action this sentence is about: its longest phrase says, and politeness says it least."""
    if not _UNLESS.isdisjoint(said):
        return ""
    found = _ANY.findall(" ".join(said))
    if not found:
        return ""
    return _ABOUT[max(found, key=lambda phrase: (_ABOUT[phrase] not in GREETINGS, len(phrase)))]
