"""Where models lie, what identifies them, and weights that can carry no code."""
