"""Section `severity` of the configuration: from when a complaint is important or urgent."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Self

from pydantic import Field, field_validator, model_validator

from alerts.currency import FOREIGN
from alerts.severity import Thresholds
from monitor.config_section import Section


class SeveritySettings(Section):
    """Section `severity` (figures of domain.md, where it gives one)."""

    important_amount_yuan: int = Field(1000, ge=0)
    repeat_window_s: int = Field(30 * 86_400, ge=0, le=3650 * 86_400)
    kol_followers: int = Field(100_000, ge=1)
    spread_important: int = Field(10, ge=2)
    spread_urgent: int = Field(100, ge=2)
    reach_important: int = Field(100_000, ge=1)
    reach_urgent: int = Field(1_000_000, ge=1)
    speed_window_s: int = Field(600, ge=60, le=86_400)
    speed_factor: float = Field(5, ge=1)
    speed_important: int = Field(20, ge=2)
    speed_urgent: int = Field(100, ge=2)
    exchange_rates: dict[str, Decimal] = Field(default_factory=dict)
    """Yuan per unit of a foreign currency, by ISO code."""

    @field_validator("exchange_rates", mode="before")
    @classmethod
    def _codes_in_capitals(cls, value: Any) -> Any:
        """Take codes in either case: a variable SHIFEN__…__USD arrives in small letters."""
        if not isinstance(value, dict):
            return value
        return {key.upper() if isinstance(key, str) else key: rate for key, rate in value.items()}

    @field_validator("exchange_rates")
    @classmethod
    def _currencies_are_known(cls, value: dict[str, Decimal]) -> dict[str, Decimal]:
        for code, rate in value.items():
            if code not in FOREIGN:
                known = ", ".join(FOREIGN)
                raise ValueError(f"no currency called {code} is read; write some of: {known}")
            if not 0 < rate < 10_000:
                raise ValueError(f"{rate} yuan per {code} cannot be; write a rate such as 7.1")
        return value

    @model_validator(mode="after")
    def _urgent_is_more_than_important(self) -> Self:
        for kind in ("spread", "reach", "speed"):
            important, urgent = getattr(self, f"{kind}_important"), getattr(self, f"{kind}_urgent")
            if urgent < important:
                raise ValueError(
                    f"{kind}_urgent ({urgent}) must be at least {kind}_important ({important})"
                )
        return self

    def thresholds(self) -> Thresholds:
        """Return the thresholds as the rating takes them."""
        return Thresholds(**self.model_dump())
