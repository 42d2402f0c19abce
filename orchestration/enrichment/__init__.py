"""Who customers are beyond the till: third parties, what they said, and what it cost.

What belongs here: clients of third parties, the store of their answers, budgets, whom to ask.
What does not: what an answer means for a customer, which dbt models say.
"""
