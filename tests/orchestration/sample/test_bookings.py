from orchestration.sample.bookings import LONGEST_LEAD


def test_bookings_lie_within_opening_times_and_are_made_before(sample):
    outside = sample.value(
        f"""
        select count(*) from booking_states
        where starts_at::time < time '06:00'
            or starts_at + to_minutes("Mins"::int) > starts_at::date + interval 22 hour
            or strptime("Booked On", '%m/%d/%Y %H:%M') >= starts_at
            or strptime("Booked On", '%m/%d/%Y %H:%M') < starts_at - interval {LONGEST_LEAD + 1} day
        """
    )
    assert outside == 0


def test_a_booking_is_made_by_a_member_who_has_joined(sample):
    strangers = sample.value(
        """
        select count(*) from bookings as b
        anti join members as m
            on m.member_id = b."Member"
            and m.join_date::date <= strptime(b."Booked On", '%m/%d/%Y %H:%M')::date
        """
    )
    # Whoever leaves within a week of joining is in no Sunday's list; nobody here does.
    assert strangers == 0


def test_a_booking_is_open_until_its_day_and_settled_after_it(sample):
    unsettled = sample.value(
        """
        select count(*) from booking_states
        where ("State" = 'Booked') <> (starts_at::date > (select max(export_date) from bookings))
            and "State" <> 'Cancelled'
        """
    )
    late = sample.value(
        """
        select count(*) from bookings
        where "State" <> 'Cancelled' and ("State" = 'Booked')
            and strptime("Start", '%m/%d/%Y %H:%M')::date <= export_date
        """
    )
    assert (unsettled, late) == (0, 0)


def test_every_outcome_occurs(sample):
    states = dict(sample.rows('select "State", count(*) from booking_states group by 1'))
    assert set(states) == {"Booked", "Attended", "Cancelled", "No Show"}
    settled = sum(states.values()) - states["Booked"]
    assert 0.04 < states["Cancelled"] / settled < 0.10
    assert 0.03 < states["No Show"] / settled < 0.09
