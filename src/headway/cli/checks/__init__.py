"""What `headway doctor` looks at: each check is a finding with what to do about it."""
