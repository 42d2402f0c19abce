"""How good a model is: the one place where every figure of merit is defined."""
