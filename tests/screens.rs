//! Every screen of the dashboard as text with a map of its styles, drawn from the demo with a fixed clock.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "what serves only tests fails as tests do")]

mod drawn;

use drawn::{Drawn, demo};

#[test]
fn print() {
    let mut model = demo(120, 36);
    println!("{}", Drawn::of(&model));
    let _ = &mut model;
}
