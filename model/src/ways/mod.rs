//! A payment that the shop made itself: authorised (captured or voided by its order) or paid, and an
//! order of which nothing is payable. Two orders may name the same payment. Refunds, numbers and
//! letters are those of the order model and are reduced to what the ways need of them.

mod check;
mod decide;
mod person;

use crate::engine::{Model, Out};
use crate::shared::{delivery, distinct, of_worker};
pub use check::COVER;
use decide::Act;
use person::Person;

pub const AUTHORISED: u8 = 0;
pub const PAID: u8 = 1;
pub const NONE: u8 = 2;

#[derive(Clone, Default)]
pub struct Cfg {
    pub nw: usize,
    pub way: u8,
    pub orders: usize,
    pub cancel: [bool; 2],
    /// The authorisation is for more than the order, and the order says so.
    pub partial: bool,
    /// Budgets: duplicate deliveries, lost answers, appends that time out and may land later,
    /// requests that outlive their sender, voids answered with a stored failure.
    pub dup: u8,
    pub lost: u8,
    pub ghost: u8,
    pub late: u8,
    pub v500: u8,
    pub crash: bool,
    /// What others do at the gateway: void (or expiry), a larger amount, a capture of the order's
    /// amount, one of another amount, one by another deployment, a refund of all.
    pub expire: u8,
    pub raise: u8,
    pub captured: u8,
    pub captured_other: u8,
    pub foreign: u8,
    pub refund: u8,
    /// Events of the gateway, true or not: whoever gets one looks before anything else.
    pub event: u8,
    /// Looks that fail, and decisions that a person takes about an order in review for it.
    pub down: u8,
    pub person: u8,
    pub mu: u64,
}

guards! {
    u64;
    W_NOCLAIM = 0, "the payment is not claimed before it is used";
    W_CLAIMPUT = 1, "claim without the 'absent' condition";
    W_NOVERIFIED = 2, "nothing in the order's stream between the check and what follows from it";
    W_AMOUNT = 3, "the payment's amount is not compared";
    W_META = 4, "whose payment it is by the gateway is not looked at";
    W_REFUNDED = 5, "a paid payment is not asked for its refunds";
    W_CANCELS = 6, "a cancellation ends the order without a void";
    W_VOIDUNK = 7, "a lost answer to a void is taken for one";
    W_VOIDFIRST = 8, "void before the payment is claimed";
    W_REFUSED = 9, "a capture refused for the payment's state is taken for a decline";
    W_CAPTUREUNK = 10, "a lost answer to a capture is taken for a decline";
    W_CLOSE = 11, "still authorised before the close is taken for never captured";
    W_TOMB = 12, "captures although the cancellation was loaded";
    W_NUMFIRST = 13, "number taken before the capture is known";
    W_NOVOID = 14, "an order that is given up leaves its authorisation standing";
    W_UNCOND = 15, "append without the 'version absent' condition";
    W_ANYCAPTURE = 16, "any capture of the payment counts, whatever its amount";
    W_REVIEWSTANDS = 17, "an order in review ends by absence without a void";
    W_PERSONSTANDS = 18, "a person says not captured of what is authorised still";
    W_PERSONCLAIM = 19, "a person says captured without a claim";
}

// Events of an order.
const PLACED: u8 = 1;
const REQUESTED: u8 = 2;
const VERIFIED: u8 = 3;
const CAPTURED: u8 = 4;
const INVOICED: u8 = 5;
const DECLINED: u8 = 6;
const FAILED: u8 = 7;
const REVIEW: u8 = 8;
const CANCEL: u8 = 9;
const CANCELLED: u8 = 10;
const REFUND: u8 = 11;
const CREDITED: u8 = 12;
/// In review since looks failed for too long, and a person's decision that it was captured.
const UNRESOLVED: u8 = 13;
const RESOLVED: u8 = 14;
const EVENT_NAMES: [&str; 15] = [
    "",
    "Placed",
    "Requested",
    "Verified",
    "Captured",
    "Invoice",
    "Declined",
    "Failed",
    "Review",
    "CancelRequested",
    "Cancelled",
    "RefundRequested",
    "Refunded+Credit",
    "Review (unresolved)",
    "Resolved (captured)",
];

