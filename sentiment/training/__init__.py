"""How the shipped model is made; nothing here is needed to run the service.

First `python -m sentiment.training.teacher`, then `python -m sentiment.training.make`. The
libraries are in the dependency group `train`, the labelled posts in a folder of their own
(docs/model-card.md).
"""
