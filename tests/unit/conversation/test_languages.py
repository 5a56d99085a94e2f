"""Kiswahili and English: the whole way in Swahili, the guess, the switch, and what stays remembered."""

import pytest

from core.conversation import events, texts
from core.conversation.catalogues import ENGLISH, LOCALES, SWAHILI, templates, wording
from core.conversation.profile import Profile
from core.conversation.session import Session, State
from core.conversation.understanding.languages import AT_FIRST, LATER, guessed
from core.conversation.understanding.words import tokens
from core.domain.features import Features
from tests.demo_menu import demo_menu
from tests.unit.conversation.chat import Bar, Chat, Guest
from tests.unit.conversation.meanings import sentences
from tests.unit.conversation.test_typed_taps import SCRIPTS, play


def test_from_habari_to_the_receipt(guest: Guest, bar: Bar) -> None:
    guest.says("Habari").reads("Karibu *Destination Cocktails*, Jane!", "Chagua kwenye menyu", "dawa 2 na tusker 1")
    guest.taps("Kokteli").reads("*Kokteli*", "Gusa unachotaka", "Zaidi Ukurasa 2 wa 2")
    guest.taps("Dawa").reads("*Dawa*, KES 700", "Ungependa ngapi?")
    guest.says("mbili").reads("lazima uwe na miaka 18 au zaidi", "Nina miaka 18+", "Sijafika umri huo")
    guest.says("ndio").reads("Nimeongeza: 2 × Dawa.", "*Oda yako*", "*Jumla KES 1,400*", "Maliza oda", "Badilisha")
    guest.says("ongeza tusker moja").reads("Nimeongeza: 1 × Tusker Lager.", "*Jumla KES 1,750*")
    guest.taps("Maliza oda").reads("Uko meza gani?", "Ruka, niko kaunta")
    guest.says("saba").reads("Meza ya 7", "*Jumla KES 1,750* (pamoja na VAT KES 241)", "Ombi la M-Pesa litaenda")
    guest.taps("Lipa na M-Pesa").reads("Angalia simu yako", "*KES 1,750*", "oda 101", "Weka PIN yako")
    bar.pays()
    guest.reads("Asante, Jane!", "Risiti ya M-Pesa *QK", "tumepokea KES 1,750", "Oda *101*, Meza ya 7", "tutakujulisha")
    bar.order_is("READY")
    guest.reads("Oda 101 iko tayari!")


def test_one_line_in_swahili_leads_to_the_prompt(guest: Guest) -> None:
    guest.says("dawa 2 na tusker 1, meza ya 7 tafadhali").taps("Nina miaka").reads("Meza ya 7", "Jumla KES 1,750")
    guest.says("sawa").reads("Angalia simu yako")


def test_when_the_money_does_not_come(guest: Guest, bar: Bar) -> None:
    guest.says("naomba sprite mbili meza 4").taps("Lipa na M-Pesa")
    bar.fails("insufficient_funds")
    guest.reads("Oda 101 bado haijalipwa.", "salio halitoshi", "Jaribu tena", "Namba nyingine", "Ghairi oda")
    guest.taps("Namba nyingine").reads("namba gani", "0712 345 678", "Namba yangu")
    guest.says("+44 7700 900123").reads("M-Pesa haiwezi kufikia namba hiyo")
    guest.says("0722 000 111").reads("Angalia simu yako", "0722 000 111")
    bar.checks()
    guest.reads("Tunaangalia na M-Pesa", "Usilipe tena")
    bar.expires()
    guest.reads("halikujibiwa kwa wakati").taps("Ghairi oda").reads("Oda 101 imeghairiwa", "Ileile tena")


def test_what_cannot_be_had(guest: Guest, chat: Chat) -> None:
    chat.menu_becomes(sold_out=["Dawa"])
    guest.says("naomba dawa mbili").reads("Samahani, Dawa imeisha leo. Ungependa Mojito", "Gusa unachotaka")
    guest.says("nataka nyati wawili hapa").reads("Samahani, sijaelewa", "vitufe")
    guest.says("naomba sprite tatu meza 99").reads("Hatuna meza ya 99. Meza zetu ni 1–20.")
    guest.says("ghairi").reads("Tuondoe vyote kwenye kikapu (KES 450)?").says("hapana").reads("tumeacha ilivyo")
    guest.says("badilisha").taps("Sprite").reads("3 kwenye oda yako", "Ziwe ngapi?").says("0").reads("hakina kitu")
    guest.sends("audio").reads("Siwezi kusikiliza ujumbe wa sauti")


def test_only_one_is_left_and_only_two(guest: Guest, chat: Chat) -> None:
    guest.says("naomba sprite tatu na fanta tano meza 4")
    chat.world.left = {"sprite": 1, "fanta-orange": 2}
    guest.taps("Lipa na M-Pesa").reads("imebaki Sprite 1 tu", "zimebaki Fanta Orange 2 tu")


@pytest.mark.parametrize("word", ["Kiswahili", "swahili please", "kwa kiswahili", "Kiswahili tafadhali"])
def test_a_word_switches_and_stays(guest: Guest, chat: Chat, word: str) -> None:
    guest.says("2 sprite").says(word).reads("Sawa, tuendelee kwa Kiswahili.", "*Oda yako*", "Jumla KES 300")
    guest.says("what would you like me to do with the table now please").reads("sijaelewa")
    guest.says("english").reads("Fine, we go on in English.", "*Your order*")
    guest.says("naomba dawa mbili tafadhali").reads("for alcohol you must be 18")
    assert chat.session and chat.session.language == ENGLISH and chat.session.language_chosen


