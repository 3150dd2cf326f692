"""From a published model folder to CTranslate2's form. Once a model; needs torch and transformers.

The weights are read by the reference engine, so that what it refuses is refused here, and the
vocabulary by our own tokenizer. Beside CTranslate2's own files goes `limits.json`, what its
engine must know besides. Then both engines must compute the same: see `models.conversion.parity`.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models import config, tokens
from models.conversion import parity
from models.engines import ct2, weights
from models.errors import ModelUnfit, one_line


def convert(source: Path, target: Path, compute: str) -> None:
    """Write the model of folder `source` into the folder `target`, which is made if need be.

    `compute` is the precision of the stored weights, as "int8" or "float32". Raises ModelUnfit
    where the model cannot be converted, or computes something else when it is, and what
    `weights.read_model` raises; what lies in `target` is then not to be used.
    """
    settings = config.read(source)
    vocabularies = _names(source, settings)
    target.mkdir(exist_ok=True)
    _convert(source, target, compute, settings, vocabularies)
    _save_limits(target, settings, vocabularies[1])
    parity.check(source, target, compute, vocabularies)


def _convert(
    source: Path,
    target: Path,
    compute: str,
    settings: config.ModelConfig,
    vocabularies: tuple[list[str], list[str]],
) -> None:
    read, written = vocabularies
    model = weights.read_model(source)
    try:
        specification = _specification(model, settings, written)
        specification.register_source_vocabulary(read)
        specification.register_target_vocabulary(written)
        specification.validate()
        specification.optimize(quantization=compute)
        specification.save(str(target))
    except (ValueError, RuntimeError, KeyError, AttributeError) as error:
        raise ModelUnfit(f"{source}: cannot be converted ({one_line(error)})") from None


def _save_limits(target: Path, settings: config.ModelConfig, written: list[str]) -> None:
    forced = settings.forced_start
    limits = {
        "positions": settings.positions,
        "first": [] if forced is None else [written[forced]],
        "end": written[settings.end],
        # Marian's padding is left out of its vocabulary; every other model could choose it.
        "banned": [] if settings.kind == "marian" else [written[settings.pad]],
    }
    (target / ct2.LIMITS).write_text(json.dumps(limits) + "\n", encoding="utf-8")


def _names(folder: Path, settings: config.ModelConfig) -> tuple[list[str], list[str]]:
    """The tokens of source and target, each at the place of its id.

    A wrong number would give a model that answers with the wrong words: the converter does not
    look. It takes Marian's last row out as padding, whatever it is. Of other kinds, tokens that
    the model has no row for (BART's `<mask>`) are left out.
    """
    source, target = tokens.vocabularies(folder)
    return (
        _of_rows(folder, source, settings.source_vocabulary, settings),
        _of_rows(folder, target, settings.vocabulary, settings),
    )


def _of_rows(
    folder: Path, vocabulary: dict[str, int], rows: int, settings: config.ModelConfig
) -> list[str]:
    names = sorted(vocabulary, key=vocabulary.__getitem__)
    ends_in_pad = settings.pad == rows - 1 == len(names) - 1 and names[-1] == "<pad>"
    in_order = [vocabulary[name] for name in names] == list(range(len(names)))
    if not (in_order and (ends_in_pad if settings.kind == "marian" else len(names) >= rows)):
        raise ModelUnfit(
            f"{folder}: its vocabulary is not the model's: {len(names)} tokens for "
            f"{rows} rows, or ids that are not 0, 1, 2 and so on"
        )
    return names[:-1] if settings.kind == "marian" else names[:rows]


@dataclass(frozen=True, slots=True)
class _Special:
    """The part of a transformers tokenizer that CTranslate2 asks for."""

    names: list[str]
    bos_token: str
    eos_token: str
    pad_token: str
    unk_token: str

    def convert_ids_to_tokens(self, index: int) -> str:
        return self.names[index]


def _specification(model: Any, settings: config.ModelConfig, names: list[str]) -> Any:
    """CTranslate2's description of the model, with its weights.

    Of what the converter looks up in the configuration, transformers knows some by the kind of the
    model alone, and another part it changes: T5's scaled output stands under another name.
    """
    import torch
    from ctranslate2.converters import transformers as loaders

    loader, facts = {
        "bart": (loaders.BartLoader, {"normalize_before": False, "normalize_embedding": True}),
        "marian": (loaders.MarianMTLoader, {}),
        "pegasus": (
            loaders.PegasusLoader,
            {"normalize_before": True, "normalize_embedding": False},
        ),
        "t5": (
            loaders.T5Loader,
            {"tie_word_embeddings": getattr(model.config, "scale_decoder_outputs", True)},
        ),
    }[settings.kind]
    model.config.update(facts)
    special = _Special(names, "<s>", names[settings.end], "<pad>", tokens.UNKNOWN)
    with torch.no_grad():
        specification = loader().get_model_spec(model)
        loader().set_config(specification.config, model, special)
    return specification
