-- Whether the server did not crash since positions were settled. A standby cannot tell.
select exists (select from headway.unbroken)
