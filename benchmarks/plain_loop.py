"""What one would write first: SnowNLP and one ORM insert with its commit for each post.

python -m benchmarks.plain_loop FILE [--posts 300]

Reads JSON Lines and prints one line of JSON: posts, posts_per_s and cpu_posts_per_s (posts per
second of processor time). Not counted: loading SnowNLP, reading the file, making the table.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from datetime import datetime
from itertools import islice
from pathlib import Path

from snownlp import SnowNLP
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    """The tables of the plain loop."""


class ScoredPost(Base):
    """A post with its mood, as one would store it."""

    __tablename__ = "scored_post"

    id: Mapped[int] = mapped_column(primary_key=True)
    platform: Mapped[str]
    native_id: Mapped[str] = mapped_column(index=True)
    author: Mapped[str]
    text: Mapped[str]
    url: Mapped[str]
    published_at: Mapped[datetime]
    mood: Mapped[float]


def run(posts: list[dict[str, object]], url: str) -> tuple[float, float]:
    """Score and store each post; return seconds of the clock and of the processor."""
    engine = create_engine(url)
    Base.metadata.create_all(engine)
    SnowNLP("先把词典读进来").sentiments  # noqa: B018
    wall, cpu = time.perf_counter(), time.process_time()
    with Session(engine) as session:
        for post in posts:
            session.add(
                ScoredPost(
                    platform=post["platform"],
                    native_id=post["id"],
                    author=post["author"]["name"],
                    text=post["text"],
                    url=post["url"],
                    published_at=datetime.fromisoformat(post["created_at"]),
                    mood=SnowNLP(post["text"]).sentiments,
                )
            )
            session.commit()
    return time.perf_counter() - wall, time.process_time() - cpu


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("file", type=Path)
    words.add_argument("--posts", type=int, default=300)
    chosen = words.parse_args()
    with chosen.file.open(encoding="utf-8") as stream:
        posts = [json.loads(line) for line in islice(stream, chosen.posts)]
    with tempfile.TemporaryDirectory() as folder:
        wall, cpu = run(posts, f"sqlite:///{Path(folder) / 'plain.db'}")
    rates = {"posts_per_s": len(posts) / wall, "cpu_posts_per_s": len(posts) / cpu}
    print(json.dumps({"posts": len(posts), **rates}))


if __name__ == "__main__":
    main()
