"""Makes models of random, seeded weights on disk, file for file in the layout of the public ones.

`marian` and `bart` are small (about half a second each) and bring their own tokenizers, trained
on the sentences below. `full_size` has the exact shape of a public model and takes that model's
true configuration and tokenizer files. Nothing here has learned anything: outputs are noise.
"""

import json
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

Weights = Literal["safetensors", "bin"]
Precision = Literal["float32", "float16"]
Kind = Literal["opus-mt-ar-en", "distilbart-cnn-6-6", "distilbart-cnn-12-6"]

ARABIC = """\
أعلنت وزارة الصحة يوم الاثنين افتتاح ثلاثة مستشفيات جديدة في المدينة.
قال المتحدث باسم الحكومة إن عدد المصابين بلغ 1250 شخصا في الأسبوع الماضي.
وصل الرئيس إلى العاصمة صباح اليوم للمشاركة في مؤتمر السلام.
هل تنجح المفاوضات بين الطرفين؟ لا أحد يعرف الجواب بعد.
ارتفعت أسعار النفط بنسبة ٣٫٥ في المئة بعد قرار المنظمة.
شهدت المنطقة الساحلية أمطارا غزيرة أدت إلى إغلاق الطرق الرئيسية.
وأضاف الوزير: «سنواصل العمل حتى يعود كل النازحين إلى بيوتهم».
فازت المدرسة الثانوية بجائزة العلوم؛ واحتفل الطلاب في الساحة.
انخفضت درجة الحرارة إلى خمس درجات تحت الصفر في الجبال.
تسعى الشركة إلى بناء مصنع كبير يوفر أربعة آلاف فرصة عمل.
نشرت الصحيفة تقريرا عن صيد السمك وحماية البحر من التلوث.
غادرت السفينة الميناء وعلى متنها مئتا راكب وحمولة من القمح.
"""

ENGLISH = """\
The ministry of health announced on Monday the opening of three new hospitals in the city.
A government spokesman said that 1,250 people fell ill last week.
The president arrived in the capital this morning to take part in a peace conference.
Will the talks between the two sides succeed? Nobody knows the answer yet.
Oil prices rose by 3.5 per cent after the organisation's decision.
Heavy rain along the coast closed the main roads, and schools stayed shut.
"We will go on working until all the displaced return to their homes," the minister added.
The secondary school won the science prize; the students celebrated in the square.
The temperature fell to five degrees below zero in the mountains.
The company wants to build a large factory that gives work to four thousand people.
The newspaper published a report on fishing and on protecting the sea from pollution.
The ship left the harbour with two hundred passengers and a load of wheat on board.
"""


@dataclass(frozen=True, slots=True)
class Size:
    """The shape of a small model."""

    width: int = 32
    layers: int = 2
    heads: int = 4
    positions: int = 64
    pieces: int = 200


SMALL = Size()

# The bias of a small model's end token: some of its hypotheses end by themselves, some never do.
_ENDING = 4.0


def marian(
    folder: Path,
    *,
    targets: Iterable[str] = (),
    weights: Weights = "safetensors",
    precision: Precision = "float32",
    size: Size = SMALL,
    seed: int = 0,
) -> Path:
    """Write a small MarianMTModel into `folder` (made if absent) and return the folder.

    `targets`, as ("eng", "fra"), puts `>>eng<<` and `>>fra<<` into the vocabulary, as in a
    model of several target languages.
    """
    folder.mkdir(parents=True, exist_ok=True)
    pieces: list[str] = ["</s>", "<unk>", *(f">>{code}<<" for code in targets)]
    for name, text in (("source", ARABIC), ("target", ENGLISH)):
        pieces += _sentencepiece(folder / f"{name}.spm", text, size.pieces)
    vocabulary = {piece: index for index, piece in enumerate(dict.fromkeys([*pieces, "<pad>"]))}
    pad = vocabulary["<pad>"]
    _write(folder / "vocab.json", vocabulary)
    specials = {"eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>"}
    _write(folder / "special_tokens_map.json", specials)
    _write(folder / "tokenizer_config.json", _marian_tokenizer_config(pad, size, specials))
    _write(folder / "config.json", _marian_config(pad, size))
    _write(
        folder / "generation_config.json",
        {
            "bad_words_ids": [[pad]],
            "bos_token_id": 0,
            "decoder_start_token_id": pad,
            "eos_token_id": 0,
            "forced_eos_token_id": 0,
            "max_length": size.positions,
            "num_beams": 4,
            "pad_token_id": pad,
            "renormalize_logits": True,
        },
    )
    _weights(folder, weights, precision, seed, _ENDING)
    return folder


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
    count = _byte_pairs(folder, 2 * size.pieces, tokenizer)
    _write(folder / "tokenizer_config.json", _bart_tokenizer_config(size))
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
    _write(folder / "config.json", _bart_config(count - 1, size) | search)
    special_ids = {"bos_token_id": 0, "pad_token_id": 1, "eos_token_id": 2}
    _write(folder / "generation_config.json", special_ids | {"decoder_start_token_id": 2} | search)
    _weights(folder, weights, precision, seed, _ENDING)
    return folder


