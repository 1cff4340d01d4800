"""Settings of the scorers that need any: a model directory, or somebody else's model."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Polarity = Literal["negative", "neutral", "positive"]


class OnnxSettings(BaseModel):
    """Section `sentiment.onnx`: a transformer that the operator brings."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    directory: str = ""
    """Holds model.onnx, tokenizer.json and config.json."""
    max_tokens: int = Field(256, ge=8, le=4096)
    """Longer texts are cut."""
    labels: dict[str, Polarity] = Field(default_factory=dict)
    """What the model's own names of its classes mean, where they do not say it."""
    threads: int = Field(1, ge=1, le=64)
    batch: int = Field(1, ge=1, le=256)
    """Texts read at once; above 1 the last digits may depend on a text's neighbours."""


class HttpSettings(BaseModel):
    """Section `sentiment.http`: a model behind an OpenAI-compatible interface."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    base_url: str = ""
    """The address before `/chat/completions`, e.g. http://127.0.0.1:11434/v1."""
    model: str = Field("", max_length=200)
    timeout_s: float = Field(10, gt=0, le=60)
    wait_s_per_minute: float = Field(20, gt=0, le=45)
    """Judging waits at most so long in any minute; the rest goes to the default scorer."""
    requests_per_minute: int = Field(30, ge=1, le=6000)
    requests_per_day: int = Field(5000, ge=1)
    tokens_per_day: int = Field(2_000_000, ge=1)
    """As the answers report them."""
    batch: int = Field(10, ge=1, le=50)
    """Texts in one request."""
    pause_s: float = Field(60, gt=0, le=3600)
    """After failures the default scorer answers for so long."""
