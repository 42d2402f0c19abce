"""How good the models are on real data, beside simple baselines."""
