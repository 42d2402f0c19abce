"""Asset checks: what must hold of an export once it is loaded."""
