"""Real applications that use Headway as its users do: its public Python API and its HTTP app only."""
