"""Models in the form that CTranslate2 runs, which computes what the original computes."""
