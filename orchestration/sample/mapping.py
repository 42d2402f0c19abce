"""The organization and the source mapping under which its exports load."""

ORGANIZATION_ID = "riverside_club"
TIME_ZONE = "America/Chicago"

SOURCE_MAPPING = f"""\
organization_id: {ORGANIZATION_ID}
name: Riverside Racquet Club
time_zone: {TIME_ZONE}
currency: USD
exports:
  # members and orders have the canonical header and load as they are.
  members:
    delivery: snapshot
  orders:
    delivery: changes
  bookings:
    files: "bookings/bookings_{{date}}.csv"
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
  accounts:
    files: "accounts/accounts_{{date}}.csv"
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
  order_lines:
    files: "order_lines/order_lines_{{date}}.csv"
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
"""
