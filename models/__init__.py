"""Which model, where it lives, how it runs. Knows nothing of documents, stages or caches."""
