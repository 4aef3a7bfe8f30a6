//! What the gateway says later: events that are forged, repeated, permuted, late or lost, and asking
//! by id as the evidence. One order of two or three units, whose payment and refunds may be slow, with
//! disputes, refunds made elsewhere, and refunds that fail after they succeeded. Keys, series and
//! dead letters are those of the order model and are reduced to what this needs of them.

mod check;
mod decide;
mod log;
pub mod runs;
mod steps;

use crate::engine::{Model, Out};
use crate::shared::{delivery, distinct, of_worker};
pub use check::COVER;
use log::*;

#[derive(Clone, Default)]
pub struct Cfg {
    pub nw: usize,
    /// The units of the order's price.
    pub total: u8,
    /// The order is paid before anything else happens.
    pub paid: bool,
    pub cancel: bool,
    pub refund: bool,
    /// The command, and others, refund all that is left, and not a part of it.
    pub rest: bool,
    /// From the start: half of it was refunded, came back and was paid out otherwise, so that the
    /// gateway holds more than there is to credit; a person wants it compared.
    pub otherwise: bool,
    pub due: bool,
    /// Budgets: slow payments and refunds, refunds made elsewhere, those of them that are slow,
    /// refunds that fail after they succeeded, disputes.
    pub slow_pay: u8,
    pub slow_refund: u8,
    pub outside: u8,
    pub slow_outside: u8,
    pub returned: u8,
    pub dispute: u8,
    /// Of events: forged or repeated, lost.
    pub forge: u8,
    pub lose: u8,
    /// Rounds of the reconciler: it asks where the log is behind the gateway.
    pub rounds: u8,
    /// Duplicate deliveries, lost answers, requests that outlive their sender, crashes.
    pub dup: u8,
    pub lost: u8,
    pub late: u8,
    pub crash: bool,
    pub mu: u64,
}

guards! { u64;
    V_BELIEVE = 0, "an event is believed, and nobody is asked";
    V_ABSENT = 1, "an id that the gateway does not know is proof";
    V_STALE = 2, "what was asked is used on another version of the order than it was asked for";
    V_RECORDED = 3, "adoption does not look at what is recorded";
    V_OWN = 4, "refunds of ours are taken for outside ones";
    V_DUE = 5, "an outside refund is numbered before its finding is in the log";
    V_DISPUTESEND = 6, "refunds are sent although the dispute was loaded";
    V_DISPUTEEND = 7, "a cancellation ends while a dispute is open";
    V_WON = 8, "money of a dispute that was won counts as gone until it is reinstated";
    V_LOST = 9, "money of a dispute that was lost counts as held";
    V_RETURN = 10, "a refund that failed after it succeeded is left alone";
    V_AGAIN = 11, "an outside refund is adopted while a returned one is undecided";
    V_FREE = 12, "the amount of a returned refund is free again";
    V_PENDINGPAID = 13, "a payment under way counts as captured";
    V_PENDINGFAIL = 14, "a payment under way counts as failed";
    V_LIMIT = 15, "after its limit a payment under way has failed";
    V_HOLD = 16, "no message waits for what is under way";
    V_KNOWN = 17, "every event of a captured payment is taken for known";
    V_ROUND = 18, "nobody asks in the end";
    V_UNCOND = 19, "append without the 'version absent' condition";
    V_RESOLVED = 20, "a decision does not name the refund that was made again";
    V_DISPUTEASK = 21, "a cancellation asks for its money while a dispute is open";
    V_PENDINGBACK = 22, "a refund under way counts as made";
    V_LETGO = 23, "a dispute's end drives nothing on";
    V_SEARCH = 24, "a refund fails, or is left, without a search of the series";
    V_CLOSE = 25, "the series is searched, and the document is not closed there";
    V_CLOSED = 26, "a document is numbered although it is closed";
    V_CANCELDUE = 27, "a cancellation takes the rest while a comparison is due";
    V_REFUNDDUE = 28, "a command takes the rest while a comparison is due";
    V_NAMED = 29, "a refund made by others is numbered although its finding names another one";
    V_TURN = 30, "another one is adopted before the one that was found";
    V_UNFOUND = 31, "a comparison ends before what was found is credited or closed";
}

/// What the gateway holds. Refunds: 0 of the command, 1 and 2 of the cancellation, 3 made elsewhere,
/// 4 made elsewhere too, or by a person in the place of one that was returned.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, PartialOrd, Ord, Debug)]
struct G {
    pay: u8,
    rf: [u8; 5],
    am: [u8; 5],
    /// Those that succeeded once, and requests whose first answer was that they are under way: 0
    /// the charge, 1 + i refund i.
    was: [bool; 5],
    slow: [bool; 4],
    disp: u8,
    withdrawn: bool,
    reinstated: bool,
}

// Of a payment or refund at the gateway.
const NOTHING: u8 = 0;
const PENDING: u8 = 1;
const DONE: u8 = 2;
const FAILED: u8 = 3;
// Of a dispute, there and in the log. Closed: an inquiry that became no chargeback.
const OPEN: u8 = 1;
const WON: u8 = 2;
const LOST: u8 = 3;
const CLOSED: u8 = 4;

impl G {
    fn given(&self) -> u8 {
        (0..5).filter(|&i| matches!(self.rf[i], PENDING | DONE)).map(|i| self.am[i]).sum()
    }
    /// What it holds: less than nothing where money went back twice.
    fn held(&self, total: u8) -> i8 {
        if self.pay != DONE {
            return 0;
        }
        let back: u8 = (0..5).filter(|&i| self.rf[i] == DONE).map(|i| self.am[i]).sum();
        let gone = self.withdrawn as i8 - self.reinstated as i8;
        total as i8 * (1 - gone) - back as i8
    }
}

