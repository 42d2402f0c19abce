"""The organizations and the source mappings under which their exports load."""

CLUB = "riverside_club"
COURIER = "lakeshore_courier"
TIME_ZONE = "America/Chicago"

_ACCOUNTS = """\
  accounts:
    files: "accounts/accounts_{date}.csv"
    delivery: snapshot
    columns:
      customer_id: 'whole_number("Account No")'
      customer_name: '"Company"'
      email: '"E-Mail"'
      domain: '"Web"'
      industry: '"Industry"'
      naics: '"NAICS"'
      city: '"City"'
      state: '"State"'
      country: '"Country"'
      zip_code: 'lpad("Zip", 5, ''0'')'
      employee_count: '"Employees"'
      annual_revenue: 'money("Sales")'
      created_date: '"Created"'
"""

CLUB_MAPPING = (
    f"""\
organization_id: {CLUB}
name: Riverside Racquet Club
time_zone: {TIME_ZONE}
currency: USD
assumed_margin_percent: 60
shipments_are_transactions: false
exports:
  # These have the canonical header and load as they are; times without a zone are local.
  members: {{delivery: snapshot}}
  orders: {{delivery: changes}}
  member_visits: {{delivery: changes}}
  interactions: {{delivery: changes}}
  campaigns: {{delivery: snapshot}}
  outreach_events: {{delivery: changes}}
  channel_costs: {{delivery: changes}}
  # These come at the end of a month, which is no weekday to wait for.
  survey_responses: {{delivery: changes, expected: none}}
  corporate_connectors: {{delivery: snapshot, expected: none}}
  prospects: {{delivery: snapshot, expected: none}}
  target_updates: {{delivery: changes, expected: none}}
  ab_tests: {{delivery: snapshot, expected: none}}
  consents: {{delivery: changes, expected: none}}
  erasure_requests: {{delivery: changes, expected: none}}
  # Not every week brings one.
  event_requests: {{delivery: changes, expected: none}}
  deals: {{delivery: changes, expected: none}}
  ab_observations: {{delivery: changes, expected: none}}
"""
    + _ACCOUNTS
    + """\
  bookings:
    files: "bookings/bookings_{date}.csv"
    delivery: changes
    columns:
      booking_id: '"Booking #"'
      member_id: '"Member"'
      booked_at: 'local_time("Booked On", ''%m/%d/%Y %H:%M'')'
      starts_at: 'local_time("Start", ''%m/%d/%Y %H:%M'')'
      duration_minutes: '"Mins"'
      court_id: '"Court"'
      activity: '"Activity"'
      revenue: 'money("Price")'
      status: 'lower(replace("State", '' '', ''_''))'
  order_lines:
    files: "order_lines/order_lines_{date}.csv"
    delivery: changes
    columns:
      order_id: '"Order"'
      line_number: '"Line"'
      customer_id: 'whole_number("Account")'
      ordered_at: 'local_time("Date", ''%m/%d/%Y %H:%M'')'
      product_id: '"SKU"'
      product_name: '"Item"'
      product_category: '"Group"'
      quantity: '"Qty"'
      unit_price: 'money("Price")'
      unit_cost: 'money("Cost")'
      country: '"Ship To"'
    # The last row of each file is a total.
    keep: '"Order" is distinct from ''Total'''
  support_tickets:
    files: "support_tickets/support_tickets_{date}.csv"
    delivery: changes
    expected: none
    columns:
      ticket_id: '"Ticket"'
      customer_id: '"Requester"'
      opened_at: 'local_time("Created", ''%Y-%m-%d %H:%M:%S'')'
      closed_at: 'local_time("Solved", ''%Y-%m-%d %H:%M:%S'')'
      category: '"Group"'
      priority: '"Priority"'
      subject: '"Subject"'
      body: '"Description"'
      status: '"Status"'
      csat_score: '"Satisfaction"'
      nps_score: '"NPS"'
  leads:
    files: "leads/leads_{date}.csv"
    delivery: snapshot
    columns:
      lead_id: '"Lead ID"'
      campaign_id: '"Campaign"'
      company_name: '"Company"'
      email: '"E-Mail"'
      domain: '"Website"'
      created_at: 'local_time("Created", ''%Y-%m-%d %H:%M:%S'')'
      status: '"Stage"'
      customer_id: '"CRM Account"'
"""
)

COURIER_MAPPING = (
    f"""\
organization_id: {COURIER}
name: Lakeshore Courier
time_zone: {TIME_ZONE}
currency: USD
assumed_margin_percent: 35
exports:
"""
    + _ACCOUNTS.replace("delivery: snapshot", "delivery: snapshot\n    expected: none")
    + """\
  shipments:
    files: "shipments/shipments_{date}.csv"
    delivery: changes
    columns:
      shipment_id: '"Consignment"'
      customer_id: '"Account"'
      shipped_at: 'local_time("Collected", ''%Y-%m-%d %H:%M:%S'')'
      shipment_value: '"Charge"'
      weight_kg: '"Weight"'
      service: '"Service"'
      status: '"State"'
"""
)
