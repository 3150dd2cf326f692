"""How good the output is, held against references that people made."""
