"""Owns what Headway is measured by: every figure stands beside a bare floor or a peer measured in the same run."""
