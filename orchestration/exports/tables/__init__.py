"""What exports leave in the warehouse: raw rows, the quarantine, the ledger, organizations."""
