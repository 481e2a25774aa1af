//! What a run means: pure readings of a session.
