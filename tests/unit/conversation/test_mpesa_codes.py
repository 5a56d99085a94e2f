"""What guests type or paste after they paid by hand, and what only looks like it."""

import pytest

from core.conversation.understanding.mpesa import read_code

CODE = "UC65K2T9QX"


@pytest.mark.parametrize(
    "text",
    [
        "UC65K2T9QX",
        "uc65k2t9qx",
        "  UC65K2T9QX. ",
        "nimelipa UC65K2T9QX",
        "I have paid, code UC65K2T9QX",
        "mpesa code: uc65k2t9qx",
        "Msimbo ni UC65K2T9QX asante sana kaka, tuletee vinywaji haraka tafadhali",
        "UC65K2T9QX Confirmed. Ksh850.00 paid to DESTINATION COCKTAILS. on 6/3/26 at 9:14 PM.New M-PESA balance is"
        " Ksh1,204.50. Transaction cost, Ksh0.00. Amount you can transact within the day is 499,150.00.",
        "UC65K2T9QX Confirmed. Ksh850.00 sent to KOPO KOPO for account K123456 on 6/3/26 at 9:14 PM New M-PESA balance"
        " is Ksh0.00. Transaction cost, Ksh0.00.",
        "UC65K2T9QX Confirmed.Ksh850.00 paid to DESTINATION COCKTAILS",
        "UC65K2T9QX Confirmed. Fuliza M-PESA amount is Ksh 500.00. Access Fee charged Ksh 5.00.",
        "UC65K2T9QX Imethibitishwa. Ksh850.00 imelipwa kwa DESTINATION COCKTAILS. tarehe 6/3/26 saa 9:14 PM. Baki yako"
        " mpya katika M-PESA ni Ksh1,204.50.",
        "UC65K2T9QX imethibitishwa Ksh850.00 imetumwa kwa DESTINATION kwa akaunti K123456",
        "Hi\nUC65K2T9QX Confirmed. Ksh850.00 paid to DESTINATION COCKTAILS.",
    ],
)
def test_the_code_is_found_however_it_is_told(text: str) -> None:
    assert read_code(text) == CODE


def test_a_code_without_a_date_counts_as_it_is_printed_or_named() -> None:
    assert read_code("UZ65K2T9QX") == read_code("my code is uz65k2t9qx") == "UZ65K2T9QX"
    assert read_code("uz65k2t9qx") == ""


def test_in_an_sms_every_sign_of_a_code_may_be_a_letter() -> None:
    assert read_code("UCFAKETEST Confirmed. Ksh850.00 paid to BAR.") == "UCFAKETEST"
    assert read_code("code UCFAKETEST") == "UCFAKETEST"


@pytest.mark.parametrize(
    "text",
    [
        "2 dawa and 1 tusker to table 7",
        "MARGARITAS",
        "0712345678",
        "+254712345678",
        "guinness24",
        "the code is on the way",
        "receipt please please",
        "table 14 KQXRT",
        "UC65K2T9Q",
        "UC65K2T9QXX",
        "UC65K2T9QX or UC65K2T9QZ",
        "confirmed",
        "",
        "we are eleven people at table 9 and want UC65K2T9QX for everybody please",
    ],
)
def test_what_only_looks_like_a_code_is_left_alone(text: str) -> None:
    assert read_code(text) == ""
