"""Client of the US Census Bureau: who lives where a customer lives, and where that is.

Addresses and tracts in, Arrow tables out; the warehouse is not known here, but to `geocoding` and
`tracts`, which keep each answer before the next is asked for.
"""
