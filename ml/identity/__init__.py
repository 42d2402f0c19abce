"""Identity: which records of members, accounts, leads, prospects and employers are one.

>>> found = link_records(records, rulings, organization_id="club")
>>> found.rows              # one row per record that is one with others: identity, link and reason
>>> found.unknown_rulings   # rulings of records that are not there

``records`` has the columns ``RECORD`` of one organization, one row each, as sources write them;
``rulings`` has the columns ``RULING``. Nothing is merged: a row says to which identity a record
belongs, to which record of it it is linked, how surely and why.
"""

from ml.identity.linking import IDENTITY, RECORD, Identities, link_records
from ml.identity.rulings import RULING, RulingError

__all__ = ["IDENTITY", "RECORD", "RULING", "Identities", "RulingError", "link_records"]
