"""Writes the small files of a model folder."""

import json
from io import BytesIO
from pathlib import Path
from typing import Any


def write(path: Path, value: object) -> None:
    """Write JSON as the public files have it."""
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def sentencepiece(path: Path, text: str, pieces: int, **options: Any) -> list[str]:
    """Train a SentencePiece model on the lines of `text`; its pieces, control left out."""
    import sentencepiece as library

    model = BytesIO()
    library.SentencePieceTrainer.train(
        sentence_iterator=iter(text.splitlines()),
        model_writer=model,
        vocab_size=pieces,
        hard_vocab_limit=False,
        minloglevel=2,
        **options,
    )
    path.write_bytes(model.getvalue())
    processor = library.SentencePieceProcessor(model_proto=model.getvalue())
    return [
        processor.id_to_piece(i)
        for i in range(processor.get_piece_size())
        if not (processor.is_control(i) or processor.is_unknown(i))
    ]
