"""What a model folder's JSON is taken to say."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from models import config
from models.engines.engine import DecodeOptions
from models.errors import ModelUnfit

MARIAN: dict[str, Any] = {
    "model_type": "marian",
    "decoder_start_token_id": 99,
    "eos_token_id": 0,
    "max_position_embeddings": 512,
    "pad_token_id": 99,
    "vocab_size": 100,
}
BART: dict[str, Any] = {
    "model_type": "bart",
    "decoder_start_token_id": 2,
    "eos_token_id": 2,
    "forced_bos_token_id": 0,
    "max_position_embeddings": 1024,
    "pad_token_id": 1,
    "vocab_size": 100,
}


def write(folder: Path, said: object, generation: object = None) -> Path:
    (folder / "config.json").write_text(json.dumps(said), "utf-8")
    if generation is not None:
        (folder / "generation_config.json").write_text(json.dumps(generation), "utf-8")
    return folder


def test_marian_without_a_word_on_search_gets_four_beams_and_every_position(
    tmp_path: Path,
) -> None:
    found = config.read(write(tmp_path, MARIAN))
    assert found == config.ModelConfig(
        kind="marian",
        positions=512,
        source_vocabulary=100,
        vocabulary=100,
        start=99,
        end=0,
        pad=99,
        forced_start=None,
        decode=DecodeOptions(beam=4, max_length=511),
    )


def test_generation_config_has_the_last_word_and_null_says_nothing(tmp_path: Path) -> None:
    said = MARIAN | {"num_beams": 6, "max_length": 400, "length_penalty": 0.5}
    generation = {"num_beams": 3, "max_length": None, "early_stopping": "never"}
    decode = config.read(write(tmp_path, said, generation)).decode
    assert decode == DecodeOptions(beam=3, max_length=399, length_penalty=0.5)


def test_bart_lengths_leave_out_the_start_and_the_forced_first_token(tmp_path: Path) -> None:
    search = {
        "num_beams": 4,
        "max_length": 142,
        "min_length": 56,
        "no_repeat_ngram_size": 3,
        "length_penalty": 2.0,
        "early_stopping": True,
    }
    found = config.read(write(tmp_path, BART, search))
    assert found.forced_start == 0
    assert found.decode == DecodeOptions(
        beam=4,
        max_length=140,
        min_length=54,
        no_repeat_ngram=3,
        length_penalty=2.0,
        early_stopping=True,
    )


def test_bart_in_words_of_2020(tmp_path: Path) -> None:
    said = {"forced_bos_token_id": None, "force_bos_token_to_be_generated": True, "bos_token_id": 5}
    found = config.read(write(tmp_path, BART | said))
    assert (found.forced_start, found.decode.max_length) == (5, 140)


def test_bart_without_a_forced_first_token(tmp_path: Path) -> None:
    found = config.read(write(tmp_path, BART | {"forced_bos_token_id": None, "min_length": 0}))
    assert found.forced_start is None
    assert (found.decode.max_length, found.decode.min_length) == (141, 0)


T5: dict[str, Any] = {
    "model_type": "t5",
    "decoder_start_token_id": 0,
    "eos_token_id": 1,
    "n_positions": 512,
    "pad_token_id": 0,
    "vocab_size": 32128,
}


def test_a_t5_is_asked_for_summaries(tmp_path: Path) -> None:
    """It has several tasks, each with a search and a prefix of its own."""
    summaries = {"prefix": "tldr: ", "num_beams": 2, "max_length": 101, "min_length": 11}
    tasks = {"summarization": summaries, "translation_en_to_de": {"max_length": 300}}
    found = config.read(write(tmp_path, T5 | {"task_specific_params": tasks, "num_beams": 5}))
    assert (found.positions, found.prefix, found.vocabulary) == (512, "tldr: ", 32128)
    assert found.decode == DecodeOptions(
        beam=2,
        max_length=100,
        min_length=10,
        no_repeat_ngram=3,
        length_penalty=2.0,
        early_stopping=True,
    )


def test_a_t5_that_does_not_say_how_is_asked_as_the_published_one(tmp_path: Path) -> None:
    found = config.read(write(tmp_path, T5 | {"n_positions": None}, {"max_length": 80}))
    assert (found.positions, found.prefix) == (512, "summarize: ")
    assert (found.decode.beam, found.decode.min_length, found.decode.max_length) == (4, 29, 79)


def test_pegasus_as_it_was_published(tmp_path: Path) -> None:
    said = BART | {
        "model_type": "pegasus",
        "prefix": "not a task",
        "decoder_start_token_id": 0,
        "eos_token_id": 1,
        "force_bos_token_to_be_generated": False,
        "forced_bos_token_id": None,
        "length_penalty": 0.8,
        "max_length": 128,
        "min_length": 32,
        "num_beams": 8,
        "pad_token_id": 0,
    }
    found = config.read(write(tmp_path, said))
    assert (found.positions, found.start, found.end, found.pad) == (1024, 0, 1, 0)
    assert (found.forced_start, found.prefix) == (None, "")
    assert found.decode == DecodeOptions(beam=8, max_length=127, min_length=31, length_penalty=0.8)


@pytest.mark.parametrize(
    ("shared", "written"),
    [(True, 100), (None, 100), (False, 90)],
)
def test_what_is_read_and_what_is_written(
    tmp_path: Path, shared: bool | None, written: int
) -> None:
    said = {"decoder_vocab_size": 90, "share_encoder_decoder_embeddings": shared}
    ids = {"pad_token_id": 89, "decoder_start_token_id": 89}
    found = config.read(write(tmp_path, MARIAN | said | ids))
    assert (found.source_vocabulary, found.vocabulary) == (100, written)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (MARIAN | {"model_type": "mt5"}, "model_type is 'mt5'; supported are marian, bart, pega"),
        ({}, "model_type is None"),
        ([1], "holds no JSON object"),
        ({**MARIAN, "max_position_embeddings": None}, "max_position_embeddings is missing"),
        ({**MARIAN, "vocab_size": "many"}, "many"),
        ({**BART, "forced_bos_token_id": -1}, "the forced first token -1 is not one of 100"),
        ({**MARIAN, "pad_token_id": 100}, "the pad token 100 is not one of 100 tokens"),
    ],
)
def test_unfit_configuration_is_refused_in_one_line(
    tmp_path: Path, said: object, message: str
) -> None:
    with pytest.raises(ModelUnfit) as refused:
        config.read(write(tmp_path, said))
    assert message in str(refused.value)
    assert str(tmp_path) in str(refused.value)
    assert "\n" not in str(refused.value)


def test_absent_and_damaged_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelUnfit, match=r"config\.json: not there"):
        config.read(tmp_path)
    (tmp_path / "config.json").write_text('{"model_type": "mar', "utf-8")
    with pytest.raises(ModelUnfit, match="cannot be read as JSON"):
        config.read(tmp_path)
    (tmp_path / "config.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ModelUnfit, match="cannot be read as JSON"):
        config.read(tmp_path)


def test_true_configurations(shared: Path) -> None:
    marian = config.read(shared / "opus-mt-ar-en")
    assert marian.decode == DecodeOptions(beam=4, max_length=511)
    assert (marian.positions, marian.start, marian.end, marian.pad) == (512, 62833, 0, 62833)
    bart = config.read(shared / "distilbart-cnn-6-6")
    assert bart.positions == 1024
    assert replace(bart.decode, early_stopping=False) == DecodeOptions(4, 140, 54, 3, 2.0)
    assert bart.decode.early_stopping is True
