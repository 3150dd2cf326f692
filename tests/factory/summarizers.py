"""Small summarisers."""

import json
from pathlib import Path
from typing import Any, Literal

from tests.factory.files import sentencepiece, write
from tests.factory.sizes import SMALL, Size, shape
from tests.factory.texts import ENGLISH
from tests.factory.weights import ENDING, Precision, Weights, draw

# How Pegasus and T5 have their SentencePiece number what is no piece.
_NUMBERS = {"pad_id": 0, "eos_id": 1, "unk_id": 2, "bos_id": -1}


def bart(
    folder: Path,
    *,
    weights: Weights = "safetensors",
    precision: Precision = "float32",
    tokenizer: Literal["tokenizer.json", "vocab.json"] = "tokenizer.json",
    size: Size = SMALL,
    seed: int = 0,
) -> Path:
    """Write a small BartForConditionalGeneration into `folder` and return the folder.

    As in the public distilbart, `<mask>` is the tokenizer's last token and one more than the
    model has. `tokenizer` "vocab.json" writes vocab.json and merges.txt, as older repositories do.
    """
    folder.mkdir(parents=True, exist_ok=True)
    count = byte_pairs(folder, 2 * size.pieces, tokenizer)
    write(folder / "tokenizer_config.json", _bart_tokenizer_config(size))
    search = {
        "early_stopping": True,
        "forced_bos_token_id": 0,
        "forced_eos_token_id": 2,
        "length_penalty": 2.0,
        "max_length": 40,
        "min_length": 10,
        "no_repeat_ngram_size": 3,
        "num_beams": 4,
    }
    write(folder / "config.json", _bart_config(count - 1, size) | search)
    special_ids = {"bos_token_id": 0, "pad_token_id": 1, "eos_token_id": 2}
    write(folder / "generation_config.json", special_ids | {"decoder_start_token_id": 2} | search)
    draw(folder, weights, precision, seed, ENDING)
    return folder


def pegasus(
    folder: Path,
    *,
    weights: Weights = "safetensors",
    precision: Precision = "float32",
    tokenizer: Literal["spiece.model", "tokenizer.json"] = "spiece.model",
    size: Size = SMALL,
    seed: int = 0,
) -> Path:
    """Write a small PegasusForConditionalGeneration into `folder` and return the folder.

    `tokenizer` "tokenizer.json" writes that beside spiece.model, as some repositories do.
    """
    folder.mkdir(parents=True, exist_ok=True)
    pieces = sentencepiece(
        folder / "spiece.model", ENGLISH, size.pieces, user_defined_symbols=["<n>"], **_NUMBERS
    )
    unused = ["<mask_1>", *(f"<unk_{index}>" for index in range(2, 103))]
    specials: dict[str, Any] = {"eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>"}
    specials |= {"mask_token": "<mask_2>", "additional_special_tokens": unused}
    write(folder / "special_tokens_map.json", specials)
    more = {"mask_token_sent": "<mask_1>", "offset": 103, "model_max_length": size.positions}
    write(
        folder / "tokenizer_config.json",
        {"tokenizer_class": "PegasusTokenizer"} | specials | more,
    )
    search = {"length_penalty": 0.8, "max_length": 40, "min_length": 8, "num_beams": 4}
    write(folder / "config.json", _pegasus_config(103 + 3 + len(pieces), size) | search)
    special_ids = {"bos_token_id": 0, "decoder_start_token_id": 0, "eos_token_id": 1}
    last = {"pad_token_id": 0, "forced_eos_token_id": 1}
    write(folder / "generation_config.json", special_ids | last | search)
    if tokenizer == "tokenizer.json":
        _save_tokenizer(folder)
    draw(folder, weights, precision, seed, ENDING)
    return folder


def t5(
    folder: Path,
    *,
    weights: Weights = "safetensors",
    precision: Precision = "float32",
    tokenizer: Literal["spiece.model", "tokenizer.json"] = "tokenizer.json",
    version: Literal["1.0", "1.1"] = "1.0",
    size: Size = SMALL,
    seed: int = 0,
) -> Path:
    """Write a small T5ForConditionalGeneration into `folder` and return the folder.

    As in the public ones, the model has some more rows than tokens. `version` "1.1" has gated
    feed-forward layers, and a matrix of its own that it writes with.
    """
    folder.mkdir(parents=True, exist_ok=True)
    text = ENGLISH + "summarize: a summary\n"
    pieces = sentencepiece(folder / "spiece.model", text, size.pieces, **_NUMBERS)
    specials: dict[str, Any] = {"eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>"}
    specials["additional_special_tokens"] = [f"<extra_id_{index}>" for index in range(100)]
    write(folder / "special_tokens_map.json", specials)
    more = {"extra_ids": 100, "model_max_length": size.positions}
    write(folder / "tokenizer_config.json", {"tokenizer_class": "T5Tokenizer"} | specials | more)
    write(folder / "config.json", _t5_config(3 + len(pieces) + 100 + 28, size, version))
    special_ids = {"decoder_start_token_id": 0, "eos_token_id": 1, "pad_token_id": 0}
    write(folder / "generation_config.json", {"_from_model_config": True} | special_ids)
    if tokenizer == "tokenizer.json":
        _save_tokenizer(folder)
    draw(folder, weights, precision, seed, ENDING)
    return folder


