"""Forms of many fields in sections: what differs from the default is marked, section by section."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms

from engines.tables import registry
from sites.assumption_words import assumption_label
from sites.number_fields import AssumptionField, parsed, printed_unit

NUMBER = "n-"
"""Before the key of an assumption in the name of its field."""


@dataclass
class Row:
    """Fields that belong together, under one legend."""

    legend: str
    names: list[str]
    note: str = ""
    fields: list[forms.BoundField] = field(default_factory=list)
    is_changed: bool = False


@dataclass
class Section:
    """A part of the page that is opened and reset as a whole."""

    key: str
    title: str
    lead: str
    rows: list[Row]
    changed: int = 0
    has_errors: bool = False


class SectionedForm(forms.Form):
    """Fields, their defaults, and how they are grouped.

    A subclass adds its fields with `add` and `add_number`, and its sections with `section`.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.defaults: dict[str, Any] = {}
        self._sections: list[Section] = []
        self.build()
        for name, shown in self.fields.items():
            self.defaults.setdefault(name, shown.initial)

    def build(self) -> None:
        """Add all fields and sections; every form says its own."""
        # forms have a metaclass of their own, so this cannot be an abstract method of `abc`
        raise NotImplementedError

    def add(self, name: str, shown: forms.Field, default: Any = None) -> str:
        """Add a field; `default` is what holds where the study says nothing."""
        self.fields[name] = shown
        self.defaults[name] = default
        return name

    def add_number(self, key: str, label: str = "") -> str:
        """Add the field of an assumption, with its default beside it."""
        entry = registry("assumptions")[key]
        unit = printed_unit(entry.unit)
        named = label or assumption_label(key)
        shown = AssumptionField(entry, label=f"{named}, {unit}" if unit else named)
        shown.help_text = shown.default_said()
        return self.add(f"{NUMBER}{key}", shown, entry.value)

    def section(self, key: str, title: str, lead: str, rows: list[Row]) -> None:
        self._sections.append(Section(key, title, lead, rows))

    @property
    def sections(self) -> list[Section]:
        """Return the sections as the page shows them: bound fields, marks, errors."""
        for section in self._sections:
            for row in section.rows:
                row.fields = [self[name] for name in row.names]
                for bound in row.fields:
                    bound.is_changed = self.differs(bound.name)
                row.is_changed = any(bound.is_changed for bound in row.fields)
            bound_fields = [bound for row in section.rows for bound in row.fields]
            section.changed = sum(bound.is_changed for bound in bound_fields)
            section.has_errors = self.is_bound and any(bound.errors for bound in bound_fields)
        return self._sections

    def differs(self, name: str) -> bool:
        """Say whether what the field shows is another value than the default."""
        default, value = self.defaults.get(name), self[name].value()
        if isinstance(default, (int, float)) and not isinstance(default, bool):
            try:
                return value not in (None, "") and parsed(str(value)) != default
            except ValueError:
                return True
        if isinstance(default, bool):
            return bool(value) != default
        return (value or "") != (default or "")

    def answers_without(self, section: str) -> dict[str, Any]:
        """Return what was typed, with the fields of one section back at their defaults."""
        back = {
            name
            for one in self._sections
            if one.key == section
            for row in one.rows
            for name in row.names
        }
        return {
            name: self.defaults.get(name) if name in back else self[name].value()
            for name in self.fields
        }

    def number_overrides(self, overrides: Mapping[str, float]) -> dict[str, float]:
        """Return the numbers of the study with those of this form, without what is a default."""
        asked = {
            name.removeprefix(NUMBER): value
            for name, value in self.cleaned_data.items()
            if name.startswith(NUMBER)
        }
        kept = {key: value for key, value in overrides.items() if key not in asked}
        entries = registry("assumptions")
        return kept | {
            key: value
            for key, value in asked.items()
            if value is not None and value != entries[key].value
        }


def number_answers(keys: Iterable[str], overrides: Mapping[str, float]) -> dict[str, float]:
    """Return what a study has for these assumptions, as the form asks it."""
    entries = registry("assumptions")
    return {f"{NUMBER}{key}": overrides.get(key, entries[key].value) for key in keys}