def full_size(
    kind: Kind,
    folder: Path,
    tokenizer_files: Path,
    *,
    weights: Weights = "safetensors",
    precision: Precision = "float32",
    seed: int = 0,
) -> Path:
    """Write a model in the exact shape of the public `kind` and return its folder.

    `tokenizer_files` holds that model's true configuration and tokenizer (for 12-6, those of 6-6
    will do). About 300 MB for opus-mt-ar-en and 900 to 1,200 MB for distilbart in float32.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for path in tokenizer_files.iterdir():
        if path.is_file():
            shutil.copyfile(path, folder / path.name)
    if kind == "distilbart-cnn-12-6":
        config = json.loads((folder / "config.json").read_text("utf-8"))
        config |= {"encoder_layers": 12, "num_hidden_layers": 12}
        _write(folder / "config.json", config)
    _weights(folder, weights, precision, seed)
    return folder


def _write(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _sentencepiece(path: Path, text: str, pieces: int) -> list[str]:
    import sentencepiece

    model = BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(text.splitlines()),
        model_writer=model,
        vocab_size=pieces,
        hard_vocab_limit=False,
        minloglevel=2,
    )
    path.write_bytes(model.getvalue())
    processor = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
    return [
        processor.id_to_piece(i)
        for i in range(processor.get_piece_size())
        if not (processor.is_control(i) or processor.is_unknown(i))
    ]


def _byte_pairs(folder: Path, pieces: int, layout: str) -> int:
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
        _write(folder / "vocab.json", vocabulary | {"<mask>": len(vocabulary)})
        return len(vocabulary) + 1
    tokenizer.add_special_tokens([AddedToken("<mask>", lstrip=True, special=True)])
    tokenizer.save(str(folder / "tokenizer.json"))
    return tokenizer.get_vocab_size()


def _marian_tokenizer_config(pad: int, size: Size, specials: dict[str, str]) -> dict[str, Any]:
    plain = {"lstrip": False, "normalized": False, "rstrip": False, "single_word": False}
    return {
        "added_tokens_decoder": {
            str(index): {"content": content, "special": True} | plain
            for index, content in ((0, "</s>"), (1, "<unk>"), (pad, "<pad>"))
        },
        "clean_up_tokenization_spaces": False,
        "model_max_length": size.positions,
        "separate_vocabs": False,
        "source_lang": "ar",
        "sp_model_kwargs": {},
        "target_lang": "en",
        "tokenizer_class": "MarianTokenizer",
        **specials,
    }


def _marian_config(pad: int, size: Size) -> dict[str, Any]:
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
        "share_encoder_decoder_embeddings": True,
        "static_position_embeddings": True,
        "vocab_size": pad + 1,
        **_shape(size),
    }


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
        **_shape(size),
    }


def _shape(size: Size) -> dict[str, Any]:
    sides = {
        f"{side}_{what}": value
        for side in ("encoder", "decoder")
        for what, value in (
            ("layers", size.layers),
            ("attention_heads", size.heads),
            ("ffn_dim", 4 * size.width),
        )
    }
    return sides | {
        "d_model": size.width,
        "dropout": 0.1,
        # Ten times the usual spread where the model is narrow: outputs that differ by input.
        "init_std": 0.02 * max(1.0, 320 / size.width),
        "is_encoder_decoder": True,
        "max_position_embeddings": size.positions,
        "num_hidden_layers": size.layers,
    }


def _weights(
    folder: Path, weights: Weights, precision: Precision, seed: int, ending: float = 0.0
) -> None:
    """Draw the weights that config.json asks for; a Marian pad row is zero, as Marian's own is."""
    import torch
    from safetensors.torch import save_file
    from transformers import AutoConfig, AutoModelForSeq2SeqLM

    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(seed)
        model = AutoModelForSeq2SeqLM.from_config(  # type: ignore[no-untyped-call]
            AutoConfig.from_pretrained(folder)
        )
        bias = model.final_logits_bias[0].normal_(std=0.1)
        bias[model.config.eos_token_id] = ending
        if model.config.model_type == "marian":
            bias[model.config.pad_token_id] = 0
            model.get_input_embeddings().weight[model.config.pad_token_id] = 0
    dtype = getattr(torch, precision)
    state = {name: tensor.to(dtype) for name, tensor in model.state_dict().items()}
    if weights == "bin":
        torch.save(state, folder / "pytorch_model.bin")
        return
    shared = ("embed_tokens.weight", "lm_head.weight")
    computed = ("embed_positions.weight",) if model.config.model_type == "marian" else ()
    stored = {name: state[name] for name in state if not name.endswith(shared + computed)}
    save_file(stored, folder / "model.safetensors", metadata={"format": "pt"})
