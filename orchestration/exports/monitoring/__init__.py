"""Monitoring: what is unusual about the files that came, or did not; judged from the ledger."""
