"""Whether a delivery may stand: judged whole, once its rows have streamed by."""

from orchestration.exports.loading.deliveries import Delivery


def is_hopeless(delivery: Delivery) -> bool:
    """Whether it is sure to be refused before everything is read."""
    return bool(_fault(delivery)) or _is_over_the_limit(
        delivery, sum(load.local.lines for load in delivery.loads)
    )


def judge(delivery: Delivery) -> str:
    """Return the sentence that refuses a delivery, or nothing."""
    read = sum(load.rows_read for load in delivery.loads)
    quarantined = sum(load.rows_quarantined for load in delivery.loads)
    rejected = sum(load.rows_rejected for load in delivery.loads)
    name = ", ".join(load.local.file.path for load in delivery.loads)
    if fault := _fault(delivery):
        return fault
    if rejected:
        return (
            f"{name} is refused: {rejected} of {read} rows break a rule that no delivery may break "
            f"({_examples(delivery)})."
        )
    if _is_over_the_limit(delivery, read):
        return (
            f"{name} is refused: {quarantined} of {read} rows ({quarantined / read:.1%}) break "
            f"the contract, more than its limit of {delivery.contract.quarantine_limit:.0%} "
            f"({_examples(delivery)})."
        )
    if delivery.mapping.delivery == "snapshot" and read == 0:
        return (
            f"{name} is refused: a snapshot without rows would say that everyone has left; "
            "deliver it again."
        )
    return ""


def _fault(delivery: Delivery) -> str:
    """Say why one of its files cannot be loaded at all, if so."""
    return next(
        (
            f"{load.local.file.path} is refused: it {load.problem}."
            for load in delivery.loads
            if load.problem
        ),
        "",
    )


def _is_over_the_limit(delivery: Delivery, rows: int) -> bool:
    quarantined = sum(load.rows_quarantined for load in delivery.loads)
    return quarantined > rows * delivery.contract.quarantine_limit


def _examples(delivery: Delivery) -> str:
    return "; ".join([example for load in delivery.loads for example in load.examples()][:3])
