//! The loop of the dashboard: keys, signals and survey events in, effects out, one drawing when the queue is empty.
