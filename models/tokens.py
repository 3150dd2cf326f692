"""Text to the pieces that a model reads, and back, without importing transformers.

Document text is text and never control: `</s>`, `<mask>` or `>>fra<<` written in a document is
cut into ordinary pieces. The target language of a model that has several is chosen when the
tokenizer is loaded, not by what a document begins with. Where transformers would obey such
text, the two differ; for all other text the ids are the same (its `split_special_tokens=True`).
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from models import config
from models.errors import ModelUnfit, one_line

if TYPE_CHECKING:
    from sentencepiece import SentencePieceProcessor
    from tokenizers import Tokenizer as RustTokenizer

UNKNOWN = "<unk>"
_SPECIAL = frozenset({"</s>", UNKNOWN, "<pad>"})
_LANGUAGE = re.compile(r">>.+<<")
# What T5 and Pegasus have besides, for their pretraining.
_SENTINEL = re.compile(r"<(extra_id|unk|mask)_\d+>")
# Pegasus' way to write the end of a line.
_LINE_END = "<n>"
_SURROGATE = re.compile("[\ud800-\udfff]")


class Tokenizer(Protocol):
    """The pieces of one model."""

    def encode(self, text: str) -> list[str]:
        """All source tokens of `text`, special ones included; `<unk>` for an unknown piece.

        Their count is what counts against the model's positions.
        """

    def encode_target(self, text: str) -> list[str]:
        """Target tokens of `text` as a target begins with it, without special ones.

        `<unk>` stands for a piece that the model cannot write.
        """

    def decode(self, tokens: Iterable[str]) -> str:
        """The text of target tokens; special tokens are left out."""


def load(folder: Path, target: str = "eng") -> Tokenizer:
    """Load the tokenizer of a model folder.

    `target` is the three-letter target language: a model whose vocabulary holds `>>eng<<` gets
    that token first in every source. Raises ModelUnfit where files are absent or damaged.
    """
    with _refusing(folder):
        settings = config.read(folder)
        if settings.kind == "marian":
            return _marian(folder, target)
        if settings.kind == "bart":
            return BartTokenizer(_byte_level(folder))
        cut, vocabulary = _unigram(folder, settings)
        return UnigramTokenizer(cut, vocabulary, settings.prefix)


def vocabularies(folder: Path) -> tuple[dict[str, int], dict[str, int]]:
    """Token to id of the source side and of the target side of a model folder.

    Raises ModelUnfit where files are absent or damaged.
    """
    with _refusing(folder):
        settings = config.read(folder)
        if settings.kind == "marian":
            return _marian_vocabularies(folder)
        if settings.kind == "bart":
            shared = _byte_level(folder).get_vocab(with_added_tokens=True)
        else:
            _, shared = _unigram(folder, settings)
        return shared, shared


@contextmanager
def _refusing(folder: Path) -> Iterator[None]:
    try:
        yield
    except ModelUnfit:
        raise
    except Exception as error:  # noqa: BLE001 - tokenizers raises bare Exception
        raise ModelUnfit(f"{folder}: its tokenizer cannot be loaded ({one_line(error)})") from None


class MarianTokenizer:
    """SentencePiece for the pieces, vocab.json for what the model knows of them."""

    def __init__(
        self,
        source: "SentencePieceProcessor",
        target: "SentencePieceProcessor",
        read: Iterable[str],
        written: Iterable[str],
        prefix: Sequence[str],
    ) -> None:
        self._source = source
        self._target = target
        self._prefix = list(prefix)
        self._read = _plain(read)
        self._written = self._read if written is read else _plain(written)

    def encode(self, text: str) -> list[str]:
        """As the protocol says: the language token if the model needs one, pieces, `</s>`.

        SentencePiece gives a run of characters unknown to it as one piece, which may then read
        like a special token; that too is unknown.
        """
        pieces = self._source.encode(_SURROGATE.sub("\ufffd", text), out_type=str)
        return [*self._prefix, *(_known(piece, self._read) for piece in pieces), "</s>"]

    def encode_target(self, text: str) -> list[str]:
        """As the protocol says."""
        pieces = self._target.encode(_SURROGATE.sub("\ufffd", text), out_type=str)
        return [_known(piece, self._written) for piece in pieces]

    def decode(self, tokens: Iterable[str]) -> str:
        """As the protocol says."""
        pieces = [token for token in tokens if token not in _SPECIAL]
        text: str = self._target.decode_pieces(pieces)
        return text.replace("▁", " ").strip()


class BartTokenizer:
    """Byte-level BPE: no text is unknown to it.

    transformers ignores `clean_up_tokenization_spaces` for byte-level BPE, and so does this.
    """

    def __init__(self, tokenizer: "RustTokenizer") -> None:
        self._tokenizer = tokenizer

    def encode(self, text: str) -> list[str]:
        """As the protocol says: `<s>`, pieces, `</s>`."""
        tokens: list[str] = self._tokenizer.encode(_SURROGATE.sub("\ufffd", text)).tokens
        return tokens

    def encode_target(self, text: str) -> list[str]:
        """As the protocol says; a word that others come before begins with its space."""
        encoding = self._tokenizer.encode(_SURROGATE.sub("\ufffd", text), add_special_tokens=False)
        tokens: list[str] = encoding.tokens
        return tokens

    def decode(self, tokens: Iterable[str]) -> str:
        """As the protocol says."""
        ids = (self._tokenizer.token_to_id(token) for token in tokens)
        return self._tokenizer.decode([i for i in ids if i is not None], skip_special_tokens=True)


class UnigramTokenizer:
    """T5's and Pegasus' pieces, of one vocabulary. Letters that it has not are unknown."""

    def __init__(
        self, cut: Callable[[str], list[str]], vocabulary: Iterable[str], prefix: str
    ) -> None:
        self._cut = cut
        self._plain = {piece for piece in _plain(vocabulary) if not _SENTINEL.fullmatch(piece)}
        self._prefix = prefix

    def encode(self, text: str) -> list[str]:
        """As the protocol says: what tells the model its task, pieces, `</s>`."""
        return [*self.encode_target(self._prefix + text), "</s>"]

    def encode_target(self, text: str) -> list[str]:
        """As the protocol says."""
        return [_known(piece, self._plain) for piece in self._cut(_SURROGATE.sub("\ufffd", text))]

    def decode(self, tokens: Iterable[str]) -> str:
        """As the protocol says; the end of a line is a space."""
        text = "".join(token for token in tokens if token in self._plain)
        return " ".join(text.replace("▁", " ").replace(_LINE_END, " ").split())


def _marian(folder: Path, target: str) -> MarianTokenizer:
    from sentencepiece import SentencePieceProcessor

    source, written = _marian_vocabularies(folder)
    for token in ("</s>", UNKNOWN):
        if token not in source:
            raise ModelUnfit(f"{folder / 'vocab.json'}: the token {token} is missing")
    wanted = f">>{target}<<"
    return MarianTokenizer(
        SentencePieceProcessor(model_file=str(folder / "source.spm")),
        SentencePieceProcessor(model_file=str(folder / "target.spm")),
        source,
        written,
        [wanted] if wanted in source else [],
    )


def _plain(vocabulary: Iterable[str]) -> set[str]:
    """The pieces that text may become: none that a model takes for control."""
    return {
        piece for piece in vocabulary if piece not in _SPECIAL and not _LANGUAGE.fullmatch(piece)
    }


def _known(piece: str, pieces: set[str]) -> str:
    return piece if piece in pieces else UNKNOWN


def _marian_vocabularies(folder: Path) -> tuple[dict[str, int], dict[str, int]]:
    source = _json(folder / "vocab.json")
    separate = _tokenizer_config(folder).get("separate_vocabs")
    return source, _json(folder / "target_vocab.json") if separate else source


def _byte_level(folder: Path) -> "RustTokenizer":
    return _from_json(folder) or _from_merges(folder)


def _from_json(folder: Path) -> "RustTokenizer | None":
    from tokenizers import Tokenizer as RustTokenizer

    path = folder / "tokenizer.json"
    if not path.is_file():
        return None
    tokenizer = RustTokenizer.from_file(str(path))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    tokenizer.encode_special_tokens = True
    return tokenizer


def _from_merges(folder: Path) -> "RustTokenizer":
    """Build what tokenizer.json would hold from the vocab.json and merges.txt of GPT-2's form."""
    from tokenizers import AddedToken, decoders, models, pre_tokenizers, processors
    from tokenizers import Tokenizer as RustTokenizer

    model = models.BPE.from_file(str(folder / "vocab.json"), str(folder / "merges.txt"))
    tokenizer = RustTokenizer(model)
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    start, end = (tokenizer.token_to_id(token) for token in ("<s>", "</s>"))
    if start is None or end is None:
        raise ModelUnfit(f"{folder / 'vocab.json'}: the token <s> or </s> is missing")
    tokenizer.post_processor = processors.RobertaProcessing(
        ("</s>", end), ("<s>", start), trim_offsets=True, add_prefix_space=False
    )
    tokenizer.add_special_tokens(["<s>", "<pad>", "</s>", UNKNOWN])
    tokenizer.add_special_tokens([AddedToken("<mask>", lstrip=True, special=True)])
    tokenizer.encode_special_tokens = True
    return tokenizer


