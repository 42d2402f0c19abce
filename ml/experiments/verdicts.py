"""How a test may end."""

INCONCLUSIVE, CONTROL_WINS, VARIANT_WINS = "inconclusive", "control", "variant"
