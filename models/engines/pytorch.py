"""The reference engine: transformers' own models and search on torch, for CPU, GPU and Apple."""

from collections.abc import Iterator, Sequence
from copy import deepcopy
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models import config, tokens
from models.config import ModelConfig
from models.engines.batches import Lazy, Memory, exhausted, in_batches, in_order
from models.engines.compute import check
from models.engines.device import PROCESSOR, Device
from models.engines.engine import (
    DecodeOptions,
    Engine,
    Hypothesis,
    Tokens,
    check_lengths,
)
from models.engines.parallel import Parallel
from models.engines.weights import read_model
from models.errors import OutOfMemory

if TYPE_CHECKING:
    import torch
    from transformers import GenerationConfig, LogitsProcessorList


# Logits held at once while hypotheses are scored: 256 MB of float32.
_LOGITS = 64_000_000


def name(compute: str = "float32") -> str:
    """The signature component of this engine, without importing torch."""
    from importlib.metadata import version

    release = ".".join(version("torch").split("+")[0].split(".")[:2])
    return f"torch-{release}-{compute}"


def automatic(_: Device) -> str:
    """The precision of the reference: on a card others are faster, which nobody measured yet."""
    return "float32"


def supported(device: Device) -> tuple[str, ...]:
    """The precisions that the device computes in. Raises DeviceMissing.

    A processor's float16 is slower than its float32, and cards before compute capability 8.0 have
    no bfloat16 of their own.
    """
    import torch

    if device.kind == "cpu":
        return "bfloat16", "float32"
    if device.kind == "mps":
        device.check(int(torch.backends.mps.is_available()), "torch")
        return "float16", "float32"
    device.check(torch.cuda.device_count(), "torch")
    new = min(map(torch.cuda.get_device_capability, device.cards)) >= (8, 0)
    return ("bfloat16", "float16", "float32") if new else ("float16", "float32")


def load(
    folder: Path,
    *,
    compute: str = "float32",
    device: Device = PROCESSOR,
    threads: int | None = None,
) -> Engine:
    """Load the original weights of a model folder onto `device`.

    `threads` is how many torch computes with, for all models of this process; torch's own choice
    if None.

    Raises ModelUnfit where the files are damaged or do not fill the model, ModelMissing where there
    are no weights, ModelError where those of a pickle cannot be copied, DeviceMissing where
    `device` is not here, PrecisionMissing where it does not compute so, OutOfMemory where it has
    no room for the model.
    """
    import torch

    check(compute, supported(device), device, "torch")
    if threads:
        torch.set_num_threads(threads)
    source, target = tokens.vocabularies(folder)
    model, settings, engine = read_model(folder), config.read(folder), name(compute)
    replicas = [
        TorchEngine(replica, settings, source, target, engine, Memory.of(place))
        for place, replica in zip(device.each(), _placed(model, device, compute), strict=True)
    ]
    return replicas[0] if len(replicas) == 1 else Parallel(replicas, Memory.of(device))


def around(
    model: Any, settings: ModelConfig, vocabularies: tuple[dict[str, int], dict[str, int]]
) -> Engine:
    """The engine of a model that is in memory, on the processor."""
    return TorchEngine(model, settings, *vocabularies, name(), Memory.of(PROCESSOR))


def _placed(model: Any, device: Device, compute: str) -> Iterator[Any]:
    """The model on each of the cards; the last takes the model itself."""
    import torch

    for one in device.each():
        own = model if one.cards[-1] == device.cards[-1] else deepcopy(model)
        try:
            yield own.to(torch.device(one.kind, one.cards[0]), getattr(torch, compute))
        except (RuntimeError, MemoryError) as error:
            if not exhausted(error):
                raise
            raise OutOfMemory("the model", str(one)) from None


