{#-
The id of an address in the United States: two spellings that differ in case, blanks and punctuation have one. Null
without a street.
-#}
{% macro address_id(address, city, state, zip_code) -%}
    case when {{ _plain(address) }} <> '' then
        md5(
            {{ _plain(address) }} || '|' || coalesce({{ _plain(city) }}, '') || '|'
            || coalesce({{ _plain(state) }}, '') || '|' || coalesce(left(trim({{ zip_code }}), 5), '')
        )
    end
{%- endmacro %}

{% macro _plain(text) -%}
    trim({{ replace_all(fold(text), "'[^a-z0-9]+'", "' '") }})
{%- endmacro %}
