"""How much of what guests really write is understood, and that it does not become less."""

from collections import defaultdict

import pytest

from tests.unit.conversation.meanings import Sentence, sentences, understood

LEAST_SENTENCES, LEAST_SHARE = 300, 0.99


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
