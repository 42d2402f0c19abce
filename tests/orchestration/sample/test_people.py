def test_who_registered_again_has_the_name_and_phone_of_before(sample):
    pairs, alike = sample.row(
        """
        select count(*), count(*) filter (where l.name = r.name and l.phone = r.phone)
        from true_links
        join (select distinct member_id, name, phone from members) as l on l.member_id = left_id
        join (select distinct member_id, name, phone from members) as r on r.member_id = right_id
        where relation = 'same_person'
        """
    )
    assert pairs > 5
    assert alike == pairs


def test_nobody_is_the_same_person_as_two_others(sample):
    thrice = """
        select id from (
            select unnest([left_id, right_id]) as id from true_links where relation = 'same_person'
        )
        group by id having count(*) > 1
    """
    assert sample.rows(thrice) == []


def test_the_employed_write_from_their_employers_domain_and_nobody_else_does(sample):
    assert (
        sample.rows(
            """
        with seen as (
            select distinct member_id, "Account No"
            from members join accounts on split_part(email, '@', 2) = "Web"
        )
        select member_id, "Account No" from seen
        anti join true_links on relation = 'works_at' and left_id = member_id
            and right_id || '.0' = "Account No"
        """
        )
        == []
    )
    assert sample.value("select count(*) from true_links where relation = 'works_at'") > 20


def test_a_prospect_that_is_an_account_has_its_place_and_industry(sample):
    pairs, alike = sample.row(
        """
        with pairs as (
            select p.*, a.* from true_links
            join (select distinct on (prospect_id) * from prospects) as p on prospect_id = left_id
            join (select distinct on ("Account No") * from accounts order by export_date) as a
                on "Account No" = right_id || '.0'
            where relation = 'same_company'
        )
        select count(*), count(*) filter (where naics = "NAICS" and city = "City") from pairs
        """
    )
    assert pairs > 10
    # A few have moved since.
    assert alike > 0.8 * pairs
