"""How much of what guests really write is understood, and that it does not become less."""

from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.conversation.meanings import Sentence, sentences, told, understood

LEAST_SENTENCES, LEAST_SHARE = 300, 0.99

WORDS = sorted({word for sentence in sentences() for word in sentence.text.split()})
BEFORE = [(), *sorted({sentence.before for sentence in sentences()}), ("2 sprite to table 4", "pay")]
MIXED = st.lists(st.sampled_from(WORDS), min_size=1, max_size=9).map(" ".join)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(BEFORE), MIXED, MIXED)
def test_any_mix_of_what_guests_say_is_answered(before: tuple[str, ...], first: str, second: str) -> None:
    told(before).guest.says(first).says(second)


def test_the_share_of_sentences_understood_does_not_fall(capsys: pytest.CaptureFixture[str]) -> None:
    met: dict[str, list[bool]] = defaultdict(list)
    missed: list[tuple[Sentence, str]] = []
    for sentence in sentences():
        seen = understood(sentence)
        met[sentence.kind].append(seen == sentence.meaning)
        missed += [] if seen == sentence.meaning else [(sentence, seen)]
    every = [one for kind in met.values() for one in kind]
    with capsys.disabled():
        print(_report(met, missed, every))
    assert len(every) >= LEAST_SENTENCES
    assert sum(every) / len(every) >= LEAST_SHARE


def _report(met: dict[str, list[bool]], missed: list[tuple[Sentence, str]], every: list[bool]) -> str:
    rows = [f"  {kind:24} {sum(one):3} of {len(one):3}  {sum(one) / len(one):6.1%}" for kind, one in met.items()]
    rows.append(f"  {'all':24} {sum(every):3} of {len(every):3}  {sum(every) / len(every):6.1%}")
    rows += [f"  ✗ {s.text!r} ({s.kind}): meant “{s.meaning}”, read “{seen}”" for s, seen in missed]
    return "\n".join(["\nSentences understood", *rows])
