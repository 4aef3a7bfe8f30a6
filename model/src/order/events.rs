//! The events of one order's stream and the fold over them with its legality checks.

use super::Om;
use super::state::S;

/// Most events that one commit holds, and most commits of a stream.
pub const EV: usize = 5;
pub const NC: usize = 16;

pub const PLACED: u8 = 1;
pub const PREQ: u8 = 2;
pub const CAPT: u8 = 3;
pub const INV: u8 = 4;
pub const DECL: u8 = 5;
pub const PFAIL: u8 = 6;
pub const REVIEW: u8 = 7;
pub const CREQ: u8 = 8;
pub const OCANC: u8 = 9;
pub const RREQ: u8 = 10;
pub const RSUC: u8 = 11;
pub const CN: u8 = 12;
pub const RFAIL: u8 = 13;
pub const RREJ: u8 = 14;
pub const RREV: u8 = 15;
pub const STOP: u8 = 16;
pub const CLAIM: u8 = 17;
pub const ADOPT: u8 = 18;
pub const ACN: u8 = 19;
pub const CMPREQ: u8 = 20;
pub const CMPD: u8 = 21;

pub type Commit = [u16; EV];
pub const fn e(kind: u8, arg: u8) -> u16 {
    (kind as u16) << 8 | arg as u16
}
pub const fn kind(x: u16) -> u8 {
    (x >> 8) as u8
}
pub const fn arg(x: u16) -> u8 {
    x as u8
}
pub fn mk(v: &[u16]) -> Commit {
    let mut c = [0; EV];
    c[..v.len()].copy_from_slice(v);
    c
}

pub const PLACE: usize = 0;
pub const CANCEL: usize = 1;
pub const R1: usize = 2;
pub const R2: usize = 3;
pub const PLACE2: usize = 4;
pub const COMPARE: usize = 5;
pub const MESSAGES: usize = 6;

/// Gateway keys: two attempts of the payment, two refunds by command, two by the cancellation.
pub const NK: usize = 6;
pub const RN: [&str; 4] = ["r1", "r2", "c1", "c2"];
pub const KN: [&str; NK] = ["k1", "k2", "r1", "r2", "c1", "c2"];
pub const MN: [&str; MESSAGES] = ["Place", "Cancel", "Refund1", "Refund2", "Place'", "Compare"];

/// States of the payment.
pub const OPEN: u8 = 1;
pub const PAID: u8 = 2;
pub const DECLINED: u8 = 3;
pub const IN_REVIEW: u8 = 4;
pub const FAILED: u8 = 5;

/// The folded order. `rf`: 0 none, 1 pending, 2 succeeded, 3 failed, 4 rejected, 5 in review.
#[derive(Clone, Copy, Default)]
pub struct O {
    pub placed: u8,
    pub pay: u8,
    pub att: u8,
    pub sfrom: u8,
    pub creq: bool,
    pub canc: bool,
    pub inv: u8,
    pub capt: bool,
    pub rf: [u8; 4],
    pub ra: [u8; 4],
    pub cnn: [u8; 4],
    /// Refunds that ended by a refusal.
    pub refused: [bool; 4],
    /// Message whose dead letter the review is, of the payment and of each refund.
    pub letter: u8,
    pub rletter: [u8; 4],
    /// Per key: 0 may be sent, 1 stopped (refused), 2 stopped (stored failure).
    pub stop: [u8; NK],
    pub claims: [u8; NK],
    /// Settings that the intent was written with.
    pub set: [u8; NK],
    pub adopted: [u8; 2],
    pub acn: [u8; 2],
    /// A comparison with the gateway is due.
    pub due: bool,
    /// First illegal event.
    pub bad: u8,
}

