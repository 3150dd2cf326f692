"""The tiny summariser: a BartForConditionalGeneration in the layout of the public distilbart."""

from __future__ import annotations

import json
import re
from functools import partial
from random import Random
from typing import TYPE_CHECKING, Any

from tokenizers import AddedToken, Tokenizer, decoders, pre_tokenizers, processors
from tokenizers.models import BPE
from tokenizers.trainers import BpeTrainer
from transformers import BartConfig, BartForConditionalGeneration, PreTrainedModel

from models.tiny.examples import TRAINING, VALIDATION, events, summary_pair, summary_pairs
from models.tiny.training import CHUNK, SIZE, Example, Recipe, greedy
from models.tiny.world import LENGTHS, mentions

if TYPE_CHECKING:
    from pathlib import Path

STEPS = 8_000
EVENTS_A_BATCH = 32
POSITIONS = 512
TOKENS = 2600
LONGEST_SUMMARY = 128
START, PAD, END, UNKNOWN, MASK = "<s>", "<pad>", "</s>", "<unk>", "<mask>"


def make_tokenizer(folder: Path) -> None:
    """Train a byte-level BPE on the English of the world and write it.

    No merge holds a digit, so that every digit is a token; words and names are mostly one token
    each. Both make copying easy to learn.
    """
    tokenizer = Tokenizer(BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = BpeTrainer(
        vocab_size=TOKENS - 1,
        special_tokens=[START, PAD, END, UNKNOWN],
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    told = events(TRAINING, 12_000)
    texts = (f"{item.article.english()} {' '.join(item.summary)}" for item in told)
    tokenizer.train_from_iterator((re.sub(r"\d+", "", text) for text in texts), trainer)
    tokenizer.add_special_tokens([AddedToken(MASK, lstrip=True, special=True)])
    start, end = tokenizer.encode(START + END).ids
    tokenizer.post_processor = processors.RobertaProcessing(
        (END, end), (START, start), trim_offsets=True, add_prefix_space=False
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    tokenizer.model.save(str(folder))
    config = json.dumps(_tokenizer_config(), indent=2)
    (folder / "tokenizer_config.json").write_text(config + "\n", "utf-8")


def _tokenizer_config() -> dict[str, object]:
    return {
        "add_prefix_space": False,
        "bos_token": START,
        "clean_up_tokenization_spaces": False,
        "cls_token": START,
        "eos_token": END,
        "errors": "replace",
        "mask_token": MASK,
        "model_max_length": POSITIONS,
        "pad_token": PAD,
        "sep_token": END,
        "tokenizer_class": "BartTokenizer",
        "trim_offsets": True,
        "unk_token": UNKNOWN,
    }


def new_model(folder: Path) -> PreTrainedModel:
    """A model with random weights for the tokenizer of `folder`."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    start, pad, end = (tokenizer.token_to_id(token) for token in (START, PAD, END))
    settings: dict[str, Any] = {
        **SIZE,
        "vocab_size": tokenizer.get_vocab_size(),
        "max_position_embeddings": POSITIONS,
        "activation_function": "gelu",
        "normalize_before": False,
        "normalize_embedding": True,
        "bos_token_id": start,
        "pad_token_id": pad,
        "eos_token_id": end,
        "decoder_start_token_id": end,
        "forced_bos_token_id": start,
        "forced_eos_token_id": end,
    }
    config = BartConfig(**settings)
    model: PreTrainedModel = BartForConditionalGeneration(config)
    generation = model.generation_config
    generation.num_beams = 4
    generation.max_length = LONGEST_SUMMARY
    generation.early_stopping = True
    # No ban on repeated n-grams: every digit is a token, and "1,000,000" repeats them.
    generation.forced_bos_token_id = start
    return model


def _examples(tokenizer: Tokenizer, chunk: int) -> list[Example]:
    count = EVENTS_A_BATCH * CHUNK
    # Short articles first: there is less to choose from while the model finds out how to copy.
    longest = min(LENGTHS[-1], LENGTHS[0] + chunk * CHUNK // 250)
    told = events(TRAINING + chunk * count, count, longest)
    pairs = summary_pairs(told, Random(chunk))  # noqa: S311
    return [Example(tokenizer.encode(p.source).ids, tokenizer.encode(p.target).ids) for p in pairs]


def _validate(tokenizer: Tokenizer, model: PreTrainedModel) -> str:
    pairs = [summary_pair(item) for item in events(VALIDATION, 64)]
    sources = [tokenizer.encode(pair.source).ids for pair in pairs]
    texts = tokenizer.decode_batch(greedy(model, sources, LONGEST_SUMMARY))
    exact = sum(text == p.target for text, p in zip(texts, pairs, strict=True))
    facts = sum(mentions(text) == mentions(p.target) for text, p in zip(texts, pairs, strict=True))
    return f"facts {facts}/{len(pairs)} exact {exact}/{len(pairs)}"


def recipe(folder: Path) -> Recipe:
    """How to train the model of `folder`."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    return Recipe(
        partial(_examples, tokenizer), partial(_validate, tokenizer), STEPS, warmup=500, peak=1e-3
    )
