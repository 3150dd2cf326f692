"""The engines, by what a test needs of them."""

from models.engines.backends import ENGINES
from models.layout import HUGGING_FACE

SHARED = sorted(name for name, one in ENGINES.items() if one.layout is HUGGING_FACE)
"""Those that run the same models and heed every option."""
