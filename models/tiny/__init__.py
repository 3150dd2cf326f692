"""The bundled small models, the world they speak of, and how they are made."""
