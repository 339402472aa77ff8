"""What a spreadsheet may be given."""


def harmless_cell(value: object) -> str:
    """Keep a spreadsheet from reading a text as a formula."""
    word = "" if value is None else str(value)
    return f"'{word}" if word[:1] in ("=", "+", "-", "@", "\t", "\r") else word