def _unigram(
    folder: Path, settings: config.ModelConfig
) -> tuple[Callable[[str], list[str]], dict[str, int]]:
    """How a T5 or Pegasus cuts text, and its tokens, one for each row of the model at least.

    T5 was published with more rows than tokens: what they would write has a name here, but no text.
    """
    if rust := _from_json(folder):
        vocabulary = rust.get_vocab(with_added_tokens=True)
        cut = _rust_cut(rust)
    else:
        cut, vocabulary = _spiece(folder, settings.kind)
    spare = range(len(vocabulary), settings.vocabulary)
    return cut, vocabulary | {f"<extra_id_{index}>": index for index in spare}


def _rust_cut(rust: "RustTokenizer") -> Callable[[str], list[str]]:
    def cut(text: str) -> list[str]:
        pieces: list[str] = rust.encode(text, add_special_tokens=False).tokens
        return pieces

    return cut


def _spiece(folder: Path, kind: config.Kind) -> tuple[Callable[[str], list[str]], dict[str, int]]:
    """What tokenizer.json would hold, from spiece.model and each family's own layout of ids.

    Both begin with `<pad>` and `</s>`. T5's 100 sentinels stand last, the last one first. Pegasus'
    stand behind these two, and every other piece is moved by 103.
    """
    from sentencepiece import SentencePieceProcessor

    processor = SentencePieceProcessor(model_file=str(folder / "spiece.model"))
    pieces = [processor.id_to_piece(index) for index in range(processor.get_piece_size())]
    said = _tokenizer_config(folder)
    if kind == "t5":
        pieces += [f"<extra_id_{index}>" for index in reversed(range(said.get("extra_ids", 100)))]
    else:
        unused = range(2, said.get("offset", 103))
        pieces[2:2] = ["<mask_1>", "<mask_2>", *(f"<unk_{index}>" for index in unused)]
    return partial(processor.encode, out_type=str), {p: index for index, p in enumerate(pieces)}


def _tokenizer_config(folder: Path) -> dict[str, Any]:
    path = folder / "tokenizer_config.json"
    return _json(path) if path.is_file() else {}


def _json(path: Path) -> dict[str, Any]:
    value = json.loads(path.read_text("utf-8"))
    if not isinstance(value, dict):
        raise ModelUnfit(f"{path}: holds no JSON object")
    return value
