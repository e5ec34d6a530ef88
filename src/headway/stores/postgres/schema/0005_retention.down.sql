drop function headway.drop_empty_months(timestamptz);
