"""Any summariser of a supported kind serves on the command line."""

import json
from pathlib import Path

import pytest

from tests import factory
from tests.pipeline.shell import Shell

ARTICLE = "\n".join(factory.ENGLISH.splitlines()[:6])


@pytest.mark.parametrize("engine", ["ctranslate2", "torch"])
@pytest.mark.parametrize("kind", ["pegasus", "t5", "t5 1.1"])
def test_an_article_beyond_its_window_is_summarised_in_parts(
    shell: Shell, tmp_path: Path, kind: str, engine: str
) -> None:
    """English passes through, so that all of the text reaches a window of 64 tokens."""
    folder = factory.EVERY_KIND[kind](tmp_path / "summarizer")
    options = ("--summarizer", str(folder), "--engine", engine, "--format", "json")
    code, out, err = shell.run("-", *options, given=ARTICLE.encode())
    assert (code, "Traceback" in err) == (0, False)
    summary = json.loads(out)["summary"]
    assert "merged" in summary["flags"]
    assert "<" not in summary["text"]
    assert "summarize:" not in summary["text"]
