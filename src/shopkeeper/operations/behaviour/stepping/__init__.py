"""The answer of `funnel`: what was asked becomes a plan, counts become rows, sentences and bars."""
