"""`python -m pipeline`: the command khulasa, where it is not on the path."""

from pipeline.cli import app

app(prog_name="khulasa")