// States of the payment in the log.
const P_OPEN: u8 = 1;
const P_CAPTURED: u8 = 2;
const P_DECLINED: u8 = 3;
const P_FAILED: u8 = 4;
const P_REVIEW: u8 = 5;

#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, PartialOrd, Ord, Debug)]
struct O {
    n: u8,
    placed: bool,
    verified: bool,
    pay: u8,
    inv: bool,
    tomb: bool,
    canc: bool,
    /// 0 none, 1 pending, 2 made and credited.
    rf: u8,
    /// Given up on proof by absence: its authorisation could not be voided.
    absent: bool,
    /// Its review is of what could not be looked up, and may go on by itself; a person said captured.
    unresolved: bool,
    resolved: bool,
    bad: bool,
}

impl O {
    fn ended(&self) -> bool {
        let settled = self.pay == P_CAPTURED && self.inv && (!self.tomb || self.rf == 2);
        self.canc || self.pay == P_DECLINED || self.pay == P_FAILED || settled
    }
}

/// The fold with its legality.
fn step(o: &mut O, event: u8) {
    let open = o.pay == P_OPEN || o.pay == P_REVIEW;
    let legal = match event {
        PLACED => !std::mem::replace(&mut o.placed, true),
        REQUESTED => std::mem::replace(&mut o.pay, P_OPEN) == 0 && o.placed,
        VERIFIED => {
            let in_review = o.pay == P_REVIEW && o.unresolved;
            !std::mem::replace(&mut o.verified, true) && (o.pay == P_OPEN || in_review)
        }
        CAPTURED => {
            o.pay = P_CAPTURED;
            open
        }
        INVOICED => o.pay == P_CAPTURED && !std::mem::replace(&mut o.inv, true),
        DECLINED | FAILED => {
            o.pay = if event == DECLINED { P_DECLINED } else { P_FAILED };
            open
        }
        REVIEW => std::mem::replace(&mut o.pay, P_REVIEW) == P_OPEN,
        UNRESOLVED => {
            o.unresolved = true;
            std::mem::replace(&mut o.pay, P_REVIEW) == P_OPEN
        }
        RESOLVED => !std::mem::replace(&mut o.resolved, true) && o.pay == P_REVIEW,
        CANCEL => !std::mem::replace(&mut o.tomb, true),
        CANCELLED => {
            let held = o.pay == P_CAPTURED && o.rf != 2 || o.pay == P_OPEN || o.pay == P_REVIEW;
            !std::mem::replace(&mut o.canc, true) && o.tomb && !held
        }
        REFUND => std::mem::replace(&mut o.rf, 1) == 0 && o.pay == P_CAPTURED,
        _ => std::mem::replace(&mut o.rf, 2) == 1,
    };
    o.n += 1;
    o.bad |= !legal;
}

// The payment at the gateway.
const G_AUTHORISED: u8 = 0;
const G_CAPTURED: u8 = 1;
const G_CANCELLED: u8 = 2;
/// What the order wants, and what is authorised instead.
const RIGHT: u8 = 2;

#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, PartialOrd, Ord, Debug)]
struct Payment {
    st: u8,
    amount: u8,
    /// The order that captured it, from 1; 0: others without a word, 9: another deployment.
    by: u8,
    refunded: bool,
}

// Evidence about the payment.
const E_NONE: u8 = 0;
const E_MOVED: u8 = 1;
const E_CANCELLED: u8 = 2;
const E_UNKNOWN: u8 = 3;
const E_STATE: u8 = 4;
const E_STORED: u8 = 5;
const E_REFUNDED: u8 = 6;
const E_DOWN: u8 = 7;

const Q_CAPTURE: u8 = 1;
const Q_VOID: u8 = 2;

