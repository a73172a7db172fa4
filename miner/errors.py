"""Errors that users meet: each says what is wrong, where, and what to do next."""

from __future__ import annotations


class MinerError(Exception):
    """Base of all errors that the tool raises on purpose. `exit_code` is what the command line ends with."""

    exit_code = 1

    def __init__(self, what: str, *, where: str | None = None, hint: str | None = None) -> None:
        self.what, self.where, self.hint = what, where, hint
        super().__init__("".join([f"{where}: " if where else "", what, f" ({hint})" if hint else ""]))


class InputError(MinerError):
    """A file cannot be read as what it claims to be. `code` is the short name stored in `problems`."""

    exit_code = 3

    def __init__(
        self, what: str, *, code: str = "unreadable", where: str | None = None, hint: str | None = None
    ) -> None:
        self.code = code
        super().__init__(what, where=where, hint=hint)


class ConfigError(MinerError):
    """An option or a configuration file asks for something that does not exist."""

    exit_code = 2


class ModelError(MinerError):
    """A lexicon or model file is missing, damaged or of another version."""

    exit_code = 4


class StoreError(MinerError):
    """The database cannot be opened, is locked, is read-only, is full or has another schema."""

    exit_code = 5