def byte_pairs(folder: Path, pieces: int, layout: str) -> int:
    """Write BART's tokenizer into `folder`; the number of its tokens."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, processors
    from tokenizers.trainers import BpeTrainer

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.RobertaProcessing(
        ("</s>", 2), ("<s>", 0), trim_offsets=True, add_prefix_space=False
    )
    trainer = BpeTrainer(
        vocab_size=260 + pieces,
        min_frequency=2,
        show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        special_tokens=["<s>", "<pad>", "</s>", "<unk>"],
    )
    tokenizer.train_from_iterator(ENGLISH.splitlines(), trainer)
    if layout == "vocab.json":
        tokenizer.model.save(str(folder))
        vocabulary = json.loads((folder / "vocab.json").read_text("utf-8"))
        write(folder / "vocab.json", vocabulary | {"<mask>": len(vocabulary)})
        return len(vocabulary) + 1
    tokenizer.add_special_tokens([AddedToken("<mask>", lstrip=True, special=True)])
    tokenizer.save(str(folder / "tokenizer.json"))
    return tokenizer.get_vocab_size()


def _save_tokenizer(folder: Path) -> None:
    """Write the tokenizer.json that transformers makes of spiece.model (it wants protobuf)."""
    from transformers import AutoTokenizer

    made: Any = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    made.backend_tokenizer.save(str(folder / "tokenizer.json"))


def _bart_tokenizer_config(size: Size) -> dict[str, Any]:
    names = ("bos", "cls", "eos", "sep", "pad", "unk", "mask")
    contents = ("<s>", "<s>", "</s>", "</s>", "<pad>", "<unk>", "<mask>")
    return {
        "add_prefix_space": False,
        "clean_up_tokenization_spaces": True,
        "errors": "replace",
        "model_max_length": size.positions,
        "tokenizer_class": "BartTokenizer",
        "trim_offsets": True,
        **{f"{name}_token": content for name, content in zip(names, contents, strict=True)},
    }


def _bart_config(vocabulary: int, size: Size) -> dict[str, Any]:
    return {
        "activation_function": "gelu",
        "architectures": ["BartForConditionalGeneration"],
        "bos_token_id": 0,
        "decoder_start_token_id": 2,
        "eos_token_id": 2,
        "force_bos_token_to_be_generated": True,
        "model_type": "bart",
        "normalize_before": False,
        "normalize_embedding": True,
        "pad_token_id": 1,
        "scale_embedding": False,
        "static_position_embeddings": False,
        "vocab_size": vocabulary,
        **shape(size),
    }


def _pegasus_config(vocabulary: int, size: Size) -> dict[str, Any]:
    return {
        "activation_function": "relu",
        "add_bias_logits": False,
        "add_final_layer_norm": True,
        "architectures": ["PegasusForConditionalGeneration"],
        "bos_token_id": 0,
        "decoder_start_token_id": 0,
        "eos_token_id": 1,
        "force_bos_token_to_be_generated": False,
        "forced_eos_token_id": 1,
        "model_type": "pegasus",
        "normalize_before": True,
        "normalize_embedding": False,
        "pad_token_id": 0,
        "scale_embedding": True,
        "static_position_embeddings": True,
        "vocab_size": vocabulary,
        **shape(size),
    }


def _t5_config(vocabulary: int, size: Size, version: str) -> dict[str, Any]:
    later = {"feed_forward_proj": "gated-gelu", "tie_word_embeddings": False}
    summaries = {
        "early_stopping": True,
        "length_penalty": 2.0,
        "max_length": 40,
        "min_length": 10,
        "no_repeat_ngram_size": 3,
        "num_beams": 4,
        "prefix": "summarize: ",
    }
    return {
        "architectures": ["T5ForConditionalGeneration"],
        "d_ff": 4 * size.width,
        "d_kv": size.width // size.heads,
        "d_model": size.width,
        "decoder_start_token_id": 0,
        "dropout_rate": 0.1,
        "eos_token_id": 1,
        "initializer_factor": 1.0,
        "is_encoder_decoder": True,
        "layer_norm_epsilon": 1e-06,
        "model_type": "t5",
        "n_positions": size.positions,
        "num_heads": size.heads,
        "num_layers": size.layers,
        "pad_token_id": 0,
        "relative_attention_num_buckets": 32,
        "task_specific_params": {
            "summarization": summaries,
            "translation_en_to_de": {"max_length": 300, "prefix": "translate English to German: "},
        },
        "vocab_size": vocabulary,
        **(later if version == "1.1" else {}),
    }
