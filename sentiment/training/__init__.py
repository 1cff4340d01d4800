"""How the shipped model is made; nothing here is needed to run the service.

`python -m sentiment.training.teacher`, then `python -m sentiment.training.student`; what they need is in the
dependency group `train`, what they read is a folder of labelled posts (docs/model-card.md).
"""
