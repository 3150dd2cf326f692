"""Make a bundled model from nothing: `python -m models.tiny.train translator|summarizer`."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from transformers.utils import logging

from models.tiny import bart, marian
from models.tiny.training import Run, Schedule, train

if TYPE_CHECKING:
    from types import ModuleType

ARCHITECTURES = {"translator": marian, "summarizer": bart}
HERE = Path(__file__).parent


def prepare(architecture: ModuleType, work: Path) -> Run:
    """A run at step 0, with its tokenizer in `work`/files (made once)."""
    files = work / "files"
    if not files.exists():
        partial = work / "files.partial"
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        architecture.make_tokenizer(partial)
        partial.replace(files)
    torch.manual_seed(0)
    return Run(architecture.new_model(files), architecture.recipe(files))


def publish(run: Run, files: Path, folder: Path) -> None:
    """Write the model to `folder` as the public ones are: float16 weights, float32 when loaded."""
    shutil.copytree(files, folder, dirs_exist_ok=True)
    run.model.half().save_pretrained(folder)  # type: ignore[no-untyped-call]
    (folder / "model.safetensors").chmod(0o644)  # safetensors keeps its files to their owner
    config = folder / "config.json"
    config.write_text(config.read_text("utf-8").replace('"float16"', '"float32"'), "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", choices=ARCHITECTURES)
    parser.add_argument("--work", type=Path, default=Path("build/tiny"), help="checkpoints")
    parser.add_argument("--out", type=Path, default=HERE, help="where the finished model goes")
    options = parser.parse_args()
    # One thread a training: the two run side by side on two cores, and sums keep their order.
    torch.set_num_threads(1)
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    work = options.work / options.model
    run = prepare(ARCHITECTURES[options.model], work)
    train(run, work, Schedule())
    publish(run, work / "files", options.out / options.model)


if __name__ == "__main__":
    main()
