//! The client against a forge that misbehaves.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "what serves only tests fails as tests do")]

mod fakegh;
