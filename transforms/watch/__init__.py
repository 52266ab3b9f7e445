"""Watch: cases kept in state, and what each event changes."""
