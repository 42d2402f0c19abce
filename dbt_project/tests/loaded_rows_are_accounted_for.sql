-- For every file: rows read = rows loaded + rows quarantined + rows skipped.

select *
from {{ source('ops', 'file_loads') }}
where
    status = 'loaded'
    and rows_read <> rows_loaded + rows_quarantined + rows_skipped