#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, PartialOrd, Ord, Debug)]
struct Wk {
    /// 0 idle, 1 working, 2 its request is under way.
    st: u8,
    msg: u8,
    view: O,
    fresh: bool,
    seen: Option<Payment>,
    /// Whether it looked after the close.
    closed: bool,
    /// 0 not asked, 1 claimed by this order, 2 by the other.
    claim: u8,
    ev: u8,
    num: bool,
    req: u8,
    voided: bool,
    hint: bool,
    age: u8,
    crashed: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, PartialOrd, Ord, Debug)]
struct Flight {
    req: u8,
    order: u8,
    age: u8,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
struct Ghost {
    on: bool,
    order: u8,
    ver: u8,
    events: [u8; 3],
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct S {
    o: [O; 2],
    /// The order that claimed the payment, from 1.
    claim: u8,
    g: Payment,
    w: [Wk; 2],
    /// Messages: Place of each order, then Cancel of each. 0 not there, 1 visible, 2 with a worker,
    /// 3 backing off, 4 deleted, 5 dead-lettered.
    m: [u8; 4],
    /// Age of each intent.
    iage: [u8; 2],
    fl: [Flight; 2],
    gh: Ghost,
    /// Numbers in the series, by order.
    num: [u8; 2],
    captures: u8,
    voided_by: u8,
    v500: bool,
    err: u8,
    b_dup: u8,
    b_lost: u8,
    b_ghost: u8,
    b_late: u8,
    b_v500: u8,
    b_event: u8,
    b_others: [u8; 6],
    b_down: u8,
    b_person: u8,
    person: Person,
}

/// Ticks in which a request is sent, and for which one lives.
const H: u8 = 1;
const L: u8 = 1;
const M_NAMES: [&str; 4] = ["Place1", "Place2", "Cancel1", "Cancel2"];

pub struct Wm {
    pub c: Cfg,
}

fn events_of(list: &[u8]) -> [u8; 3] {
    let mut all = [0; 3];
    all[..list.len()].copy_from_slice(list);
    all
}

fn idle(w: &mut Wk) {
    *w = Wk { crashed: w.crashed, ..Wk::default() }
}

impl Wm {
    fn mu(&self, m: u64) -> bool {
        self.c.mu & m != 0
    }
    fn wanted(&self) -> u8 {
        if self.c.partial { RIGHT + 1 } else { RIGHT }
    }

    /// Whether the payment is for what the order wants, or was captured for that.
    fn fits(&self, g: &Payment) -> bool {
        g.amount == if g.st == G_CAPTURED { RIGHT } else { self.wanted() }
    }

    /// Conditional append. True: applied.
    fn apply(&self, s: &mut S, order: usize, ver: u8, events: [u8; 3]) -> bool {
        if s.o[order].n != ver && !self.mu(W_UNCOND) {
            return false;
        }
        for event in events.into_iter().filter(|x| *x > 0) {
            step(&mut s.o[order], event);
            if event == REQUESTED {
                s.iage[order] = 0
            }
        }
        true
    }

    /// A request reaches the gateway, whose own states make it take effect once.
    fn arrive(&self, s: &mut S, req: u8, order: u8) -> u8 {
        if req == Q_VOID && (s.v500 || s.b_v500 > 0 && s.g.st == G_AUTHORISED) {
            return E_STORED;
        }
        match (req, s.g.st) {
            (Q_CAPTURE, G_AUTHORISED) => {
                s.g = Payment { st: G_CAPTURED, amount: RIGHT, by: order + 1, ..s.g };
                s.captures += 1;
                E_MOVED
            }
            // Its key has the result.
            (Q_CAPTURE, G_CAPTURED) if s.g.by == order + 1 => E_MOVED,
            (Q_VOID, G_AUTHORISED) => {
                s.g.st = G_CANCELLED;
                s.voided_by = order + 1;
                E_CANCELLED
            }
            (Q_VOID, G_CANCELLED) => E_CANCELLED,
            _ => E_STATE,
        }
    }

