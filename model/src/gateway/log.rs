//! The events of the order, their fold and their legality.

use super::{CLOSED, LOST, OPEN, WON};

// Events. Those of a refund add its index, 0 to 4.
pub const REQUESTED: u8 = 1;
pub const E_PENDING: u8 = 2;
pub const CAPTURED: u8 = 3;
pub const INVOICED: u8 = 4;
pub const DECLINED: u8 = 5;
pub const E_FAILED: u8 = 6;
pub const REVIEW: u8 = 7;
pub const E_CANCEL: u8 = 8;
pub const CANCELLED: u8 = 9;
pub const DUE: u8 = 10;
pub const COMPARED: u8 = 11;
pub const D_OPENED: u8 = 12;
pub const D_WITHDRAWN: u8 = 13;
pub const D_REINSTATED: u8 = 14;
pub const D_WON: u8 = 15;
pub const D_LOST: u8 = 16;
pub const D_CLOSED: u8 = 17;
pub const REJECTED: u8 = 18;
pub const R_REQUESTED: u8 = 20;
pub const R_PENDING: u8 = 25;
/// With its credit note, as all refunds that are made.
pub const R_DONE: u8 = 30;
pub const R_FAILED: u8 = 35;
pub const ADOPTED: u8 = 40;
pub const RETURNED: u8 = 45;
/// Refunded anew by a person, as refund 4, or paid out otherwise.
pub const ANEW: u8 = 50;
pub const OTHERWISE: u8 = 55;
pub const R_REVIEW: u8 = 60;
/// A refund made by others was found. It names it, so that no other is numbered before it.
pub const FOUND: u8 = 65;

pub fn event_name(e: u8) -> String {
    const NAMES: [&str; 19] = [
        "",
        "Requested",
        "PaymentPending",
        "Captured",
        "Invoice",
        "Declined",
        "Failed",
        "Review",
        "CancelRequested",
        "Cancelled",
        "DifferenceFound",
        "Compared",
        "DisputeOpened",
        "FundsWithdrawn",
        "FundsReinstated",
        "DisputeWon",
        "DisputeLost",
        "DisputeClosed",
        "RefundRejected",
    ];
    const OF_REFUND: [&str; 10] = [
        "RefundRequested",
        "RefundPending",
        "RefundSucceeded+Credit",
        "RefundFailed",
        "RefundAdopted+Credit",
        "RefundReturned",
        "ReturnResolved(anew)",
        "ReturnResolved(otherwise)",
        "RefundReview",
        "DifferenceFound",
    ];
    const WHICH: [&str; 5] = ["r", "cancel#1", "cancel#2", "outside", "anew"];
    match e {
        0..=18 => NAMES[e as usize].into(),
        _ => {
            let (kind, i) = ((e - 20) / 5, (e - 20) % 5);
            format!("{}({})", OF_REFUND[kind as usize], WHICH[i as usize])
        }
    }
}

// The payment in the log.
pub const P_OPEN: u8 = 1;
pub const P_PENDING: u8 = 2;
pub const P_CAPTURED: u8 = 3;
pub const P_ENDED: u8 = 4;
pub const P_REVIEW: u8 = 5;

// A refund in the log.
pub const F_OPEN: u8 = 1;
pub const F_PENDING: u8 = 2;
pub const F_DONE: u8 = 3;
pub const F_FAILED: u8 = 4;
pub const F_RETURNED: u8 = 5;
pub const F_DECIDED: u8 = 6;
pub const F_REJECTED: u8 = 7;
pub const F_REVIEW: u8 = 8;
/// Refund 4: a decision names it, so that it has no credit note of its own.
pub const F_NAMED: u8 = 9;

#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, PartialOrd, Ord, Debug)]
pub struct O {
    pub n: u8,
    /// The units of its price.
    pub total: u8,
    pub pay: u8,
    pub tomb: bool,
    pub canc: bool,
    pub rf: [u8; 5],
    pub am: [u8; 5],
    pub disp: u8,
    pub withdrawn: bool,
    pub reinstated: bool,
    /// A comparison with the gateway is due.
    pub due: bool,
    /// The refund that its newest finding names, from 1.
    pub found: u8,
    /// The message that waits for what is under way, from 1: of the payment, and of refunds.
    pub hold: [u8; 2],
    pub bad: bool,
}

