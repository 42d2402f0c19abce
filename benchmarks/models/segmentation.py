"""Segments of two retailers: how clear, how stable, and what is left of them a month later."""

from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from ml.segmentation import BehaviouralClusters, CustomerSegmentation
from ml.segmentation.kmeans import Labels, LogKMeans
from ml.segmentation.scaling import LogBlockScaler
from ml.segmentation.stability import Gate, bootstrap_stability

_PLAIN = (("recency_days",), ("transaction_count",), ("total_revenue",))
_RETAILER = """
select
    split_part("CustomerID", '.', 1) as customer_id,
    cast(min(cast("InvoiceDate" as timestamp)) as date) as day,
    sum(cast("Quantity" as integer) * cast("UnitPrice" as double)) as revenue,
    "InvoiceNo" not like 'C%' as is_purchase
from (select distinct * from read_csv('{folder}/*.csv', all_varchar = true))
where "CustomerID" is not null
group by "InvoiceNo", split_part("CustomerID", '.', 1)
"""
_CD_SHOP = """
select
    fields[1] as customer_id,
    cast(strptime(fields[2], '%Y%m%d') as date) as day,
    cast(fields[4] as double) as revenue,
    true as is_purchase
from (
    select regexp_split_to_array(trim(line), '\\s+') as fields
    from read_csv('{folder}/*.txt', header = false, skip = 1, columns = {{'line': 'varchar'}})
)
"""
_SHOPS = {
    "UK retailer": ("landing/uk_retailer/order_lines", _RETAILER, date(2011, 12, 9)),
    "CD shop": ("landing/cdnow/orders", _CD_SHOP, date(1998, 6, 30)),
}


def evaluate(data: Path) -> pd.DataFrame:
    """Cluster the customers of each shop in several ways.

    Returns
    -------
    one row per shop and method: number of clusters; mean silhouette width on standardised
    logarithms, and on the method's own scale; adjusted Rand index over 20 bootstraps, mean and
    lowest; that between the labels of today and those by last month's model; and the share of
    customers to whom both give a persona of the same number and name
    """
    rows = []
    for shop, (folder, query, today) in _SHOPS.items():
        with duckdb.connect() as connection:
            orders = connection.sql(query.format(folder=data / folder)).df()
        now = _customers(orders, pd.Timestamp(today))
        month_ago = _customers(orders, pd.Timestamp(today) - pd.DateOffset(months=1))
        for method, model in _methods().items():
            figures = _figures(model.fit(now), now) | _later(model, month_ago, now)
            rows.append({"data": shop, "method": method, **figures})
    return pd.DataFrame(rows)


def _customers(orders: pd.DataFrame, today: pd.Timestamp) -> pd.DataFrame:
    """Return recency, frequency and revenue of who had bought until a day."""
    told = orders[orders["day"] <= today]
    bought = told[told["is_purchase"]].groupby("customer_id", sort=True)
    return pd.DataFrame(
        {
            "recency_days": (today - bought["day"].max()).dt.days,
            "transaction_count": bought.size(),
            "total_revenue": told.groupby("customer_id")["revenue"].sum(),
        }
    ).dropna()


def _methods() -> dict[str, LogKMeans | BehaviouralClusters]:
    return {
        "k-means on log RFM, k = 4": LogKMeans(4, blocks=_PLAIN, tail=0.0),
        "blocks of equal weight, k = 4": LogKMeans(4),
        "chosen by silhouette and gate": BehaviouralClusters(),
    }


def _figures(model: LogKMeans | BehaviouralClusters, customers: pd.DataFrame) -> dict[str, float]:
    fitted = model.model_ if isinstance(model, BehaviouralClusters) else model
    labels = fitted.predict(customers)
    plain = LogBlockScaler(_PLAIN, tail=0.0).fit(customers)
    stability = bootstrap_stability(
        fitted,
        customers,
        customers,
        replicates=20,
        gate=Gate(mean=-1.0, lowest=-1.0),
        rng=np.random.default_rng(0),
    )
    return {
        "clusters": fitted.n_clusters,
        "silhouette": _silhouette(plain, customers, labels),
        "own_silhouette": _silhouette(fitted.scaler_, customers, labels),
        "rand_mean": stability.mean,
        "rand_lowest": stability.lowest,
    }


def _silhouette(scaler: LogBlockScaler, customers: pd.DataFrame, labels: Labels) -> float:
    from sklearn.metrics import silhouette_score  # noqa: PLC0415 - slow to import

    points = scaler.transform(customers)
    size = min(len(points), 5000)
    return float(silhouette_score(points, labels, sample_size=size, random_state=0))


def _later(
    model: LogKMeans | BehaviouralClusters, month_ago: pd.DataFrame, now: pd.DataFrame
) -> dict[str, float]:
    from sklearn.base import clone  # noqa: PLC0415 - slow to import
    from sklearn.metrics import adjusted_rand_score  # noqa: PLC0415 - slow to import

    if isinstance(model, LogKMeans):
        then = clone(model).fit(month_ago).predict(now)
        return {"rand_after_a_month": float(adjusted_rand_score(then, model.predict(now)))}
    old = CustomerSegmentation().fit(month_ago)
    new = CustomerSegmentation().fit(now, previous=old)
    labels = [fitted.predict(now) for fitted in (old, new)]
    names = [
        pd.Series(fitted.predict(now)).map(
            {p["cluster_id"]: p["persona"] for p in fitted.personas_}
        )
        for fitted in (old, new)
    ]
    is_same = (labels[0] == labels[1]) & (names[0] == names[1]).to_numpy()
    return {
        "rand_after_a_month": float(adjusted_rand_score(*labels)),
        "same_persona": float(is_same.mean()),
    }
