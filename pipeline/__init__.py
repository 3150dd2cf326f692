"""Documents to segments, to English, to a summary with evidence.

from pipeline import Pipeline, read
for record in Pipeline(models="fast").run([read(Path("article.txt"))]): ...
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.flow import Pipeline
    from pipeline.sources import read

__all__ = ["Pipeline", "read"]


def __getattr__(name: str) -> object:
    """The public names come when asked for, so that the command line starts at once."""
    if name == "Pipeline":
        from pipeline.flow import Pipeline

        return Pipeline
    if name == "read":
        from pipeline.sources import read

        return read
    raise AttributeError(f"module 'pipeline' has no attribute {name!r}")
