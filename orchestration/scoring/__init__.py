"""Trained models at work: what they read from the warehouse, when they are trained, what they write."""
