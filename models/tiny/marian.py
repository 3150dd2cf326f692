"""The tiny translator: a MarianMTModel in the layout of the public Helsinki-NLP repositories."""

from __future__ import annotations

import io
import json
from functools import partial
from typing import TYPE_CHECKING, Any

import sentencepiece
from transformers import MarianConfig, MarianMTModel, PreTrainedModel

from models.tiny.examples import TRAINING, VALIDATION, Pair, events, translation_pairs
from models.tiny.training import CHUNK, SIZE, Example, Recipe, greedy

if TYPE_CHECKING:
    from pathlib import Path

STEPS = 9_600
EVENTS_A_BATCH = 12
POSITIONS = 256
PIECES = {"source": 2800, "target": 1600}
# Characters that must never be unknown, though the small world has no use for most of them.
LETTERS = "".join(map(chr, [*range(0x21, 0x7F), *range(0x621, 0x63B), *range(0x641, 0x64B)]))
LETTERS += "٠١٢٣٤٥٦٧٨٩٬٫،؛؟«»"
END, UNKNOWN, PAD = "</s>", "<unk>", "<pad>"


def _sentencepiece(texts: list[str], pieces: int) -> bytes:
    model = io.BytesIO()
    # SentencePiece takes no piece for a word that the same character always follows, as a space
    # does a given name. So every word stands on a line of its own too.
    words = sorted({word for text in texts for word in text.split()})
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(texts + words * 5),
        model_writer=model,
        vocab_size=pieces,
        model_type="unigram",
        character_coverage=1.0,
        required_chars=LETTERS,
        split_digits=True,
        hard_vocab_limit=False,
        num_threads=1,
        minloglevel=2,
    )
    return model.getvalue()


def _pieces(model: bytes) -> list[str]:
    processor = sentencepiece.SentencePieceProcessor(model_proto=model)
    return [
        processor.id_to_piece(i)
        for i in range(processor.get_piece_size())
        if not processor.is_control(i) and not processor.is_unknown(i)
    ]


def make_tokenizer(folder: Path) -> None:
    """Train source.spm and target.spm on the world and write them with their vocabulary."""
    pairs = translation_pairs(events(TRAINING, 12_000))
    source = _sentencepiece([pair.source for pair in pairs], PIECES["source"])
    target = _sentencepiece([pair.target for pair in pairs], PIECES["target"])
    (folder / "source.spm").write_bytes(source)
    (folder / "target.spm").write_bytes(target)
    tokens = list(dict.fromkeys([END, UNKNOWN, *_pieces(source), *_pieces(target), PAD]))
    vocabulary = {token: i for i, token in enumerate(tokens)}
    _write_json(folder / "vocab.json", vocabulary)
    special = {"eos_token": END, "pad_token": PAD, "unk_token": UNKNOWN}
    _write_json(folder / "special_tokens_map.json", special)
    _write_json(folder / "tokenizer_config.json", _tokenizer_config(vocabulary, special))


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", "utf-8")


def _tokenizer_config(vocabulary: dict[str, int], special: dict[str, str]) -> dict[str, object]:
    flags = dict.fromkeys(("lstrip", "normalized", "rstrip", "single_word"), False)
    return {
        "added_tokens_decoder": {
            str(vocabulary[token]): {"content": token, **flags, "special": True}
            for token in (END, UNKNOWN, PAD)
        },
        "clean_up_tokenization_spaces": False,
        "model_max_length": POSITIONS,
        "separate_vocabs": False,
        "source_lang": "ar",
        "sp_model_kwargs": {},
        "target_lang": "en",
        "tokenizer_class": "MarianTokenizer",
        **special,
    }


class Codec:
    """Text to ids and back, with the files of a folder."""

    def __init__(self, folder: Path) -> None:
        self.ids: dict[str, int] = json.loads((folder / "vocab.json").read_text("utf-8"))
        self.tokens = list(self.ids)
        self.source, self.target = (
            sentencepiece.SentencePieceProcessor(model_file=str(folder / f"{side}.spm"))
            for side in ("source", "target")
        )

    def example(self, pair: Pair) -> Example:
        unknown, end = self.ids[UNKNOWN], self.ids[END]
        source = self.source.encode(pair.source, out_type=str)
        target = self.target.encode(pair.target, out_type=str)
        return Example(
            [*(self.ids.get(t, unknown) for t in source), end],
            [*(self.ids.get(t, unknown) for t in target), end],
        )

    def text(self, ids: list[int]) -> str:
        special = {self.ids[token] for token in (END, UNKNOWN, PAD)}
        decoded: str = self.target.decode([self.tokens[i] for i in ids if i not in special])
        return decoded


def new_model(folder: Path) -> PreTrainedModel:
    """A model with random weights for the tokenizer of `folder`."""
    vocabulary = len(json.loads((folder / "vocab.json").read_text("utf-8")))
    pad = vocabulary - 1
    settings: dict[str, Any] = {
        **SIZE,
        "vocab_size": vocabulary,
        "max_position_embeddings": POSITIONS,
        "activation_function": "swish",
        "scale_embedding": True,
        "static_position_embeddings": True,
        "normalize_before": False,
        "normalize_embedding": False,
        "add_final_layer_norm": False,
        "bos_token_id": 0,
        "eos_token_id": 0,
        "forced_eos_token_id": 0,
        "pad_token_id": pad,
        "decoder_start_token_id": pad,
    }
    config = MarianConfig(**settings)
    model: PreTrainedModel = MarianMTModel(config)
    generation = model.generation_config
    generation.num_beams = 4
    generation.max_length = POSITIONS
    generation.bad_words_ids = [[pad]]
    generation.renormalize_logits = True
    return model


def _examples(codec: Codec, chunk: int) -> list[Example]:
    count = EVENTS_A_BATCH * CHUNK
    return [codec.example(p) for p in translation_pairs(events(TRAINING + chunk * count, count))]


def _validate(codec: Codec, model: PreTrainedModel) -> str:
    pairs = translation_pairs(events(VALIDATION, 24))
    written = greedy(model, [codec.example(pair).source for pair in pairs], longest=80)
    right = sum(codec.text(ids) == p.target for ids, p in zip(written, pairs, strict=True))
    return f"exact {right}/{len(pairs)}"


def recipe(folder: Path) -> Recipe:
    """How to train the model of `folder`."""
    codec = Codec(folder)
    return Recipe(
        partial(_examples, codec), partial(_validate, codec), STEPS, warmup=400, peak=1.5e-3
    )