    fn others(&self, s: &S, out: &mut Out<S>) {
        let open = s.g.st == G_AUTHORISED;
        let changes: [(bool, &str, Payment); 6] = [
            (open, "expires", Payment { st: G_CANCELLED, ..s.g }),
            (open, "is raised", Payment { amount: s.g.amount + 2, ..s.g }),
            (open, "is captured by others", Payment { st: G_CAPTURED, amount: RIGHT, ..s.g }),
            (open, "is captured in part", Payment { st: G_CAPTURED, amount: 1, ..s.g }),
            (
                open,
                "is captured by another deployment",
                Payment { st: G_CAPTURED, amount: RIGHT, by: 9, ..s.g },
            ),
            (s.g.st == G_CAPTURED, "is refunded by others", Payment { refunded: true, ..s.g }),
        ];
        for (i, (may, what, g)) in changes.into_iter().enumerate() {
            if may && s.b_others[i] > 0 && g != s.g {
                let mut t = s.clone();
                t.b_others[i] -= 1;
                t.g = g;
                out.push(t, || format!("the payment {what}"))
            }
        }
    }

    fn environment(&self, s: &S, out: &mut Out<S>) {
        let mut t = s.clone();
        for age in t.iage.iter_mut() {
            *age = (*age + 1).min(H + L)
        }
        for m in t.m.iter_mut().filter(|m| **m == 3) {
            *m = 1
        }
        for f in t.fl.iter_mut().filter(|f| f.req > 0) {
            f.age += 1;
            if f.age > L {
                *f = Flight::default()
            }
        }
        // A request whose worker waits is as old as its flight.
        let mut alive = true;
        for w in t.w.iter_mut().filter(|w| w.st == 2) {
            w.age += 1;
            alive &= w.age <= L
        }
        if t != *s && alive {
            out.push(t, || "tick".into())
        }
        if s.gh.on {
            let mut t = s.clone();
            t.gh = Ghost::default();
            let landed = self.apply(&mut t, s.gh.order as usize, s.gh.ver, s.gh.events);
            out.push(t, || format!("ghost {}", if landed { "lands" } else { "is refused" }))
        }
        for (i, f) in s.fl.iter().enumerate().filter(|(_, f)| f.req > 0) {
            let mut t = s.clone();
            t.fl[i] = Flight::default();
            self.arrive(&mut t, f.req, f.order);
            out.push(t, || format!("late {} takes effect", name(f.req)))
        }
        self.others(s, out)
    }

    fn worker(&self, s: &S, i: usize, out: &mut Out<S>) {
        let w = s.w[i];
        let who = |what: String| of_worker(i, &what);
        if w.st == 0 {
            for m in 0..4 {
                let Some(taken) = delivery(s.m[m], s.b_dup) else { continue };
                let mut t = s.clone();
                (t.m[m], t.b_dup) = (taken.message, taken.left);
                let view = t.o[m % 2];
                t.w[i] = Wk { st: 1, msg: m as u8, view, crashed: w.crashed, ..Wk::default() };
                let copy = if taken.dup { " (dup)" } else { "" };
                out.push(t, || who(format!("receive {}{copy}", M_NAMES[m])))
            }
            for m in 0..2 {
                if s.b_event == 0 || s.m[m] == 0 || !s.o[m].placed {
                    continue;
                }
                let mut t = s.clone();
                t.b_event -= 1;
                let w = Wk { st: 1, msg: m as u8, view: t.o[m], hint: true, ..Wk::default() };
                t.w[i] = Wk { crashed: s.w[i].crashed, ..w };
                out.push(t, || who(format!("receive an event of the payment, for order {}", m + 1)))
            }
            return;
        }
        let order = w.msg % 2;
        let free = s.fl.iter().position(|f| f.req == 0);
        if self.c.crash && !s.w.iter().any(|w| w.crashed) {
            let mut t = s.clone();
            idle(&mut t.w[i]);
            t.w[i].crashed = true;
            if t.m[w.msg as usize] == 2 {
                t.m[w.msg as usize] = 1
            }
            if w.st == 2
                && s.b_late > 0
                && let Some(f) = free
            {
                let mut u = t.clone();
                u.b_late -= 1;
                u.fl[f] = Flight { req: w.req, order, age: w.age };
                out.push(u, || who(format!("crash ({} under way)", name(w.req))))
            }
            out.push(t, || who("crash".into()))
        }
        if w.st == 2 {
            return self.under_way(s, i, free, out);
        }
        if w.fresh {
            let mut t = s.clone();
            t.w[i].view = s.o[order as usize];
            t.w[i].fresh = false;
            return out.push(t, || who("load".into()));
        }
        self.perform(s, i, self.act(s, &w), out)
    }

