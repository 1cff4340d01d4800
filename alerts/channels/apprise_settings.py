"""What an operator can set about the services that only apprise speaks to."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from alerts.channels.secrets import SecretName


class AppriseSettings(BaseModel):
    """One entry of `channels` with `kind: apprise`; needs the package apprise."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["apprise"] = "apprise"
    name: str = Field(min_length=1, max_length=64)
    standby: bool = False
    """Carries an alert only when another channel fails, or when nobody was reached by minute 8."""
    secret: SecretName
    """Names the service's address, which holds its key: SHIFEN_CHANNEL_<secret>_URL."""
    timeout_s: float = Field(10, gt=0, le=50)
    min_interval_s: float = Field(2.0, ge=0, le=60)
    most_at_once: int = Field(1, ge=1, le=20)
    """How many alerts one message may carry when several are due; many services take few words."""
