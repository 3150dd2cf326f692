"""Small translators."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.factory.files import sentencepiece, write
from tests.factory.sizes import SMALL, Size, shape
from tests.factory.texts import ARABIC, ENGLISH
from tests.factory.weights import ENDING, Precision, Weights, draw

_SPECIALS = {"eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>"}


def marian(
    folder: Path,
    *,
    targets: Iterable[str] = (),
    separate: bool = False,
    weights: Weights = "safetensors",
    precision: Precision = "float32",
    size: Size = SMALL,
    seed: int = 0,
) -> Path:
    """Write a small MarianMTModel into `folder` (made if absent) and return the folder.

    `targets`, as ("eng", "fra"), puts `>>eng<<` and `>>fra<<` into the vocabulary, as in a
    model of several target languages. `separate` gives each side a vocabulary and embeddings of
    its own, as many tokens each: the public files' form.
    """
    folder.mkdir(parents=True, exist_ok=True)
    first = ["</s>", "<unk>", *(f">>{code}<<" for code in targets)]
    read = sentencepiece(folder / "source.spm", ARABIC, size.pieces)
    written = sentencepiece(folder / "target.spm", ENGLISH, size.pieces)
    if separate:
        count = min(len(read), len(written) - len(first) + 2)
        pad = _vocabulary(folder / "vocab.json", [*first, *read[:count]])
        target = ["</s>", "<unk>", *written][:pad]
        assert _vocabulary(folder / "target_vocab.json", target) == pad
    else:
        pad = _vocabulary(folder / "vocab.json", [*first, *read, *written])
    write(folder / "special_tokens_map.json", _SPECIALS)
    write(folder / "tokenizer_config.json", _tokenizer_config(pad, size, separate))
    write(folder / "config.json", _config(pad, size, shared=not separate))
    write(folder / "generation_config.json", _search(pad, size))
    draw(folder, weights, precision, seed, ENDING / 4 if separate else ENDING)
    return folder


def _vocabulary(path: Path, pieces: list[str]) -> int:
    """Write tokens with their ids, `<pad>` last; its id."""
    vocabulary = {piece: index for index, piece in enumerate(dict.fromkeys([*pieces, "<pad>"]))}
    write(path, vocabulary)
    return vocabulary["<pad>"]


def _tokenizer_config(pad: int, size: Size, separate: bool) -> dict[str, Any]:
    plain = {"lstrip": False, "normalized": False, "rstrip": False, "single_word": False}
    return {
        "added_tokens_decoder": {
            str(index): {"content": content, "special": True} | plain
            for index, content in ((0, "</s>"), (1, "<unk>"), (pad, "<pad>"))
        },
        "clean_up_tokenization_spaces": False,
        "model_max_length": size.positions,
        "separate_vocabs": separate,
        "source_lang": "ar",
        "sp_model_kwargs": {},
        "target_lang": "en",
        "tokenizer_class": "MarianTokenizer",
        **_SPECIALS,
    }


def _config(pad: int, size: Size, *, shared: bool) -> dict[str, Any]:
    return {
        "activation_function": "swish",
        "architectures": ["MarianMTModel"],
        "bos_token_id": 0,
        "decoder_start_token_id": pad,
        "decoder_vocab_size": pad + 1,
        "eos_token_id": 0,
        "forced_eos_token_id": 0,
        "max_length": None,
        "model_type": "marian",
        "normalize_before": False,
        "normalize_embedding": False,
        "num_beams": None,
        "pad_token_id": pad,
        "scale_embedding": True,
        "share_encoder_decoder_embeddings": shared,
        "static_position_embeddings": True,
        "vocab_size": pad + 1,
        **shape(size),
    }


def _search(pad: int, size: Size) -> dict[str, Any]:
    return {
        "bad_words_ids": [[pad]],
        "bos_token_id": 0,
        "decoder_start_token_id": pad,
        "eos_token_id": 0,
        "forced_eos_token_id": 0,
        "max_length": size.positions,
        "num_beams": 4,
        "pad_token_id": pad,
        "renormalize_logits": True,
    }
