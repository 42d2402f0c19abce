"""What the registry refuses."""


class RegistryError(ValueError):
    """A version is missing, was altered, or must not become champion."""
