delete from step where key between :job << 11 and :job << 11 | 2047
