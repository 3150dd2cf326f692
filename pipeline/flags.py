"""Every flag there is: its name, which stays, and what it means in one line.

Flags inform; they never hide text. A flag asks for attention; a note is for who reads closely.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Flag:
    """A kind of finding. A `note` is true of many good translations too."""

    name: str
    meaning: str
    note: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """A flag raised over one text. `detail` shows what it was raised for, as in `1,240 → 1,420`."""

    name: str
    detail: str = ""

    @property
    def note(self) -> bool:
        """Whether it may be overlooked."""
        return FLAGS[self.name].note


_OF_TRANSLATIONS = (
    Flag("empty", "there is no translation of this text"),
    Flag("copied", "the source stands in the place of its translation"),
    Flag("source-left", "part of the source is left in its translation"),
    Flag("not-english", "long, and without one of the words that English can hardly do without"),
    Flag("model-marks", "signs of the model's own stand in the translation, as <unk> or >>eng<<"),
    Flag("loop", "the same words come again and again"),
    Flag("too-short", "much shorter than translations of such a text are"),
    Flag("too-long", "much longer than translations of such a text are"),
    Flag("cut-off", "the source ends its sentence, the translation breaks off"),
    Flag("gap", "an ending, a sign or brackets stand alone: what belongs to them is missing"),
    Flag("number-missing", "a number of the source is not in its translation"),
    Flag("number-added", "a number of the translation is not in its source"),
    Flag("number-changed", "a number of the source is another one in its translation"),
    Flag("number-order", "the numbers of the source come in another order", note=True),
    Flag("negation", "the source denies something, its translation does not", note=True),
    Flag("quotes", "the source quotes, its translation does not, or half", note=True),
    Flag("glossary", "a term of the glossary is translated otherwise"),
    Flag("unknown-tokens", "the model does not know much of what is written here"),
    Flag("unfinished", "the decoder met its limit before the end: the rest may be missing"),
    Flag("low-score", "the model is much less sure of this than of the rest", note=True),
    Flag("split", "longer than the model reads at once: translated in parts and joined", note=True),
    Flag(
        "decoded-again", "what came out first looked wrong: this is the best of several", note=True
    ),
    Flag(
        "untranslated",
        "passed through as it stands: not in the language or script of the source, or a name",
        note=True,
    ),
    Flag("english", "English already: passed through as it stands", note=True),
    Flag("no-model", "in another language, for which no model is at hand: passed through"),
)
_OF_SUMMARIES = (
    Flag("weak-support", "no sentence of the document says most of this"),
    Flag("unsupported-number", "a number that stands nowhere in the document"),
    Flag("unsupported-name", "a name that stands nowhere in the document"),
    Flag("name-spelling", "a name that the document spells otherwise", note=True),
    Flag("contradiction", "the sentences that support this have another number"),
    Flag("repetition", "says what another sentence of the summary says"),
    Flag("longer-than-asked", "the summary has more words than were asked for"),
    Flag(
        "merged",
        "longer than the summariser reads at once: summarised in parts, then as a whole",
        note=True,
    ),
    Flag("extractive", "sentences of the translation as they stand: no model wrote it", note=True),
    Flag("nothing-to-summarise", "the document holds no words", note=True),
)
_OF_DOCUMENTS = (
    Flag(
        "tiny-models", "made by the bundled models, which know only the small world of the samples"
    ),
    Flag("unverified-model", "a model that did not pass the known sentences, or was not asked to"),
    Flag("unsure-language", "too little tells in which language this is; name it with --from"),
    Flag("mixed-languages", "more than one language, each translated by its own model", note=True),
    Flag("no-text-layer", "pages that are pictures: what stands on them is not read"),
    Flag("damaged-part", "a part that cannot be read: what it says is missing here"),
    Flag("attachments", "files that are attached and not read", note=True),
    Flag(
        "duplicate-id",
        "another document of the job had this id: a number was added to it",
        note=True,
    ),
)
GROUPS = {
    "translations": _OF_TRANSLATIONS,
    "summaries": _OF_SUMMARIES,
    "documents": _OF_DOCUMENTS,
}
"""What a flag can be raised over."""
FLAGS = {flag.name: flag for group in GROUPS.values() for flag in group}


def details(findings: Iterable[Finding]) -> dict[str, str]:
    """What each flag was raised for, by name; all of it where one was raised more than once."""
    said: dict[str, list[str]] = {}
    for finding in findings:
        if finding.detail:
            said.setdefault(finding.name, []).append(finding.detail)
    return {name: ", ".join(parts) for name, parts in said.items()}


def shown(name: str, detail: str = "") -> str:
    """A flag as readers meet it, with a quieter mark where it is a note."""
    return f"{'·' if FLAGS[name].note else '⚑'} {name}" + (f": {detail}" if detail else "")
