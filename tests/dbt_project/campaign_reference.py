"""The campaign marts of an agency, computed once more from its raw rows with pandas."""

from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd
from scipy import stats

from tests.dbt_project.campaign_history import TIME_ZONE, History

COUNTS = {
    "impressions": "impression",
    "clicks": "click",
    "sent": "sent",
    "delivered": "delivered",
    "opened": "opened",
    "replied": "replied",
    "bounced": "bounced",
    "converted": "converted",
}
ENGAGED = ["opened", "click", "replied", "converted"]
TOUCHES = ["impression", "click", "sent"]
CHANNEL = ["campaign_id", "channel"]
CENT = 0.005


class Reference:
    """What the marts must hold as of a day, of one organization.

    Parameters
    ----------
    history
        Every version of every row.
    as_of
        The day that the marts speak of.
    """

    def __init__(self, history: History, as_of: date) -> None:
        self.raw = history.known(as_of).exports
        self.as_of = pd.Timestamp(as_of)

    def _newest(self, export: str, *key: str) -> pd.DataFrame:
        rows = self.raw[export].sort_values("export_date", kind="stable")
        rows = rows.drop_duplicates(list(key), keep="last").replace({"": None})
        return rows.assign(
            **{
                column.replace("_at", "_day"): _local_day(rows[column])
                for column in ("created_at", "event_at", "closed_at", "ordered_at")
                if column in rows
            }
        )

    @cached_property
    def leads(self) -> pd.DataFrame:
        """Campaign, days of all stages and customer, by lead."""
        listed = self._newest("leads", "lead_id").set_index("lead_id")
        events, deals = self._events, self._deals_as_delivered
        names = sorted({*listed.index, *events["lead_id"], *deals["lead_id"]})
        leads = listed.reindex(names)[["campaign_id", "customer_id", "created_day"]]

        named = pd.concat(
            [
                events.rename(columns={"event_at": "at"})[["lead_id", "campaign_id", "at"]],
                deals.rename(columns={"created_at": "at"})[["lead_id", "campaign_id", "at"]],
            ]
        ).dropna(subset="campaign_id")
        first = named.sort_values(["at", "campaign_id"]).groupby("lead_id")["campaign_id"].first()
        leads["campaign_id"] = leads["campaign_id"].fillna(first).fillna("unknown")

        seen = pd.concat(
            [
                events.groupby("lead_id")["event_day"].min(),
                deals.groupby("lead_id")["created_day"].min(),
            ]
        )
        leads["lead_date"] = leads["created_day"].fillna(seen.groupby("lead_id").min())
        won = deals[(deals["deal_stage"] == "won") & (deals["settled"] <= self.as_of)]
        signs = {
            "engaged": (ENGAGED, ["engaged", "replied", "converted"], True),
            "replied": (["replied"], ["replied", "converted"], False),
            "converted": (["converted"], ["converted"], True),
        }
        for stage, (types, statuses, by_deal) in signs.items():
            shown = self.raw["leads"][self.raw["leads"]["status"].isin(statuses)]
            days = [
                events[events["event_type"].isin(types)].set_index("lead_id")["event_day"],
                pd.to_datetime(shown.set_index("lead_id")["export_date"]),
                *([won.set_index("lead_id")["settled"]] if by_deal else []),
            ]
            first_day = pd.concat(days).groupby("lead_id").min().reindex(leads.index)
            leads[f"{stage}_date"] = first_day.where(
                first_day.isna() | (first_day > leads["lead_date"]), leads["lead_date"]
            )
        return leads[leads["lead_date"] <= self.as_of]

    @cached_property
    def _events(self) -> pd.DataFrame:
        events = self._newest("outreach_events", "event_id")
        return events[events["event_day"] <= self.as_of]

    @cached_property
    def _deals_as_delivered(self) -> pd.DataFrame:
        deals = self._newest("deals", "deal_id")
        deals["settled"] = deals["closed_day"].fillna(deals["created_day"])
        return deals[deals["created_day"] <= self.as_of]

    @cached_property
    def deals(self) -> pd.DataFrame:
        """Deals with their own campaign, stage as of the day, and what they bring."""
        deals = self._deals_as_delivered.copy()
        owner = deals["lead_id"].map(self.leads["campaign_id"])
        deals["campaign_id"] = deals["campaign_id"].fillna(owner).fillna("unknown")
        deals["stage"] = deals["deal_stage"].where(deals["settled"] <= self.as_of, "pipeline")
        expected = (deals["deal_value"] * deals["close_probability"] + 1e-9).round(2)
        deals["expected"] = np.select(
            [deals["stage"] == "won", deals["stage"] == "lost"],
            [deals["deal_value"], 0.0],
            expected,
        )
        deals["revenue"] = deals["deal_value"].where(deals["stage"] == "won", 0.0)
        return deals

    @cached_property
    def events(self) -> pd.DataFrame:
        """Events with the campaign that claims them."""
        owner = self._events["lead_id"].map(self.leads["campaign_id"])
        return self._events.assign(
            campaign_id=self._events["campaign_id"].fillna(owner).fillna("unknown"),
            month=self._events["event_day"].dt.to_period("M"),
        )

    @cached_property
    def costs(self) -> pd.DataFrame:
        """What channel_costs tell until the day."""
        costs = self._newest("channel_costs", *CHANNEL, "cost_date")
        costs["day"] = pd.to_datetime(costs["cost_date"])
        costs["month"] = costs["day"].dt.to_period("M")
        return costs[costs["day"] <= self.as_of]

    @cached_property
    def channel_days(self) -> pd.DataFrame:
        """Counts and cost by campaign, channel and day."""
        told = set(self.costs[[*CHANNEL, "month"]].itertuples(index=False, name=None))
        events = self.events.copy()
        is_told = [
            row in told for row in events[[*CHANNEL, "month"]].itertuples(index=False, name=None)
        ]
        events["cost"] = events["cost"].fillna(0).where(~np.array(is_told), 0)
        for count, event_type in COUNTS.items():
            events[count] = events["event_type"] == event_type
        rows = pd.concat([events.rename(columns={"event_day": "day"}), self.costs])
        return rows.groupby([*CHANNEL, "day"])[[*COUNTS, "cost"]].sum().astype(float)

    @cached_property
    def campaign_days(self) -> pd.DataFrame:
        """Flows and totals by campaign and day, days without gaps."""
        flows = {
            "new_leads": _count(self.leads, "lead_date"),
            "newly_engaged_leads": _count(self.leads, "engaged_date"),
            "newly_replied_leads": _count(self.leads, "replied_date"),
            "newly_converted_leads": _count(self.leads, "converted_date"),
            "spend": self.channel_days["cost"].groupby(["campaign_id", "day"]).sum(),
            "revenue": self._of_deals("revenue"),
        }
        sparse = pd.DataFrame(flows).fillna(0.0)
        parts = []
        for campaign, rows in sparse.groupby(level=0):
            days = rows.droplevel(0)
            last = min(self.as_of, max(days.index.max(), self._end(campaign)))
            dense = days.reindex(pd.date_range(days.index.min(), last, name="day"), fill_value=0.0)
            parts.append(pd.concat({campaign: dense}, names=["campaign_id"]))
        table = pd.concat(parts)
        totals = ["total_leads", "engaged_leads", "replied_leads", "converted_leads"]
        table[[*totals, "total_spend", "total_revenue"]] = table.groupby(level=0).cumsum()
        return table

    def _end(self, campaign: object) -> pd.Timestamp:
        """Return the day on which a campaign ends, the as-of date where none is set."""
        ends = self._newest("campaigns", "campaign_id").set_index("campaign_id")["end_date"]
        return pd.Timestamp(ends.dropna().get(campaign, self.as_of))

    def _of_deals(self, column: str) -> pd.Series:
        day = self.deals["settled"].where(
            self.deals["stage"] != "pipeline", self.deals["created_day"]
        )
        return self.deals.assign(day=day).groupby(["campaign_id", "day"])[column].sum()

    @cached_property
    def lead_costs(self) -> pd.Series:
        """Cost by lead, campaign and channel before rounding to cents."""
        touched = self.events[self.events["event_type"].isin(TOUCHES)]
        parts = []
        for (campaign, channel, month), rows in self.costs.groupby([*CHANNEL, "month"]):
            reached = touched[
                (touched["campaign_id"] == campaign)
                & (touched["channel"] == channel)
                & (touched["month"] == month)
            ]["lead_id"]
            if reached.empty:
                reached = self.leads.index[self.leads["campaign_id"] == campaign].to_series()
            share = reached.value_counts(normalize=True) * rows["cost"].sum()
            parts.append(pd.concat({(campaign, channel): share}))
        told = self.costs.groupby([*CHANNEL, "month"]).size()
        events = self.events.set_index([*CHANNEL, "month"])
        events = events[~events.index.isin(told.index)]
        own = events.reset_index().groupby([*CHANNEL, "lead_id"])["cost"].sum()
        return pd.concat([*parts, own]).groupby(level=[0, 1, 2]).sum()

    def anomalies(self, measure: str) -> pd.DataFrame:
        """Median, its median distance, and score of each day against eight same weekdays before."""
        rows = []
        for campaign, series in self.campaign_days[measure].groupby(level=0):
            amounts = series.droplevel(0)[: self._end(campaign)]
            for day, amount in amounts.items():
                past = amounts[
                    [d for d in amounts.index if d < day and d.weekday() == day.weekday()]
                ]
                past = past.iloc[-8:]
                if len(past) >= 4:
                    distance = stats.median_abs_deviation(past)
                    score = (
                        stats.norm.ppf(0.75) * (amount - past.median()) / distance
                        if distance
                        else np.nan
                    )
                    rows.append((campaign, day, past.median(), distance, score))
        columns = ["campaign_id", "day", "usual_amount", "median_deviation", "robust_z_score"]
        return pd.DataFrame(rows, columns=columns).set_index(["campaign_id", "day"])

    def trend(self, campaign: str, measure: str, weeks: int) -> tuple[float, float]:
        """Return slope and its standard error over the weeks until a campaign's newest day or end."""
        amounts = self.campaign_days.loc[campaign][measure][: self._end(campaign)]
        fit = stats.linregress(np.arange(7 * weeks), amounts.iloc[-7 * weeks :])
        return float(fit.slope), float(fit.stderr)


def _local_day(times: pd.Series) -> pd.Series:
    at = pd.to_datetime(times.replace("", None), utc=True).dt.tz_convert(TIME_ZONE)
    return at.dt.tz_localize(None).dt.normalize()


def _count(leads: pd.DataFrame, date: str) -> pd.Series:
    return (
        leads.dropna(subset=date)
        .rename(columns={date: "day"})
        .groupby(["campaign_id", "day"])
        .size()
    )
