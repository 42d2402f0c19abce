"""How the club looks for customers: prospects, campaigns, leads, touches, deals, experiments."""
