select to_regclass('headway.migration') is not null
