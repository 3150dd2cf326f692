"""The process that one worker of `models.engines.student` is: lines of JSON in, lines of JSON out.

    python student_worker.py MODEL SOURCE_VOCABULARY TARGET_VOCABULARY [SHORTLIST]

It says `null` once the model is loaded, then answers each list of texts with the list of their
translations. What goes wrong it says as a string, and ends. It imports nothing of ours, ends with
its standard input, and leaves it to whoever started it to be interrupted.
"""

import json
import signal
import sys
from pathlib import Path


def main(files: list[str]) -> None:
    """Load, then translate line by line."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    try:
        from fxtranslate import Translator

        translator = Translator(*(Path(file).read_bytes() for file in files))
        _say(None)
        for line in sys.stdin:
            _say([translator.translate(text) for text in json.loads(line)])
    except BaseException as error:  # noqa: BLE001 - a panic of the library is no Exception
        _say(f"{type(error).__name__}: {error}")


def _say(value: object) -> None:
    sys.stdout.write(f"{json.dumps(value)}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
