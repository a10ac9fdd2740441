//! The `shipworthy` command.

use std::io::{self, BufWriter};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use color_eyre::config::HookBuilder;
use shipworthy::command::{self, Environment, Surroundings};

fn main() -> ExitCode {
    // Expected errors have messages of their own; this is what a bug looks like.
    HookBuilder::blank()
        .panic_section("This is a bug in shipworthy. Please report it with the lines above.")
        .install()
        .ok();
    let code = catch_unwind(AssertUnwindSafe(run)).unwrap_or(command::INTERNAL);
    ExitCode::from(code)
}

fn run() -> u8 {
    let mut surroundings = Surroundings {
        input: &mut io::stdin().lock(),
        output: &mut BufWriter::new(io::stdout().lock()),
        errors: &mut io::stderr(),
        environment: Environment::read(),
        now: jiff::Timestamp::now(),
    };
    command::run(std::env::args_os(), &mut surroundings)
}