def test_help_offers_the_other_language(guest: Guest) -> None:
    guest.says("help").taps("Kiswahili").reads("Sawa, tuendelee kwa Kiswahili.")
    guest.says("msaada").reads("Andika unachotaka", "Ita mhudumu").taps("English").reads("Fine, we go on in English.")


def test_one_word_is_no_reason_to_change_a_conversation(guest: Guest, bar: Bar) -> None:
    guest.says("hi").says("tusker mbili").says("2 coke na 2 fries").says("sawa").says("asante")
    guest.reads("Karibu sana! Write *menu*")
    guest.says("ningependa kulipa sasa tafadhali").reads("Uko meza gani?")
    guest.says("ok").says("2 sprite").reads("Nimeongeza")
    guest.says("what else would you have without alcohol?").reads("This is what I found")


def test_a_venue_that_speaks_one_language_stays_with_it(chat: Chat, guest: Guest) -> None:
    chat.menu_becomes(features=Features(languages=False))
    guest.says("habari, naomba menyu").reads("What would you like?", "Food")
    guest.says("kiswahili").reads("Here we speak English only.").says("help").reads("Call staff")
    assert "Kiswahili" not in guest.titles


def test_a_known_guest_is_greeted_in_their_language() -> None:
    chat = Chat()
    chat.profile = Profile(known=True, language=SWAHILI)
    chat.guest.says("hi").reads("Karibu", "Chagua kwenye menyu").says("2 tusker please").reads("miaka 18")


def test_a_language_we_no_longer_speak_is_english() -> None:
    chat = Chat()
    chat.profile = Profile(known=True, language="xx")
    chat.guest.says("2 sprite").reads("Total KES 300").says("menu").reads("2 items, KES 300")


def test_news_comes_in_the_guests_language(guest: Guest, chat: Chat, bar: Bar) -> None:
    guest.says("naomba sprite mbili meza 4").taps("Lipa na M-Pesa")
    bar.gives_up()
    guest.reads("Oda 101 haikulipwa kwa wakati", "Ileile tena", "Menyu")
    bar.sends_back("300")
    guest.reads("Tumekurudishia KES 300 za oda 101.")


def test_the_session_remembers_through_the_store() -> None:
    spoken = Session(language=SWAHILI, language_chosen=True)
    assert Session.from_dict(spoken.to_dict()) == spoken
    assert Session.from_dict({}).language == ENGLISH and "language" not in Session().to_dict()


@pytest.mark.parametrize("state", State)
def test_every_state_can_be_asked_in_swahili(state: State) -> None:
    chat = Chat()
    chat.session = Session(state=state, language=SWAHILI, language_chosen=True)
    chat.play(events.UNREADABLE, {"type": "sticker"})
    english = {text for text in templates(SWAHILI) if isinstance(text, str) and len(text) > 30 and "{" not in text}
    assert not [text for text in english if text in chat.guest.text and templates(SWAHILI)[text] != text]


@pytest.mark.parametrize("script", [s for s in SCRIPTS if s], ids=" → ".join)
def test_a_swahili_title_typed_does_what_its_tap_does(script: list[str]) -> None:
    script = ["kiswahili", *script]
    for title in play(script).guest.titles:
        typed, tapped = play(script), play(script)
        typed.guest.says(title)
        tapped.guest.taps(title)
        assert typed.session == tapped.session, title
        assert typed.last.replies == tapped.last.replies, title


@pytest.mark.parametrize("language", LOCALES)
def test_every_word_that_help_names_works(language: str) -> None:
    words = [word.strip("* ") for word in wording(language, texts.HELP, {}).splitlines()[-1].split("·")]
    assert len(words) == 8
    for word in words:
        chat = Chat(demo_menu())
        chat.session = Session(language=language, language_chosen=True)
        before = chat.session
        chat.guest.says(word)
        assert chat.session != before or "“" not in chat.guest.text, word


# --- the guess, on the sentences guests write ---


@pytest.mark.parametrize(
    ("word", "said"), [("acha", "hatutakutumia"), ("anza", "Ungependa nini?"), ("stop", "unasked")]
)
def test_a_first_word_is_answered_in_its_language(word: str, said: str) -> None:
    Chat().guest.says(word).reads(said)


def test_english_sentences_are_never_taken_for_swahili() -> None:
    english = [s.text for s in sentences() if s.kind == "English"]
    assert not [text for text in english if guessed(tokens(text), ENGLISH, AT_FIRST) != ENGLISH]


def test_most_swahili_sentences_are_heard_as_swahili() -> None:
    swahili = [s.text for s in sentences() if s.kind == "Swahili"]
    missed = [text for text in swahili if guessed(tokens(text), ENGLISH, AT_FIRST) != SWAHILI]
    assert len(missed) < len(swahili) / 4, missed


def test_clear_words_change_the_language_either_way() -> None:
    assert guessed(tokens("naomba menyu tafadhali"), ENGLISH, LATER) == SWAHILI
    assert guessed(tokens("can I see what you have, please?"), SWAHILI, LATER) == ENGLISH
    assert guessed(tokens("2 dawa na 2 mojito"), SWAHILI, LATER) == SWAHILI
    assert guessed(tokens("2 dawa na 2 mojito"), ENGLISH, AT_FIRST) == ENGLISH
    assert guessed([], SWAHILI, AT_FIRST) == SWAHILI
