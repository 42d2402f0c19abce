"""Everything around the club's purchases: what its other systems export, and the truth behind."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from orchestration.sample.customers import draw_customers
from orchestration.sample.draws import NEVER
from orchestration.sample.outreach.campaigns import (
    draw_channel_costs,
    list_campaigns,
    plan_campaigns,
)
from orchestration.sample.outreach.deals import draw_deals
from orchestration.sample.outreach.experiments import draw_observations, list_experiments
from orchestration.sample.outreach.leads import CHANNELS, draw_leads, link_leads, list_leads
from orchestration.sample.outreach.prospects import (
    draw_prospects,
    draw_target_updates,
    list_prospects,
)
from orchestration.sample.outreach.touches import draw_touches, first_day, list_touches
from orchestration.sample.service.events import draw_connectors, draw_event_requests
from orchestration.sample.service.interactions import draw_interactions
from orchestration.sample.service.privacy import draw_consents, draw_erasure_requests
from orchestration.sample.service.surveys import draw_surveys
from orchestration.sample.service.tickets import draw_tickets
from orchestration.sample.service.visits import draw_visits
from orchestration.sample.simulation import Simulation
from orchestration.sample.timetable import Timetable


@dataclass(frozen=True)
class Story:
    """What the other systems deliver, and the truth behind it.

    Attributes
    ----------
    exports
        Rows of each export in canonical columns and in order of ``delivered`` (day index).
    truth
        Tables of what is true, by name.
    """

    exports: dict[str, pd.DataFrame]
    truth: dict[str, pd.DataFrame]


def tell_story(seed: int, simulation: Simulation, organization_id: str) -> Story:
    """Draw everything around the purchases of a simulated club."""
    rng = np.random.default_rng([seed, 2])
    customers = draw_customers(rng, simulation)
    service = _service(np.random.default_rng([seed, 3]), simulation, customers)
    outreach = _outreach(np.random.default_rng([seed, 4]), simulation, customers, organization_id)
    links = pd.concat([simulation.links, outreach.truth.pop("links")], ignore_index=True)
    truth = {
        "win_back": _win_back(customers, simulation.timetable),
        "contentment": customers[["customer_id", "customer_type", "contentment"]],
        "links": links,
    }
    return Story(service.exports | outreach.exports, truth | service.truth | outreach.truth)


def _service(rng: np.random.Generator, simulation: Simulation, customers: pd.DataFrame) -> Story:
    timetable = simulation.timetable
    plans = simulation.members.attributes["membership_type"]
    tickets, tickets_truth = draw_tickets(rng, customers, timetable)
    return Story(
        {
            "member_visits": draw_visits(rng, simulation, customers),
            "survey_responses": draw_surveys(rng, customers, plans, timetable),
            "corporate_connectors": draw_connectors(rng, customers, timetable),
            "event_requests": draw_event_requests(rng, customers, timetable),
            "interactions": draw_interactions(rng, customers, timetable),
            "support_tickets": tickets,
            "consents": draw_consents(rng, customers, timetable),
            "erasure_requests": draw_erasure_requests(rng, customers, timetable),
        },
        {"tickets": tickets_truth},
    )


def _outreach(
    rng: np.random.Generator,
    simulation: Simulation,
    customers: pd.DataFrame,
    organization_id: str,
) -> Story:
    timetable = simulation.timetable
    prospects, known = draw_prospects(rng, simulation.accounts.attributes, timetable)
    campaigns = plan_campaigns(timetable)
    leads = draw_leads(rng, customers, prospects, campaigns, timetable)
    touches = draw_touches(rng, leads, timetable)
    engaged = first_day(touches, len(leads), "opened", "click")
    replied = first_day(touches, len(leads), "replied")
    costs, spikes = draw_channel_costs(rng, campaigns, timetable)
    exports = {
        "prospects": list_prospects(prospects, timetable),
        "target_updates": draw_target_updates(rng, organization_id, prospects, timetable),
        "campaigns": list_campaigns(campaigns, timetable),
        "leads": list_leads(leads, customers, engaged, replied, timetable),
        "outreach_events": list_touches(touches, leads, timetable),
        "channel_costs": costs,
        "deals": draw_deals(rng, leads, customers, replied, timetable),
        "ab_tests": list_experiments(campaigns, timetable),
        "ab_observations": draw_observations(rng, customers, timetable),
    }
    columns = ["lead_id", "is_new", "probability", *(f"reached_by_{name}" for name in CHANNELS)]
    truth = {
        "leads": leads[columns].assign(converts=leads["converted"] < NEVER),
        "prospects": prospects[["prospect_id", "score"]],
        "cost_spikes": spikes,
        "links": pd.concat([known, link_leads(leads, customers, prospects)]),
    }
    return Story(exports, truth)


def _win_back(customers: pd.DataFrame, timetable: Timetable) -> pd.DataFrame:
    """Tell who was looked at as dormant, who got an offer by lot, and who came back."""
    looked_at = customers[customers["looked_at"] < NEVER]
    return pd.DataFrame(
        {
            "customer_id": looked_at["customer_id"],
            "customer_type": looked_at["customer_type"],
            "dropped_out_on": timetable.day(looked_at["left"].to_numpy()),
            "looked_at_on": timetable.day(looked_at["looked_at"].to_numpy()),
            "was_offered": looked_at["offered"],
            "returned_on": timetable.day(looked_at["returned"].to_numpy()),
        }
    )
