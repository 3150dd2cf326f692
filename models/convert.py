"""From a published model folder to CTranslate2's form. Once a model; needs torch and transformers.

The weights are read by the reference engine, so that what it refuses is refused here, and the
vocabulary by our own tokenizer. Beside CTranslate2's own files goes `limits.json`, what its
engine must know besides.
"""

import json
from pathlib import Path
from typing import Any

from models import config, engine_torch, tokens
from models.errors import ModelUnfit, one_line

LIMITS = "limits.json"


def convert(source: Path, target: Path, compute: str) -> None:
    """Write the model of folder `source` into the empty folder `target`.

    `compute` is the precision of the stored weights, as "int8" or "float32". Raises ModelUnfit;
    what lies in `target` is then incomplete.
    """
    settings = config.read(source)
    names = _names(source, settings)
    model = engine_torch.read_model(source)
    vocabulary = _Vocabulary(names, names[settings.end])
    try:
        with engine_torch.quiet():
            _converter(source, model, vocabulary).convert(
                str(target), quantization=compute, force=True
            )
    except (ValueError, RuntimeError, KeyError, AttributeError) as error:
        raise ModelUnfit(f"{source}: cannot be converted ({one_line(error)})") from None
    forced = settings.forced_start
    limits = {
        "positions": settings.positions,
        "first": [] if forced is None else [names[forced]],
        "end": names[settings.end],
        # The converter leaves Marian's padding out; every other model could choose it.
        "banned": [] if settings.kind == "marian" else [names[settings.pad]],
    }
    (target / LIMITS).write_text(json.dumps(limits) + "\n", encoding="utf-8")


def _names(folder: Path, settings: config.ModelConfig) -> list[str]:
    """The tokens, each at the place of its id, as many as the converter wants.

    A wrong number would give a model that answers with the wrong words: the converter does not
    look. It takes Marian's last row out as padding, whatever it is, and for the other kinds leaves
    out tokens that the model has no row for (BART's `<mask>`).
    """
    source, target = tokens.vocabularies(folder)
    if source != target:
        raise ModelUnfit(
            f"{folder}: a model with a vocabulary of its own for the target cannot be converted; "
            "use --engine torch"
        )
    names = sorted(source, key=source.__getitem__)
    last = settings.vocabulary - 1
    ends_in_pad = settings.pad == last == len(names) - 1 and names[-1] == "<pad>"
    in_order = [source[name] for name in names] == list(range(len(names)))
    if not (in_order and (ends_in_pad if settings.kind == "marian" else len(names) > last)):
        raise ModelUnfit(
            f"{folder}: its vocabulary is not the model's: {len(names)} tokens for "
            f"{settings.vocabulary} rows, or ids that are not 0, 1, 2 and so on"
        )
    return names


class _Vocabulary:
    """The part of a transformers tokenizer that the converter asks for."""

    unk_token = tokens.UNKNOWN

    def __init__(self, names: list[str], end: str) -> None:
        self._names = names
        self.bos_token, self.eos_token = "<s>", end

    def get_vocab(self) -> dict[str, int]:
        return {token: index for index, token in enumerate(self._names)}

    def convert_ids_to_tokens(self, index: int) -> str:
        return self._names[index]


def _converter(source: Path, model: Any, vocabulary: _Vocabulary) -> Any:
    from ctranslate2.converters.transformers import TransformersConverter

    class Loaded(TransformersConverter):  # type: ignore[misc]
        """Hands the converter a model and a vocabulary that are in memory already."""

        def load_model(self, *_: object, **__: object) -> Any:
            return model

        def load_tokenizer(self, *_: object, **__: object) -> _Vocabulary:
            return vocabulary

    return Loaded(str(source))
