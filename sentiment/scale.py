"""From one number between bad and good to three probabilities."""

from __future__ import annotations

from sentiment.scorer import Score

NEUTRAL = Score(negative=0.0, neutral=1.0, positive=0.0)


def polarity(position: float, neutral_within: float) -> Score:
    """Spread a `position` in -1 (bad) .. 1 (good) over the three classes.

    Scorers that know only two classes say "I cannot tell" with a position near 0. The neutral
    share falls linearly from the middle to the ends, and is scaled so that neutral is the most
    probable class just where `abs(position) < neutral_within` (0 < neutral_within <= 0.5).
    The rest goes to the two others in the proportion that the position says.
    """
    strength = min(abs(position), 1.0)
    # At the border the neutral share n ties with the winner's (1 - n) * (1 + border) / 2.
    winner = (1 + neutral_within) / 2
    neutral = winner / (1 + winner) * (1 - strength) / (1 - neutral_within)
    good = (1 + max(-1.0, min(position, 1.0))) / 2
    return Score(
        negative=(1 - neutral) * (1 - good), neutral=neutral, positive=(1 - neutral) * good
    )