impl O {
    pub fn ours(&self) -> u8 {
        (0..4).filter(|&i| self.rf[i] == 2).map(|i| self.ra[i]).sum()
    }
    pub fn refunded(&self) -> u8 {
        self.ours() + self.adopted.iter().sum::<u8>()
    }
    pub fn pending(&self) -> u8 {
        (0..4).filter(|&i| self.rf[i] == 1 || self.rf[i] == 5).map(|i| self.ra[i]).sum()
    }
    pub fn terminal(&self, total: u8) -> bool {
        let pending = self.rf.iter().any(|&x| x == 1 || x == 5);
        let refunded = !self.creq || self.refunded() == total;
        let paid = self.pay == PAID && self.inv > 0 && !pending && refunded && !self.due;
        self.canc && !self.due || self.pay == DECLINED || self.pay == FAILED || paid
    }
}

impl Om {
    pub fn fold(&self, s: &S, upto: u8) -> O {
        let mut o = O::default();
        for commit in &s.st[..upto as usize] {
            for &x in commit.iter().take_while(|x| **x != 0) {
                if !self.step(&mut o, kind(x), arg(x)) && o.bad == 0 {
                    o.bad = kind(x)
                }
            }
        }
        o
    }

    /// Applies one event; false when it is illegal from here.
    fn step(&self, o: &mut O, kind: u8, a: u8) -> bool {
        let unsettled = o.pay == OPEN || o.pay == IN_REVIEW;
        let total = self.c.total;
        match kind {
            PLACED => {
                let legal = o.placed == 0;
                o.placed = a;
                legal
            }
            PREQ => {
                let legal = o.pay == 0 || o.pay == FAILED;
                o.pay = OPEN;
                o.att = (a >> 2 & 1) + 1;
                o.set[o.att as usize - 1] = a >> 4;
                if o.att == 1 {
                    o.sfrom = a & 3
                }
                legal
            }
            CAPT => {
                let legal = unsettled && !o.canc && !o.capt;
                o.pay = PAID;
                o.capt = true;
                legal
            }
            INV => {
                let legal = o.capt && o.inv == 0;
                o.inv = a;
                legal
            }
            DECL => {
                o.pay = DECLINED;
                unsettled
            }
            PFAIL => {
                o.pay = FAILED;
                unsettled
            }
            REVIEW => {
                let legal = o.pay == OPEN;
                o.pay = IN_REVIEW;
                o.letter = a >> 2;
                legal
            }
            CREQ => {
                let legal = !o.creq;
                o.creq = true;
                legal
            }
            OCANC => {
                let legal = o.creq && !o.canc && !(o.capt && o.refunded() != total);
                o.canc = true;
                legal
            }
            STOP => {
                let (k, why) = ((a >> 1) as usize, (a & 1) + 1);
                let legal = self.sendable(o, k) && o.stop[k] < why;
                o.stop[k] = why;
                legal
            }
            CLAIM => {
                o.claims[a as usize] += 1;
                self.sendable(o, a as usize) && o.stop[a as usize] == 1
            }
            CMPREQ => {
                o.due = true;
                o.capt
            }
            CMPD => {
                o.due = false;
                o.capt
            }
            _ => self.refund_step(o, kind, a),
        }
    }

    fn sendable(&self, o: &O, k: usize) -> bool {
        if k < 2 { o.pay == OPEN && o.att as usize == k + 1 } else { o.rf[k - 2] == 1 }
    }

    fn refund_step(&self, o: &mut O, kind: u8, a: u8) -> bool {
        let pending = |x: u8| x == 1 || x == 5;
        match kind {
            RREQ => {
                let (r, amount) = ((a >> 2 & 3) as usize, a & 3);
                let fits = o.refunded() + o.pending() + amount <= self.c.total;
                let legal = o.capt && o.rf[r] == 0 && fits;
                o.rf[r] = 1;
                o.ra[r] = amount;
                o.set[r + 2] = a >> 4;
                legal
            }
            RSUC => {
                let legal = pending(o.rf[a as usize]);
                o.rf[a as usize] = 2;
                legal
            }
            CN => {
                let (r, n) = ((a >> 3) as usize, (a & 7) + 1);
                let legal = o.rf[r] == 2 && o.cnn[r] == 0;
                o.cnn[r] = n;
                legal
            }
            RFAIL => {
                let r = (a >> 1) as usize;
                let legal = pending(o.rf[r]);
                o.rf[r] = 3;
                o.refused[r] = a & 1 == 1;
                if a & 1 == 1 && !self.mu(super::config::M_NOCMP) {
                    o.due = true
                }
                legal
            }
            RREJ => {
                let legal = o.rf[a as usize] == 0;
                o.rf[a as usize] = 4;
                legal
            }
            RREV => {
                let r = (a & 3) as usize;
                let legal = o.rf[r] == 1;
                o.rf[r] = 5;
                o.rletter[r] = a >> 2;
                legal
            }
            ADOPT => {
                let (k, amount) = ((a >> 2) as usize, a & 3);
                let fits = o.refunded() + o.pending() + amount <= self.c.total;
                let legal = o.capt && o.adopted[k] == 0 && fits;
                o.adopted[k] = amount;
                legal
            }
            _ => {
                let (k, n) = ((a >> 3) as usize, (a & 7) + 1);
                let legal = o.adopted[k] > 0 && o.acn[k] == 0;
                o.acn[k] = n;
                legal
            }
        }
    }

