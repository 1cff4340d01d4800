"""What an operator can set about Weibo."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class Transport(StrEnum):
    """The three ways to search Weibo (see docs/adr/0003-weibo-transports.md)."""

    MOBILE = "mobile"
    WEB = "web"
    OFFICIAL = "official"


DEFAULT_BASE_URLS = {
    Transport.MOBILE: "https://m.weibo.cn",
    Transport.WEB: "https://s.weibo.com",
    Transport.OFFICIAL: "https://c.api.weibo.com",
}


class WeiboSettings(BaseModel):
    """Section `sources.weibo` of the configuration."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    enabled: bool = True
    transport: Transport = Transport.MOBILE
    base_url: str | None = None
    """Address of the chosen transport; None means its public address."""
    visitor_base_url: str = "https://visitor.passport.weibo.cn"
    """Where a visitor cookie is asked for before the login cookie is used."""
    api_base_url: str = "https://api.weibo.com"
    message_base_url: str = "https://m.api.weibo.com"
    poll_interval_s: float = Field(60, ge=1, le=3600)
    requests_per_minute: float = Field(10, gt=0, le=600)
    timeout_s: float = Field(10, gt=0, le=120)
    overlap_s: float = Field(300, ge=0, le=86_400)
    """How far each poll reads back behind the cursor, for posts that were indexed late."""
    look_back_s: float = Field(0, ge=0, le=604_800)
    """How far the very first poll reads back; 0 starts at the first start."""
    max_pages: int = Field(5, ge=1, le=50)
    index_lag_s: float = Field(120, ge=0, le=600)
    """Time until search finds a new post: half a minute to two, by indirect evidence."""
    quiet_posts_per_hour: float = Field(60, ge=0)
    """A brand below this volume is polled by name alone, its words are matched here."""
    canary_query: str = ""
    """A search that always has fresh results; empty switches the canary off."""

    @property
    def url(self) -> str:
        """The address in force for the chosen transport, without a trailing slash."""
        return (self.base_url or DEFAULT_BASE_URLS[self.transport]).rstrip("/")
