"""The command line: `customer-intelligence`."""

from orchestration.cli.commands import main

__all__ = ["main"]
