//! The state of the world: one order's stream, the series, the gateway, the queue and the workers.

use super::events::{Commit, EV, MESSAGES, NC, NK};

// Evidence that a worker holds about the request with key `evk`.
pub const E_NONE: u8 = 0;
pub const E_OK: u8 = 1;
pub const E_MISM: u8 = 2;
pub const E_BAD: u8 = 3;
pub const E_ABSENT: u8 = 4;
pub const E_LOOKFAIL: u8 = 5;
pub const E_UNK: u8 = 6;
pub const E_NOTEX: u8 = 7;
pub const E_REFUSED: u8 = 8;
pub const E_S500: u8 = 9;
/// Not evidence: the worker hands the message back.
pub const E_BACK: u8 = 99;

// What the gateway knows of a key.
pub const G_NONE: u8 = 0;
pub const G_RUN: u8 = 1;
pub const G_OK: u8 = 2;
pub const G_BAD: u8 = 3;
pub const G_500N: u8 = 4;
pub const G_500A: u8 = 5;
pub const G_MISM: u8 = 6;

/// A worker. `st`: 0 idle, 1 working, 2 its request is under way, 3 its request is being executed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, PartialOrd, Ord, Debug)]
pub struct Wk {
    pub st: u8,
    pub msg: u8,
    pub loaded: u8,
    pub fresh: bool,
    pub ev: u8,
    pub evk: u8,
    /// Claim under which the evidence's request was sent (0: none).
    pub evc: u8,
    pub num: u8,
    pub pubd: bool,
    pub crashed: bool,
    pub key: u8,
    pub fage: u8,
    pub skn: u8,
    pub serchk: bool,
    /// Decided to send `key`, not yet written to the socket.
    pub pre: bool,
    /// Age of the view: ticks since the loaded state was loaded or appended.
    pub vw: u8,
    /// Settings and account's key that the process was started with.
    pub set: u8,
    pub acct: u8,
    /// The claim that this worker appended and has not sent under: its ordinal and key.
    pub cl: u8,
    pub clk: u8,
    /// Age of that claim.
    pub cla: u8,
    /// Outside refunds seen at the gateway (bit mask), and whether the worker has looked.
    pub seen: u8,
    pub looked: bool,
    /// Refunds in review that were looked at in this pass.
    pub rdone: u8,
    /// Has sent the letter of the review that it is about to append.
    pub lettered: bool,
    /// Holds the message as it was before its letter was sent again: that is another, which it cannot delete.
    pub stale: bool,
    /// Appended the review itself (only a mutation reads it).
    pub mine: bool,
}

/// A request that outlives its sender: 1 under way, 2 being executed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, PartialOrd, Ord, Debug)]
pub struct Fl {
    pub on: u8,
    pub key: u8,
    pub age: u8,
    pub set: u8,
}

/// An append that timed out and may land: 1 order, 2 series, 3 credit series.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub struct Gh {
    pub on: u8,
    pub ver: u8,
    pub c: Commit,
    pub age: u8,
}

/// What the environment may still do.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub struct Budget {
    pub dup: u8,
    pub lost: u8,
    pub ghost: u8,
    pub late: u8,
    pub redrive: u8,
    pub notex: u8,
    pub e500: u8,
    pub look: u8,
    pub fill: u8,
    pub rdecl: u8,
    pub refuse: u8,
    pub sets: u8,
    pub accts: u8,
    pub outside: u8,
    pub compare: u8,
    pub audits: u8,
}

/// `m`: 0 not in the run, 1 visible, 2 with a worker, 3 backing off, 4 deleted, 5 dead-lettered.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct S {
    pub n: u8,
    pub st: [Commit; NC],
    pub ser: [u8; 5],
    pub sn: u8,
    pub cser: [u8; 6],
    pub cn: u8,
    pub w: [Wk; 3],
    pub m: [u8; MESSAGES],
    /// Letters of reviews (bit mask by message), sent while the message itself is not deleted yet.
    pub letters: u8,
    pub waited: [bool; 2],
    pub g: [u8; NK],
    pub kage: [u8; NK],
    pub vage: [u8; NK],
    pub iage: [u8; NK],
    /// Ages of the fence and of the latest claim.
    pub sage: [u8; NK],
    pub cage: [u8; NK],
    pub ion: u8,
    pub charges: u8,
    pub mism: bool,
    pub refunded: u8,
    /// Outside refunds: amount, age; those that a worker saw when it compared.
    pub out: [u8; 2],
    pub oage: [u8; 2],
    pub oseen: u8,
    /// Amount of the own refund that a mutation takes for an outside one.
    pub fake: u8,
    pub fl: [Fl; 2],
    pub gh: Gh,
    pub publ: u8,
    pub err: u8,
    pub ackrej: u8,
    pub b: Budget,
}

pub const EMPTY: Commit = [0; EV];
