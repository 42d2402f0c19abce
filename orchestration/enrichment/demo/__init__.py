"""Enrichment without a key: a provider whose answers are made up, and say so."""

from orchestration.enrichment.demo.server import DEMO, demo_provider

__all__ = ["DEMO", "demo_provider"]
