"""Documents to segments, to English, to a summary with evidence.

from pipeline import Pipeline, open_cache, read
pipeline = Pipeline(models="fast", cache=open_cache(None))
for record in pipeline.run([read(Path("article.txt"))]): ...
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.cache import open_cache
    from pipeline.flow import Pipeline
    from pipeline.sources import read

__all__ = ["Pipeline", "open_cache", "read"]

_HOMES = {
    "Pipeline": "pipeline.flow",
    "open_cache": "pipeline.cache",
    "read": "pipeline.sources",
}


def __getattr__(name: str) -> object:
    """The public names come when asked for, so that the command line starts at once."""
    if name not in _HOMES:
        raise AttributeError(f"module 'pipeline' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