impl O {
    pub fn open_refund(&self, i: usize) -> bool {
        matches!(self.rf[i], F_OPEN | F_PENDING | F_REVIEW)
    }
    pub fn credited(&self, i: usize) -> bool {
        matches!(self.rf[i], F_DONE | F_RETURNED | F_DECIDED)
    }
    pub fn undecided(&self) -> bool {
        self.rf.contains(&F_RETURNED)
    }
    /// What no refund has taken, nor is about to.
    pub fn uncredited(&self) -> u8 {
        let taken = |i: &usize| self.open_refund(*i) || self.credited(*i);
        let sum: u8 = (0..5).filter(taken).map(|i| self.am[i]).sum();
        self.total.saturating_sub(sum)
    }
    /// The dispute has taken the money, and it is not certain to come back.
    pub fn gone(&self) -> bool {
        self.withdrawn && !self.reinstated && self.disp != WON
    }
    /// What may still be refunded.
    pub fn rest(&self) -> u8 {
        if self.gone() { 0 } else { self.uncredited() }
    }
    pub fn held(&self) -> i8 {
        if self.pay != P_CAPTURED {
            return 0;
        }
        let gave = |i: &usize| matches!(self.rf[*i], F_DONE | F_NAMED);
        let back: u8 = (0..5).filter(gave).map(|i| self.am[i]).sum();
        let gone = self.withdrawn as i8 - self.reinstated as i8;
        self.total as i8 * (1 - gone) - back as i8
    }
    /// Whether what was found is neither credited nor named as another one made again.
    pub fn is_found(&self, i: usize) -> bool {
        self.due && self.found == i as u8 + 1 && self.rf[i] == 0
    }
    pub fn any_open(&self) -> bool {
        (0..5).any(|i| self.open_refund(i))
    }
}

fn set(to: &mut u8, from: &[u8], value: u8) -> bool {
    let legal = from.contains(to);
    *to = value;
    legal
}

pub fn step(o: &mut O, e: u8, amount: u8, by: u8) {
    let open = [P_OPEN, P_PENDING, P_REVIEW];
    let legal = match e {
        REQUESTED => set(&mut o.pay, &[0], P_OPEN) && !o.tomb,
        E_PENDING => {
            o.hold[0] = by + 1;
            set(&mut o.pay, &[P_OPEN], P_PENDING)
        }
        CAPTURED => set(&mut o.pay, &open, P_CAPTURED),
        INVOICED => o.pay == P_CAPTURED,
        DECLINED | E_FAILED => set(&mut o.pay, &open, P_ENDED),
        REVIEW => set(&mut o.pay, &[P_OPEN, P_PENDING], P_REVIEW),
        E_CANCEL => !std::mem::replace(&mut o.tomb, true),
        CANCELLED => {
            let held = o.pay == P_CAPTURED && (o.rest() > 0 || o.any_open());
            let waits = open.contains(&o.pay);
            !std::mem::replace(&mut o.canc, true) && o.tomb && !held && !waits
        }
        DUE => {
            o.due = true;
            o.pay == P_CAPTURED
        }
        COMPARED => {
            (o.due, o.found) = (false, 0);
            true
        }
        D_OPENED => set(&mut o.disp, &[0], OPEN) && o.pay == P_CAPTURED,
        D_WITHDRAWN => o.disp != 0 && !std::mem::replace(&mut o.withdrawn, true),
        D_REINSTATED => o.withdrawn && !std::mem::replace(&mut o.reinstated, true),
        D_WON => set(&mut o.disp, &[OPEN], WON),
        D_LOST => set(&mut o.disp, &[OPEN], LOST),
        D_CLOSED => set(&mut o.disp, &[OPEN], CLOSED),
        REJECTED => set(&mut o.rf[0], &[0], F_REJECTED),
        _ => refund_step(o, (e - 20) / 5 * 5 + 20, ((e - 20) % 5) as usize, amount, by),
    };
    o.n += 1;
    o.bad |= !legal;
}

fn refund_step(o: &mut O, e: u8, i: usize, amount: u8, by: u8) -> bool {
    let was = o.rf[i];
    match e {
        R_REQUESTED => {
            let room = amount > 0 && amount <= o.rest() && o.disp != OPEN;
            o.am[i] = amount;
            set(&mut o.rf[i], &[0], F_OPEN) && room && o.pay == P_CAPTURED
        }
        R_PENDING => {
            o.hold[1] = by + 1;
            set(&mut o.rf[i], &[F_OPEN], F_PENDING)
        }
        R_DONE => set(&mut o.rf[i], &[F_OPEN, F_PENDING, F_REVIEW], F_DONE),
        R_FAILED => set(&mut o.rf[i], &[F_OPEN, F_PENDING, F_REVIEW], F_FAILED),
        R_REVIEW => set(&mut o.rf[i], &[F_OPEN, F_PENDING], F_REVIEW),
        ADOPTED => {
            let room = amount <= o.uncredited();
            o.am[i] = amount;
            set(&mut o.rf[i], &[0], F_DONE) && room
        }
        RETURNED => set(&mut o.rf[i], &[F_DONE], F_RETURNED),
        FOUND => {
            (o.due, o.found) = (true, i as u8 + 1);
            o.pay == P_CAPTURED && was == 0
        }
        ANEW => {
            o.am[4] = o.am[i];
            o.rf[4] = F_NAMED;
            set(&mut o.rf[i], &[F_RETURNED], F_DECIDED) && was == F_RETURNED
        }
        _ => set(&mut o.rf[i], &[F_RETURNED], F_DECIDED),
    }
}
