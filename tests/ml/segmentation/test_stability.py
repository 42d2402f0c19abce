import numpy as np
import pandas as pd

from ml.segmentation.kmeans import LogKMeans
from ml.segmentation.stability import Gate, Stability, bootstrap_stability


def test_clusters_apart_are_found_again_and_cut_noise_is_not():
    rng = np.random.default_rng(0)
    noise = pd.DataFrame(
        np.exp(rng.normal(3, 1, (200, 3))),
        columns=["recency_days", "transaction_count", "total_revenue"],
    )
    apart = noise.assign(recency_days=np.where(np.arange(200) < 100, 1, 500))
    for frame, is_stable in ((apart, True), (noise, False)):
        model = LogKMeans(2 if is_stable else 6).fit(frame)
        found = bootstrap_stability(
            model, frame, frame, replicates=3, gate=Gate(), rng=np.random.default_rng(1)
        )
        assert Gate().admits(found) is is_stable


def test_the_gate_asks_for_both_a_high_mean_and_no_low_replicate():
    gate = Gate(mean=0.85, lowest=0.75)
    assert gate.admits(Stability(mean=0.85, lowest=0.75, replicates=20))
    assert not gate.admits(Stability(mean=0.84, lowest=0.8, replicates=20))
    assert not gate.admits(Stability(mean=0.95, lowest=0.74, replicates=20))