    fn under_way(&self, s: &S, i: usize, free: Option<usize>, out: &mut Out<S>) {
        let w = s.w[i];
        let who = |what: String| of_worker(i, &what);
        let answered = |t: &mut S, ev: u8| {
            t.w[i].st = 1;
            t.w[i].age = 0;
            t.w[i].ev = ev;
            t.w[i].seen = None;
            t.w[i].voided |= w.req == Q_VOID
        };
        let mut t = s.clone();
        let ev = self.arrive(&mut t, w.req, w.msg % 2);
        if ev == E_STORED && !t.v500 {
            t.b_v500 -= 1;
            t.v500 = true
        }
        if s.b_lost > 0 {
            let mut u = t.clone();
            u.b_lost -= 1;
            answered(&mut u, E_UNKNOWN);
            out.push(u, || who(format!("{} takes effect, answer lost", name(w.req))))
        }
        answered(&mut t, ev);
        let means = ["", "captured", "cancelled", "", "refused for its state", "stored failure"];
        out.push(t, || who(format!("{}: {}", name(w.req), means[ev as usize])));
        if s.b_late > 0
            && let Some(f) = free
        {
            let mut t = s.clone();
            t.b_late -= 1;
            t.fl[f] = Flight { req: w.req, order: w.msg % 2, age: w.age };
            answered(&mut t, E_UNKNOWN);
            out.push(t, || who(format!("gives up on {}", name(w.req))))
        }
    }

    fn perform(&self, s: &S, i: usize, act: Act, out: &mut Out<S>) {
        let w = s.w[i];
        let (order, msg) = ((w.msg % 2) as usize, w.msg as usize);
        let who = |what: String| of_worker(i, &what);
        let mut t = s.clone();
        match act {
            Act::Append(list) => self.append(s, i, events_of(&list), out),
            Act::Inspect => {
                t.w[i].seen = Some(s.g);
                t.w[i].closed = s.iage[order] >= if self.mu(W_CLOSE) { H } else { H + L };
                t.w[i].ev = E_NONE;
                if s.b_down > 0 {
                    let mut u = t.clone();
                    u.b_down -= 1;
                    (u.w[i].seen, u.w[i].ev) = (None, E_DOWN);
                    out.push(u, || who("inspects in vain".into()))
                }
                out.push(t, || who("inspects".into()))
            }
            Act::Claim => {
                if s.claim == 0 || self.mu(W_CLAIMPUT) {
                    t.claim = order as u8 + 1
                }
                // A lost answer is read back: the stream says whose it is.
                t.w[i].claim = if t.claim == order as u8 + 1 { 1 } else { 2 };
                out.push(t, || {
                    who(format!("claim: {}", if s.claim == 0 { "first" } else { "known" }))
                })
            }
            Act::Send(req) => {
                let x = &mut t.w[i];
                (x.st, x.req, x.ev, x.age) = (2, req, E_NONE, 0);
                if req == Q_CAPTURE && w.view.tomb {
                    t.err = 14
                }
                if s.claim != order as u8 + 1 && req == Q_VOID {
                    t.err = 18
                }
                out.push(t, || who(format!("sends {}", name(req))))
            }
            Act::Refund => {
                t.g.refunded |= self.c.way != NONE;
                t.w[i].ev = E_REFUNDED;
                out.push(t, || who("refunds".into()))
            }
            Act::Number => {
                t.num[order] = 1;
                t.w[i].num = true;
                out.push(t, || who("number".into()))
            }
            Act::Later => {
                idle(&mut t.w[i]);
                if t.m[msg] == 2 {
                    t.m[msg] = 3
                }
                out.push(t, || who("back off".into()))
            }
            Act::Dead | Act::Delete => {
                idle(&mut t.w[i]);
                let dead = matches!(act, Act::Dead);
                if t.m[msg] != 5 {
                    t.m[msg] = if dead { 5 } else { 4 }
                }
                out.push(t, || who((if dead { "dead letter" } else { "delete" }).into()))
            }
        }
    }

