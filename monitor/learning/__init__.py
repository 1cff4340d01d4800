"""Learning from people: train on corrections, try in the shadow, promote, go back, judge anew."""
