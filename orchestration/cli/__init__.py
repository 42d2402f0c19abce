"""The command line: `customer-intelligence`. Commands import what they need when they are called."""

from orchestration.cli.commands import main

__all__ = ["main"]
