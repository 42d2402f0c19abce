from types import SimpleNamespace

import numpy as np
import pytest

from orchestration.sample.outreach.campaigns import plan_campaigns
from orchestration.sample.outreach.leads import draw_leads
from orchestration.sample.outreach.prospects import draw_prospects
from orchestration.sample.outreach.touches import draw_touches


@pytest.fixture(scope="session")
def outreach(club):
    """Prospects, campaigns, leads and touches of a large club."""
    rng = np.random.default_rng(8)
    prospects, links = draw_prospects(rng, club.simulation.accounts.attributes, club.timetable)
    campaigns = plan_campaigns(club.timetable)
    leads = draw_leads(rng, club.customers, prospects, campaigns, club.timetable)
    touches = draw_touches(rng, leads, club.timetable)
    return SimpleNamespace(
        prospects=prospects, links=links, campaigns=campaigns, leads=leads, touches=touches
    )
