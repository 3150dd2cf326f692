"""How test data is compressed."""

import gzip
from collections.abc import Callable

from pipeline import lines

zstd = lines._zstd()
PACK: dict[str, Callable[[bytes], bytes]] = {"gz": gzip.compress, "zst": zstd.compress}
