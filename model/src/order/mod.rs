//! One order: its stream, the gateway, the queue, workers, the number series with foreign entries
//! and the credit series. docs/protocol.md tells the rules that this model checks.

mod check;
pub mod config;
mod decide;
pub mod events;
mod gateway;
mod state;
mod steps;
mod worker;

pub use check::COVER;
pub use config::{Cfg, MUTS};

pub struct Om {
    pub c: Cfg,
}

impl Om {
    pub fn mu(&self, m: u128) -> bool {
        self.c.mu & m != 0
    }
}
