"""The three ways an engine refuses: bad input, outside the valid range, no convergence."""


class EngineError(Exception):
    """Base of all refusals of an engine. The text is written for the person who can mend it."""


class InvalidInput(EngineError):
    """An input is missing, of the wrong shape, or not a number."""


class OutOfValidity(EngineError):
    """An input is well formed but outside the range in which the equation holds."""


class NotConverged(EngineError):
    """An iteration ended without an answer."""
