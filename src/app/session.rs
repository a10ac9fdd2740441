//! What is kept from one start to the next.

use serde::{Deserialize, Serialize};

/// The last screen, filter and sorting.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Session {
    /// The last filter of the fleet.
    pub filter: String,
}
