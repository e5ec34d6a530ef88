-- Every channel is the database's own: stores in other databases are not heard.
listen headway
