"""The shape of a small model, and what config.json says of it."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Size:
    """The shape of a small model."""

    width: int = 32
    layers: int = 2
    heads: int = 4
    positions: int = 64
    pieces: int = 200


SMALL = Size()


def shape(size: Size) -> dict[str, Any]:
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