class TorchEngine(Engine):
    """One transformers model on one device. Each batch is decoded when it is asked for."""

    def __init__(
        self,
        model: Any,
        settings: ModelConfig,
        source: dict[str, int],
        target: dict[str, int],
        engine: str,
        memory: Memory,
    ) -> None:
        self.name = engine
        self._memory = memory
        self._model = model
        self._config = settings
        read, written = settings.source_vocabulary, settings.vocabulary
        self._source = {token: index for token, index in source.items() if index < read}
        self._target = {index: token for token, index in target.items()}
        self._ids = {token: index for token, index in target.items() if index < written}
        # The search is given in full with every call: nothing comes from the model's folder.
        model.generation_config = type(model.generation_config)()

    def stream(
        self, sources: Sequence[Tokens], options: DecodeOptions
    ) -> Iterator[dict[int, Hypothesis]]:
        """As Engine says."""
        self.check(sources)
        return in_batches(
            [len(source) for source in sources],
            options.beam,
            lambda some: Lazy(partial(self.decode, [sources[i] for i in some], options)),
            self._memory,
        )

    def score(
        self, sources: Sequence[Tokens], targets: Sequence[Tokens]
    ) -> list[tuple[float, ...]]:
        """As Engine says."""
        self.check(sources, targets)

        def begin(some: list[int]) -> Lazy[tuple[float, ...]]:
            pairs = [sources[i] for i in some], [targets[i] for i in some]
            return Lazy(partial(self.teach, *pairs))

        return in_order(in_batches([len(source) for source in sources], 1, begin, self._memory))

    def check(self, sources: Sequence[Tokens], targets: Sequence[Tokens] = ()) -> None:
        """Raise ValueError where the model has not the positions."""
        check_lengths(sources, self._config.positions)
        check_lengths(targets, self._config.positions - self._prompt(), "target")

    def teach(
        self, sources: Sequence[Tokens], targets: Sequence[Tokens]
    ) -> list[tuple[float, ...]]:
        """The scores of one batch: see `score`."""
        import torch

        prompt, rows, scores = self._prompt(), self._rows(targets), []
        with torch.inference_mode():
            ids, mask = self._padded(sources)
            states = self._model.get_encoder()(input_ids=ids, attention_mask=mask)[0]
            padded = rows.masked_fill(rows < 0, self._config.pad)
            for some, logits in self._logits(states, mask, padded):
                for row, own in zip(logits, rows[some], strict=True):
                    wanted = own[prompt:][own[prompt:] >= 0, None]
                    chances = self._free(row[prompt - 1 :][: len(wanted)]).gather(1, wanted)
                    scores.append(tuple(chances[:, 0].tolist()))
        return scores

    def _rows(self, targets: Sequence[Tokens]) -> "torch.Tensor":
        """Ids from start to end token, of shape (targets, longest), -1 where a row is over."""
        import torch
        from torch.nn.utils.rnn import pad_sequence

        config, unknown = self._config, self._ids[tokens.UNKNOWN]
        before = [config.start, *([] if config.forced_start is None else [config.forced_start])]
        rows = [
            torch.tensor([*before, *(self._ids.get(t, unknown) for t in target), config.end])
            for target in targets
        ]
        return pad_sequence(rows, batch_first=True, padding_value=-1).to(self._model.device)

    def decode(self, batch: Sequence[Tokens], options: DecodeOptions) -> list[Hypothesis]:
        """The hypotheses of one batch: see `stream`."""
        import torch
        from transformers.modeling_outputs import BaseModelOutput

        with torch.inference_mode():
            ids, mask = self._padded(batch)
            states = self._model.get_encoder()(input_ids=ids, attention_mask=mask)[0]
            bans = self._bans(options)
            rows = self._model.generate(
                encoder_outputs=BaseModelOutput(last_hidden_state=states),
                attention_mask=mask,
                generation_config=self._search(options),
                logits_processor=bans,
            )
            scores = self._scores(states, mask, rows, bans)
        return [
            self._hypothesis(row, score)
            for row, score in zip(rows.tolist(), scores.tolist(), strict=True)
        ]

    def _padded(self, batch: Sequence[Tokens]) -> "tuple[torch.Tensor, torch.Tensor]":
        """Ids and mask, each of shape (sources, longest source)."""
        import torch
        from torch.nn.utils.rnn import pad_sequence

        unknown = self._source[tokens.UNKNOWN]
        rows = [torch.tensor([self._source.get(t, unknown) for t in source]) for source in batch]
        device = self._model.device
        ids = pad_sequence(rows, batch_first=True, padding_value=self._config.pad)
        lengths = torch.tensor([len(row) for row in rows])
        mask = torch.arange(ids.shape[1])[None, :] < lengths[:, None]
        return ids.to(device), mask.long().to(device)

    def _prompt(self) -> int:
        """Tokens of a decoded row that are given: the start token and what is forced after it."""
        return 1 if self._config.forced_start is None else 2

    def _bans(self, options: DecodeOptions) -> "LogitsProcessorList":
        from transformers import LogitsProcessorList
        from transformers.generation.logits_process import (
            LogitNormalization,
            MinLengthLogitsProcessor,
            NoRepeatNGramLogitsProcessor,
            SuppressTokensLogitsProcessor,
        )

        device = str(self._model.device)
        bans: LogitsProcessorList = LogitsProcessorList()
        bans.append(SuppressTokensLogitsProcessor([self._config.pad], device))
        if options.no_repeat_ngram:
            bans.append(NoRepeatNGramLogitsProcessor(options.no_repeat_ngram))
        if options.min_length:
            shortest = options.min_length + self._prompt()
            bans.append(MinLengthLogitsProcessor(shortest, self._config.end, device))
        bans.append(LogitNormalization())
        return bans

    def _search(self, options: DecodeOptions) -> "GenerationConfig":
        from transformers import GenerationConfig

        beams = {"length_penalty": options.length_penalty, "early_stopping": options.early_stopping}
        forced = self._prompt() - 1
        return GenerationConfig(  # type: ignore[no-untyped-call]
            num_beams=options.beam,
            max_new_tokens=min(options.max_length + forced, self._config.positions),
            decoder_start_token_id=self._config.start,
            forced_bos_token_id=self._config.forced_start,
            eos_token_id=self._config.end,
            pad_token_id=self._config.pad,
            **(beams if options.beam > 1 else {}),
        )

    def _scores(
        self,
        states: "torch.Tensor",
        mask: "torch.Tensor",
        rows: Any,
        bans: "LogitsProcessorList",
    ) -> "torch.Tensor":
        """Mean log-probability of each row's own tokens, end token included, of shape (rows,).

        One more pass over the finished hypotheses: generate() would give the scores of its beams
        only with the logits of every step kept, gigabytes at this vocabulary.
        """
        import torch

        portions = self._logits(states, mask, rows)
        return torch.cat([self._mean(logits, rows[some], bans) for some, logits in portions])

    def _logits(
        self, states: "torch.Tensor", mask: "torch.Tensor", rows: Any
    ) -> "Iterator[tuple[slice, torch.Tensor]]":
        """Logits in float32 for what follows each token but the last, some rows at a time."""
        share = max(1, _LOGITS // (rows.shape[1] * self._config.vocabulary))
        for start in range(0, len(rows), share):
            some = slice(start, start + share)
            logits = self._model(
                encoder_outputs=(states[some],),
                attention_mask=mask[some],
                decoder_input_ids=rows[some, :-1],
            ).logits
            yield some, logits.float()

    def _mean(self, logits: Any, rows: Any, bans: "LogitsProcessorList") -> "torch.Tensor":
        import torch

        total = torch.zeros(len(rows), device=rows.device)
        count = torch.zeros_like(total)
        running = torch.ones_like(total)
        for step in range(self._prompt(), rows.shape[1]):
            chances = bans(rows[:, :step], logits[:, step - 1])
            chosen = chances.gather(1, rows[:, step : step + 1])[:, 0]
            total += torch.where(running > 0, chosen, 0.0)
            count += running
            running *= rows[:, step] != self._config.end
        return total / count.clamp(min=1)

    def _free(self, logits: "torch.Tensor") -> "torch.Tensor":
        """Log-probabilities among all tokens; Marian's padding is none, as CTranslate2 has it."""
        if self._config.kind == "marian":
            logits = logits.clone()
            logits[:, self._config.pad] = float("-inf")
        return logits.log_softmax(dim=-1)

    def _hypothesis(self, row: list[int], score: float) -> Hypothesis:
        own = row[self._prompt() :]
        finished = self._config.end in own
        ids = own[: own.index(self._config.end)] if finished else own
        skipped = {self._config.start, self._config.pad, self._config.forced_start}
        names = (self._target.get(i, tokens.UNKNOWN) for i in ids if i not in skipped)
        return Hypothesis(tuple(names), score, finished)
