"""The tokenizer of both pipelines: a token is a word, a mark, or a line break.

Words are split at every mark, as the encoder splits them, so that a span of any rule starts and ends at tokens.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable

from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.util import registry
from spacy.vocab import Vocab

_TOKEN = re.compile(r"\w+|[^\w ]| +")  # every code point is in one token, but for a single space after it
STARTS = "starts"  # key of `Doc.user_data`: offset of each token
TEXTS = "texts"  # key of `Doc.user_data`: text of each token


class Words:
    """text -> `Doc`, with offset and text of each token in ``doc.user_data``, where a loop reads them fast."""

    def __init__(self, vocab: Vocab) -> None:
        """`vocab` is the pipeline's."""
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        """Split `text`; the tokens' texts and spaces joined are `text` again."""
        words: list[str] = []
        spaces: list[bool] = []
        starts: list[int] = []
        for match in _TOKEN.finditer(text):
            word = match[0]
            if word[0] == " ":
                if words and not spaces[-1] and words[-1][0] != " ":
                    spaces[-1] = True
                    word = word[1:]
                    if not word:
                        continue
                starts.append(match.end() - len(word))
            else:
                starts.append(match.start())
            words.append(word)
            spaces.append(False)
        return Doc(self.vocab, words=words, spaces=spaces, user_data={STARTS: starts, TEXTS: words})


@registry.tokenizers("kawat.words.v1")  # type: ignore[untyped-decorator] # spaCy leaves it so
def make_words() -> Callable[[Language], Words]:
    """For the config of a pipeline: ``{"nlp": {"tokenizer": {"@tokenizers": "kawat.words.v1"}}}``."""

    def create(nlp: Language) -> Words:
        return Words(nlp.vocab)

    return create


def span(doc: Doc, start: int, end: int, label: str) -> Span:
    """The tokens that the code points [start, end) touch."""
    starts = doc.user_data[STARTS]
    return Span(doc, max(bisect_right(starts, start) - 1, 0), bisect_left(starts, end), label=label)