    fn append(&self, s: &S, i: usize, events: [u8; 3], out: &mut Out<S>) {
        let w = s.w[i];
        let order = (w.msg % 2) as usize;
        let what = || {
            let names = events.iter().filter(|x| **x > 0).map(|x| EVENT_NAMES[*x as usize]);
            names.collect::<Vec<_>>().join("+")
        };
        let who = |what: String| of_worker(i, &what);
        let mut t = s.clone();
        if events[0] == VERIFIED && self.c.way == PAID && w.seen.is_some_and(|g| g.refunded) {
            t.err = 2
        }
        if events[0] == VERIFIED && w.seen.is_some_and(|g| g.by == 0 && !self.fits(&g)) {
            t.err = 20
        }
        if self.apply(&mut t, order, w.view.n, events) {
            t.o[order].absent |= events[0] == FAILED && w.view.verified && w.closed;
            if s.b_lost > 0 {
                let mut u = t.clone();
                u.b_lost -= 1;
                u.w[i].fresh = true;
                out.push(u, || who(format!("append {}, answer lost", what())))
            }
            t.w[i].view = t.o[order];
            if !matches!(events[0], VERIFIED | PLACED | CANCEL | UNRESOLVED) {
                t.w[i].ev = E_NONE;
                t.w[i].num = false
            }
            out.push(t, || who(format!("append {}", what())))
        } else {
            t.w[i].view = s.o[order];
            out.push(t, || who(format!("append {} conflicts; load", what())))
        }
        if s.b_ghost > 0 && !s.gh.on {
            let mut t = s.clone();
            t.b_ghost -= 1;
            t.gh = Ghost { on: true, order: order as u8, ver: w.view.n, events };
            t.w[i].fresh = true;
            out.push(t, || who(format!("append {} times out (ghost)", what())))
        }
    }
}

fn name(req: u8) -> &'static str {
    if req == Q_CAPTURE { "capture" } else { "void" }
}

impl Model for Wm {
    type S = S;
    fn init(&self) -> S {
        let c = &self.c;
        let st = if c.way == PAID { G_CAPTURED } else { G_AUTHORISED };
        let amount = if c.way == PAID { RIGHT } else { self.wanted() };
        let mut m = [0; 4];
        for o in 0..c.orders {
            m[o] = 1;
            m[o + 2] = c.cancel[o] as u8
        }
        S {
            o: [O::default(); 2],
            claim: 0,
            g: Payment { st, amount, ..Payment::default() },
            w: [Wk::default(); 2],
            m,
            iage: [0; 2],
            fl: [Flight::default(); 2],
            gh: Ghost::default(),
            num: [0; 2],
            captures: 0,
            voided_by: 0,
            v500: false,
            err: 0,
            b_dup: c.dup,
            b_lost: c.lost,
            b_ghost: c.ghost,
            b_late: c.late,
            b_v500: c.v500,
            b_event: c.event,
            b_down: c.down,
            b_person: c.person,
            person: Person::default(),
            b_others: [c.expire, c.raise, c.captured, c.captured_other, c.foreign, c.refund],
        }
    }
    fn canon(&self, s: &mut S) {
        s.w[..self.c.nw].sort_unstable();
        s.fl.sort_unstable()
    }
    fn succ(&self, s: &S, out: &mut Out<S>) {
        self.environment(s, out);
        self.people(s, out);
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
