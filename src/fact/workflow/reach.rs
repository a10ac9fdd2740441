//! Under which events a step runs.