// Answers to a request of ours.
const A_NONE: u8 = 0;
const A_MOVED: u8 = 1;
const A_PENDING: u8 = 2;
const A_DECLINED: u8 = 3;
const A_UNKNOWN: u8 = 4;
const A_REFUSED: u8 = 5;

/// What was found by id, at which version of the order, and what was past its close by then.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, PartialOrd, Ord, Debug)]
struct Found {
    g: G,
    n: u8,
    closed: [bool; 4],
    late: [bool; 4],
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, PartialOrd, Ord, Debug)]
struct Wk {
    /// 0 idle, 1 working, 2 its request is under way.
    st: u8,
    msg: u8,
    view: O,
    fresh: bool,
    found: Option<Found>,
    /// An event asks until nothing is new.
    heard: bool,
    ans: u8,
    /// Of the request: 0 charge, 1 + i refund i.
    req: u8,
    /// Numbers that it knows: 0 invoice, 1 + i refund i.
    num: [bool; 6],
    /// Documents that it knows to be closed in the series.
    closed: [bool; 6],
    age: u8,
    crashed: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, PartialOrd, Ord, Debug)]
struct Flight {
    on: bool,
    req: u8,
    age: u8,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct S {
    o: O,
    g: G,
    w: [Wk; 2],
    /// Place, Cancel, Refund: 0 not there, 1 visible, 2 with a worker, 3 backing off, 4 deleted, 5
    /// a dead letter.
    m: [u8; 3],
    /// Events by kind (payment, refund, dispute) and rounds: visible, and backing off.
    tok: [u8; 4],
    back: [u8; 4],
    /// A dead letter of a review.
    letter: bool,
    /// Ages of the intents, and of what is under way.
    age: [u8; 4],
    wait: [u8; 4],
    fl: Flight,
    /// The series: numbers of each document, and those that get none any more.
    num: [u8; 6],
    closed: [bool; 6],
    err: u8,
    b: [u8; 12],
}

// Budgets in `b`.
const B_SLOWPAY: usize = 0;
const B_SLOWREFUND: usize = 1;
const B_OUTSIDE: usize = 2;
const B_RETURNED: usize = 3;
const B_DISPUTE: usize = 4;
const B_FORGE: usize = 5;
const B_LOSE: usize = 6;
const B_ROUNDS: usize = 7;
const B_DUP: usize = 8;
const B_LOST: usize = 9;
const B_LATE: usize = 10;
const B_SLOWOUTSIDE: usize = 11;

const PLACE: u8 = 0;
const CANCEL: u8 = 1;
const REFUND: u8 = 2;
/// The first of the events; the last one is a round.
const EVENT: u8 = 3;
const M_NAMES: [&str; 7] = [
    "Place",
    "Cancel",
    "Refund",
    "event of the payment",
    "event of a refund",
    "event of a dispute",
    "round",
];
const K_PAYMENT: usize = 0;
const K_REFUND: usize = 1;
const K_DISPUTE: usize = 2;
const K_ROUND: usize = 3;

/// Ticks in which a request is sent, for which one lives, and for which a wait lasts.
const H: u8 = 1;
const L: u8 = 1;
const P: u8 = 1;

pub struct Gm {
    pub c: Cfg,
}

impl Gm {
    fn mu(&self, m: u64) -> bool {
        self.c.mu & m != 0
    }
}

fn idle(w: &mut Wk) {
    *w = Wk { crashed: w.crashed, ..Wk::default() }
}

impl Model for Gm {
    type S = S;
    fn init(&self) -> S {
        let c = &self.c;
        let mut o = O { total: c.total, ..O::default() };
        if c.paid {
            (o.n, o.pay, o.due) = (2, P_CAPTURED, c.due)
        }
        let mut g = G { pay: if c.paid { DONE } else { NOTHING }, ..G::default() };
        if c.otherwise {
            (o.rf[1], o.am[1]) = (F_DECIDED, 1);
            (g.rf[1], g.am[1], g.was[1]) = (FAILED, 1, true)
        }
        S {
            o,
            g,
            w: [Wk::default(); 2],
            m: [if c.paid { 4 } else { 1 }, c.cancel as u8, c.refund as u8],
            tok: [0; 4],
            back: [0; 4],
            letter: false,
            age: [H + L; 4],
            wait: [P; 4],
            fl: Flight::default(),
            num: [c.paid as u8, 0, c.otherwise as u8, 0, 0, 0],
            closed: [false; 6],
            err: 0,
            b: [
                c.slow_pay,
                c.slow_refund,
                c.outside,
                c.returned,
                c.dispute,
                c.forge,
                c.lose,
                c.rounds,
                c.dup,
                c.lost,
                c.late,
                c.slow_outside,
            ],
        }
    }
    fn canon(&self, s: &mut S) {
        s.w[..self.c.nw].sort_unstable()
    }
    fn succ(&self, s: &S, out: &mut Out<S>) {
        self.environment(s, out);
        for i in distinct(&s.w[..self.c.nw]) {
            self.worker(s, i, out)
        }
    }
    fn check(&self, s: &S) -> Option<&'static str> {
        self.check_state(s)
    }
    fn check_end(&self, s: &S) -> Option<&'static str> {
        self.check_final(s)
    }
    fn cover(&self, s: &S, end: bool) -> u64 {
        self.covered(s, end)
    }
}
