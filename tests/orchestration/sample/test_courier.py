from orchestration.sample.courier import CUSTOMERS_SHARE


def test_shipments_are_of_listed_customers_and_worth_something(sample):
    folder = sample.folder / "landing" / "lakeshore_courier"
    strangers, least = sample.row(
        f"""
        with listed as (
            select distinct replace("Account No", '.0', '') as id
            from read_csv('{folder}/accounts/*.csv', all_varchar = true)
        )
        select count(*) filter (where id is null), min("Charge"::decimal(18, 2))
        from read_csv('{folder}/shipments/*.csv', all_varchar = true)
        left join listed on id = "Account"
        where "Consignment" like 'SH%'
        """
    )
    assert strangers == 0
    assert least > 0


def test_its_customers_have_a_truth_of_their_own(sample):
    customers, repeats = sample.row(
        "select count(*), sum(repeat_purchases) from true_courier_customers"
    )
    assert customers == round(900 * CUSTOMERS_SHARE)
    shipped = sample.value(
        f"""
        select count(distinct "Consignment") from read_csv(
            '{sample.folder}/landing/lakeshore_courier/shipments/*.csv', all_varchar = true
        ) where "Consignment" like 'SH%'
        """
    )
    buyers = sample.value("select count(acquired_on) from true_courier_customers")
    assert shipped >= repeats + buyers
