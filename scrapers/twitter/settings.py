"""What an operator can set about X."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class Vocabulary(StrEnum):
    """X renames its fields from tweet to post; both are read, one is asked for first."""

    TWEET = "tweet"
    POST = "post"


class TwitterSettings(BaseModel):
    """Section `sources.twitter` of the configuration."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    enabled: bool = True
    base_url: str = "https://api.x.com"
    poll_interval_s: float = Field(30, ge=1, le=3600)
    requests_per_15_minutes: float = Field(450, gt=0, le=100_000)
    timeout_s: float = Field(10, gt=0, le=120)
    query_max_length: int = Field(512, ge=64, le=4096)
    """Longest query that the plan allows: 512 for self-serve, 4096 for Enterprise."""
    vocabulary: Vocabulary = Vocabulary.TWEET
    overlap_s: float = Field(600, ge=0, le=86_400)
    """How far each poll reads back behind the cursor; re-reads of a day cost nothing."""
    look_back_s: float = Field(0, ge=0, le=561_600)
    """How far the very first poll reads back; 0 starts at the first start."""
    max_pages: int = Field(10, ge=1, le=100)
    index_lag_s: float = Field(30, ge=0, le=600)
    """The search index is documented to trail by up to 30 s."""
    usd_per_post: float = Field(0.005, ge=0)
    canary_query: str = ""
    """A search that always has fresh results; empty switches the canary off."""
