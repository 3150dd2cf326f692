"""Documents to segments, to English, to a summary with evidence."""