    pub fn name(&self, c: &Commit) -> String {
        let names: Vec<String> =
            c.iter().take_while(|x| **x != 0).map(|&x| event_name(x)).collect();
        names.join("+")
    }
}

pub const ILLEGAL: [&str; 22] = [
    "",
    "I8 OrderPlaced twice",
    "I8 illegal PaymentRequested",
    "I8 illegal PaymentCaptured",
    "I8 illegal InvoiceIssued",
    "I8 illegal PaymentDeclined",
    "I8 illegal PaymentFailed",
    "I8 illegal PaymentReviewRequired",
    "I8 second CancellationRequested",
    "I7 OrderCancelled while money is held",
    "I8 illegal RefundRequested, or their sum over captured",
    "I8 illegal RefundSucceeded",
    "I8 illegal CreditNoteIssued",
    "I8 illegal RefundFailed",
    "I8 illegal RefundRejected",
    "I8 illegal RefundReviewRequired",
    "I8 illegal SendingStopped",
    "I8 illegal ResendClaimed",
    "I8 illegal RefundAdopted, or the sum over captured",
    "I8 illegal CreditNoteIssued of an adopted refund",
    "I8 illegal GatewayComparisonRequested",
    "I8 illegal GatewayCompared",
];

fn event_name(x: u16) -> String {
    let a = arg(x);
    let refund = |r: u8| RN[r as usize];
    match kind(x) {
        PLACED => format!("OrderPlaced({})", if a == 1 { "A" } else { "B" }),
        PREQ => format!("PaymentRequested(k{},from{},set{})", (a >> 2 & 1) + 1, a & 3, a >> 4),
        CAPT => "PaymentCaptured".into(),
        INV => format!("InvoiceIssued(#{a})"),
        DECL => "PaymentDeclined".into(),
        PFAIL => format!("PaymentFailed({})", if a == 0 { "absent" } else { "refused" }),
        REVIEW => format!("PaymentReviewRequired(letter {})", MN[(a >> 2) as usize]),
        CREQ => "CancellationRequested".into(),
        OCANC => "OrderCancelled".into(),
        RREQ => format!("RefundRequested({},{})", refund(a >> 2 & 3), a & 3),
        RSUC => format!("RefundSucceeded({})", refund(a)),
        CN => format!("CreditNote({},#{})", refund(a >> 3), (a & 7) + 1),
        RFAIL => format!("RefundFailed({})", refund(a >> 1)),
        RREJ => format!("RefundRejected({})", refund(a)),
        RREV => format!("RefundReview({})", refund(a & 3)),
        STOP => {
            let why = if a & 1 == 0 { "refused" } else { "stored failure" };
            format!("SendingStopped({},{why})", KN[(a >> 1) as usize])
        }
        CLAIM => format!("ResendClaimed({})", KN[a as usize]),
        ADOPT => format!("RefundAdopted(g{},{})", (a >> 2) + 1, a & 3),
        ACN => format!("CreditNote(g{},#{})", (a >> 3) + 1, (a & 7) + 1),
        CMPREQ => "GatewayComparisonRequested".into(),
        _ => "GatewayCompared".into(),
    }
}
