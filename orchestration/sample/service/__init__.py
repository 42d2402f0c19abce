"""What customers say and what is said to them: tickets, contacts, surveys, visits, consents."""
