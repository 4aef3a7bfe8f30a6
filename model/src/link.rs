//! A payment that the customer has to authenticate: declined off session, confirmed again with the
//! customer there, so that there is a link, and cancelled at the gateway before the order ends
//! without it. One order; its document, refunds and dead letters are those of the order model.

use crate::engine::{Model, Out};
use crate::shared::{delivery, distinct, of_worker};

#[derive(Clone, Default)]
pub struct Cfg {
    pub nw: usize,
    pub cancel: bool,
    /// Budgets: events of the payment, true or not; the customer's failures; confirmations that need
    /// no customer, or are declined; cancels that the gateway refuses for now.
    pub event: u8,
    pub fail: u8,
    pub smooth: u8,
    pub declined: u8,
    pub stuck: u8,
    /// Duplicate deliveries, lost answers, appends that time out and may land, requests that outlive
    /// their sender, crashes.
    pub dup: u8,
    pub lost: u8,
    pub ghost: u8,
    pub late: u8,
    pub crash: bool,
    /// Asks and cancels in vain. After the limit a person has to decide about the order.
    pub down: u8,
    /// Rounds of the reconciler, which finds an open order for which no message is left.
    pub rounds: u8,
    pub mu: u64,
}

guards! { u64;
    L_FAILED = 0, "a customer who failed ends the order, without a cancel";
    L_LIMIT = 1, "the limit ends the order, without a cancel";
    L_TOMB = 2, "a cancellation ends the order, without a cancel at the gateway";
    L_UNSENT = 3, "an order whose confirmation was not answered ends without a cancel";
    L_STORED = 4, "the first request's stored decline still counts once a link is asked for";
    L_INTENT = 5, "the confirmation is sent before it is in the log";
    L_CANCELUNK = 6, "a lost answer to a cancel is taken for one";
    L_REFUSED = 7, "a cancel that was refused is taken for one";
    L_CONFIRMTOMB = 8, "confirms although the cancellation was loaded";
    L_HOLD = 9, "no message waits for the customer";
    L_UNCOND = 10, "append without the 'version absent' condition";
    L_PERSON = 11, "a person says not captured of what the customer can still complete";
    L_SPOIL = 12, "the first decline, asked for again, cancels a link";
}

const REQUESTED: u8 = 1;
const ASKED: u8 = 2;
const LINKED: u8 = 3;
const CAPTURED: u8 = 4;
const DECLINED: u8 = 5;
const FAILED: u8 = 6;
const CANCEL: u8 = 7;
const CANCELLED: u8 = 8;
const REVIEW: u8 = 9;
const EVENT_NAMES: [&str; 10] = [
    "",
    "Requested",
    "AuthenticationRequested",
    "CustomerAwaited",
    "Captured+Invoice",
    "Declined",
    "Failed",
    "CancelRequested",
    "Cancelled",
    "Review",
];

const P_OPEN: u8 = 1;
const P_CAPTURED: u8 = 2;
const P_DECLINED: u8 = 3;
const P_FAILED: u8 = 4;
const P_REVIEW: u8 = 5;

#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, PartialOrd, Ord, Debug)]
struct O {
    n: u8,
    pay: u8,
    asked: bool,
    linked: bool,
    tomb: bool,
    canc: bool,
    /// The message that waits, from 1.
    hold: u8,
    bad: bool,
}

impl O {
    fn open(&self) -> bool {
        self.pay == P_OPEN || self.pay == P_REVIEW
    }
}

fn step(o: &mut O, event: u8, by: u8) {
    let open = o.open();
    let legal = match event {
        REQUESTED => std::mem::replace(&mut o.pay, P_OPEN) == 0,
        ASKED => {
            o.hold = by + 1;
            !std::mem::replace(&mut o.asked, true) && o.pay == P_OPEN && !o.tomb
        }
        LINKED => !std::mem::replace(&mut o.linked, true) && o.asked && o.pay == P_OPEN,
        CAPTURED => {
            o.pay = P_CAPTURED;
            open
        }
        DECLINED | FAILED => {
            o.pay = if event == DECLINED { P_DECLINED } else { P_FAILED };
            open
        }
        CANCEL => !std::mem::replace(&mut o.tomb, true),
        CANCELLED => !std::mem::replace(&mut o.canc, true) && o.tomb && !open,
        _ => std::mem::replace(&mut o.pay, P_REVIEW) == P_OPEN,
    };
    o.n += 1;
    o.bad |= !legal;
}

// The payment at the gateway. WANTS: declined off session, and nobody has its secret. BACK: the
// customer failed, and may try again, with other means too.
const NOTHING: u8 = 0;
const WANTS: u8 = 1;
const ACTION: u8 = 2;
const BACK: u8 = 3;
const PAID: u8 = 4;
const VOID: u8 = 5;

// Evidence: what it was answered or found as, after these.
const E_UNKNOWN: u8 = 10;
const E_REFUSED: u8 = 11;
/// The first request's decline as its key has it, whatever became of the payment since.
const E_STORED: u8 = 12;
const E_DOWN: u8 = 13;

const Q_CHARGE: u8 = 1;
const Q_CONFIRM: u8 = 2;
const Q_CANCEL: u8 = 3;
const REQUESTS: [&str; 4] = ["", "charge", "confirmation", "cancel"];

#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, PartialOrd, Ord, Debug)]
struct Wk {
    /// 0 idle, 1 working, 2 its request is under way.
    st: u8,
    msg: u8,
    view: O,
    fresh: bool,
    /// 0: none.
    ev: u8,
    /// Whether it asked after the close, or after the limit.
    closed: bool,
    over: bool,
    heard: bool,
    num: bool,
    req: u8,
    age: u8,
    crashed: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, PartialOrd, Ord, Debug)]
struct Flight {
    req: u8,
    age: u8,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct S {
    o: O,
    g: u8,
    /// The confirmation's stored answer.
    key: u8,
    paid: u8,
    w: [Wk; 2],
    /// Place, Cancel, an event, a round of the reconciler: 0 not there, 1 visible, 2 with a
    /// worker, 3 backing off, 4 deleted, 5 a dead letter.
    m: [u8; 4],
    fl: Flight,
    /// A timed-out append: version, events, whose message.
    gh: Option<(u8, [u8; 2], u8)>,
    /// Ages of the intents, and of the wait for the customer.
    age: [u8; 2],
    wait: u8,
    num: bool,
    err: u8,
    b: [u8; 9],
    down: u8,
    rounds: u8,
}

const B_EVENT: usize = 0;
const B_FAIL: usize = 1;
const B_SMOOTH: usize = 2;
const B_DECLINED: usize = 3;
const B_STUCK: usize = 4;
const B_DUP: usize = 5;
const B_LOST: usize = 6;
const B_GHOST: usize = 7;
const B_LATE: usize = 8;

const H: u8 = 1;
const L: u8 = 1;
/// The limit: no confirmation is under way any more when it is over, nor need that be so.
const P: u8 = 1;
const EVENT: u8 = 2;
const M_NAMES: [&str; 4] = ["Place", "Cancel", "an event", "a round"];

pub struct Lm {
    pub c: Cfg,
}

enum Act {
    Append(Vec<u8>),
    Ask,
    Send(u8),
    Number,
    Later,
    Dead,
    Delete,
}

fn idle(w: &mut Wk) {
    *w = Wk { crashed: w.crashed, ..Wk::default() }
}

impl Lm {
    fn mu(&self, m: u64) -> bool {
        self.c.mu & m != 0
    }

    fn apply(&self, s: &mut S, ver: u8, events: [u8; 2], by: u8) -> bool {
        if s.o.n != ver && !self.mu(L_UNCOND) {
            return false;
        }
        for event in events.into_iter().filter(|x| *x > 0) {
            step(&mut s.o, event, by);
            match event {
                REQUESTED => s.age[0] = 0,
                ASKED => (s.age[1], s.wait) = (0, 0),
                _ => {}
            }
        }
        true
    }

    /// What may become of a request that reaches the gateway, and its answer.
    fn arrive(&self, s: &S, req: u8) -> Vec<(S, u8)> {
        let with = |g: u8, ev: u8| {
            let mut t = s.clone();
            t.g = g;
            t.paid += (g == PAID && s.g != PAID) as u8;
            if req == Q_CONFIRM && s.key == 0 && matches!(ev, ACTION | BACK | PAID) {
                t.key = ev
            }
            (t, ev)
        };
        match req {
            Q_CHARGE if s.g == NOTHING => vec![with(WANTS, WANTS)],
            Q_CHARGE => vec![with(s.g, E_STORED)],
            Q_CONFIRM if s.key > 0 => vec![with(s.g, s.key)],
            Q_CONFIRM if s.g == WANTS => {
                let mut all = vec![with(ACTION, ACTION)];
                for (budget, g) in [(B_SMOOTH, PAID), (B_DECLINED, BACK)] {
                    if s.b[budget] > 0 {
                        let mut other = with(g, g);
                        other.0.b[budget] -= 1;
                        all.push(other)
                    }
                }
                all
            }
            Q_CONFIRM => vec![with(s.g, E_REFUSED)],
            _ if matches!(s.g, WANTS | ACTION | BACK) => {
                let mut all = vec![with(VOID, VOID)];
                if s.b[B_STUCK] > 0 {
                    let mut other = with(s.g, E_REFUSED);
                    other.0.b[B_STUCK] -= 1;
                    all.push(other)
                }
                all
            }
            // It says what stands.
            _ if s.g == PAID && self.mu(L_REFUSED) => vec![with(s.g, VOID)],
            _ => vec![with(s.g, s.g)],
        }
    }

    fn ends(&self, o: &O, event: u8) -> Act {
        Act::Append(if o.tomb { vec![event, CANCELLED] } else { vec![event] })
    }

    fn act(&self, s: &S, w: &Wk) -> Act {
        let o = &w.view;
        if w.msg == 0 && o.pay == 0 {
            let placed = if o.tomb { vec![REQUESTED, FAILED] } else { vec![REQUESTED] };
            return if o.canc { Act::Delete } else { Act::Append(placed) };
        }
        let recorded = o.tomb || matches!(o.pay, P_DECLINED | P_FAILED);
        if w.msg == 1 && !recorded {
            return Act::Append(vec![CANCEL]);
        }
        if !o.open() {
            let unended = o.tomb && !o.canc && matches!(o.pay, P_DECLINED | P_FAILED);
            return if unended { Act::Append(vec![CANCELLED]) } else { Act::Delete };
        }
        if w.ev == PAID {
            return if w.num { Act::Append(vec![CAPTURED]) } else { Act::Number };
        }
        if o.asked { self.wait(s, w) } else { self.charge(s, w) }
    }

    fn charge(&self, s: &S, w: &Wk) -> Act {
        let o = &w.view;
        match w.ev {
            WANTS | E_STORED if self.mu(L_INTENT) && s.key == 0 && s.g == WANTS && !o.tomb => {
                Act::Send(Q_CONFIRM)
            }
            ACTION if self.mu(L_INTENT) => Act::Append(vec![ASKED, LINKED]),
            // Nobody was ever given its secret: this version of the log says so.
            WANTS | E_STORED if o.tomb => self.ends(o, DECLINED),
            WANTS | E_STORED => Act::Append(vec![ASKED]),
            VOID => self.ends(o, DECLINED),
            NOTHING if w.closed => self.ends(o, FAILED),
            E_UNKNOWN | E_DOWN => Act::Later,
            _ if w.heard => if w.msg == EVENT { Act::Delete } else { Act::Later },
            _ if s.age[0] < H && !o.tomb && w.msg != EVENT => Act::Send(Q_CHARGE),
            _ => Act::Ask,
        }
    }

    /// It waits for the customer: it ends by a capture, or by a cancel that the gateway confirms.
    fn wait(&self, s: &S, w: &Wk) -> Act {
        let o = &w.view;
        let over = s.wait >= P;
        match w.ev {
            VOID => return self.ends(o, DECLINED),
            E_REFUSED if w.req == Q_CANCEL && self.mu(L_REFUSED) => return self.ends(o, DECLINED),
            E_UNKNOWN if w.req == Q_CANCEL && self.mu(L_CANCELUNK) => {
                return self.ends(o, DECLINED);
            }
            E_STORED if self.mu(L_STORED) => return self.ends(o, DECLINED),
            WANTS if self.mu(L_UNSENT) && s.age[1] >= H => return self.ends(o, DECLINED),
            BACK if self.mu(L_FAILED) => return self.ends(o, DECLINED),
            _ if over && self.mu(L_LIMIT) => return self.ends(o, DECLINED),
            _ if o.tomb && self.mu(L_TOMB) => return self.ends(o, DECLINED),
            E_DOWN if w.over && o.pay == P_OPEN => return Act::Append(vec![REVIEW]),
            E_DOWN if o.pay == P_REVIEW => return Act::Dead,
            E_UNKNOWN | E_DOWN => return Act::Later,
            // A cancel that is refused for now is asked for again.
            E_REFUSED if w.req == Q_CANCEL => return Act::Later,
            ACTION if !o.linked && o.pay == P_OPEN && !o.tomb => return Act::Append(vec![LINKED]),
            _ => {}
        }
        let young = s.age[1] < H && !over && o.pay == P_OPEN;
        let may_confirm = young && (!o.tomb || self.mu(L_CONFIRMTOMB)) && !o.linked;
        let spoils = w.ev == WANTS && o.linked && self.mu(L_SPOIL);
        let gone = w.ev == BACK || w.ev == E_REFUSED || spoils;
        let given_up = o.tomb || over || o.pay == P_REVIEW || gone || !o.linked && !may_confirm;
        let waits = (o.hold == w.msg + 1 || w.msg > EVENT) && !self.mu(L_HOLD);
        if given_up && !(self.mu(L_CONFIRMTOMB) && may_confirm) {
            return Act::Send(Q_CANCEL);
        }
        match w.ev {
            0 if !may_confirm && !w.heard => Act::Ask,
            0 | WANTS | E_STORED if may_confirm => Act::Send(Q_CONFIRM),
            _ if waits => Act::Later,
            _ => Act::Delete,
        }
    }

    fn environment(&self, s: &S, out: &mut Out<S>) {
        let mut t = s.clone();
        for age in t.age.iter_mut() {
            *age = (*age + 1).min(H + L)
        }
        t.wait = (t.wait + 1).min(P);
        for m in t.m.iter_mut().filter(|m| **m == 3) {
            *m = 1
        }
        if t.fl.req > 0 {
            t.fl.age += 1;
            if t.fl.age > L {
                t.fl = Flight::default()
            }
        }
        let mut alive = true;
        for w in t.w.iter_mut().filter(|w| w.st == 2) {
            w.age += 1;
            alive &= w.age <= L
        }
        if t != *s && alive {
            out.push(t, || "tick".into())
        }
        if let Some((ver, events, by)) = s.gh {
            let mut t = s.clone();
            t.gh = None;
            let landed = self.apply(&mut t, ver, events, by);
            out.push(t, || format!("ghost {}", if landed { "lands" } else { "is refused" }))
        }
        if s.fl.req > 0 {
            for (mut t, _) in self.arrive(s, s.fl.req) {
                t.fl = Flight::default();
                out.push(t, || format!("late {} takes effect", REQUESTS[s.fl.req as usize]))
            }
        }
        if s.g == ACTION || s.g == BACK {
            let mut t = s.clone();
            t.g = PAID;
            t.paid += 1;
            out.push(t, || "the customer completes it".into())
        }
        if s.g == ACTION && s.b[B_FAIL] > 0 {
            let mut t = s.clone();
            t.g = BACK;
            t.b[B_FAIL] -= 1;
            out.push(t, || "the customer fails".into())
        }
        if s.b[B_EVENT] > 0 && s.o.pay > 0 && matches!(s.m[2], 0 | 4) {
            let mut t = s.clone();
            t.b[B_EVENT] -= 1;
            t.m[2] = 1;
            out.push(t, || "an event is sent".into())
        }
        let quiet = s.m.iter().all(|m| matches!(m, 0 | 4)) && s.w.iter().all(|w| w.st == 0);
        if s.rounds > 0 && s.o.open() && quiet {
            let mut t = s.clone();
            t.rounds -= 1;
            t.m[3] = 1;
            out.push(t, || "the reconciler finds it".into())
        }
        // A person decides about an order in review, and looks at the gateway first.
        if s.o.pay == P_REVIEW && s.m.contains(&5) {
            let mut t = s.clone();
            let stands = matches!(s.g, WANTS | ACTION | BACK) && !self.mu(L_PERSON);
            if s.g == PAID {
                t.num = true;
                self.apply(&mut t, s.o.n, [CAPTURED, 0], 0);
            } else if !stands {
                let end = if s.o.tomb { CANCELLED } else { 0 };
                self.apply(&mut t, s.o.n, [FAILED, end], 0);
            }
            for m in t.m.iter_mut().filter(|m| **m == 5) {
                *m = 1
            }
            out.push(t, || "a person decides, or sends it again".into())
        }
    }

    fn worker(&self, s: &S, i: usize, out: &mut Out<S>) {
        let w = s.w[i];
        let who = |what: String| of_worker(i, &what);
        if w.st == 0 {
            for m in 0..4 {
                let Some(taken) = delivery(s.m[m], s.b[B_DUP]) else { continue };
                let mut t = s.clone();
                (t.m[m], t.b[B_DUP]) = (taken.message, taken.left);
                t.w[i] =
                    Wk { st: 1, msg: m as u8, view: s.o, crashed: w.crashed, ..Wk::default() };
                let copy = if taken.dup { " (dup)" } else { "" };
                out.push(t, || who(format!("receive {}{copy}", M_NAMES[m])))
            }
            return;
        }
        if self.c.crash && !s.w.iter().any(|w| w.crashed) {
            let mut t = s.clone();
            idle(&mut t.w[i]);
            t.w[i].crashed = true;
            if t.m[w.msg as usize] == 2 {
                t.m[w.msg as usize] = 1
            }
            if w.st == 2 && s.b[B_LATE] > 0 && s.fl.req == 0 {
                let mut u = t.clone();
                u.b[B_LATE] -= 1;
                u.fl = Flight { req: w.req, age: w.age };
                out.push(u, || who(format!("crash ({} under way)", REQUESTS[w.req as usize])))
            }
            out.push(t, || who("crash".into()))
        }
        if w.st == 2 {
            return self.under_way(s, i, out);
        }
        if w.fresh {
            let mut t = s.clone();
            (t.w[i].view, t.w[i].fresh) = (s.o, false);
            return out.push(t, || who("load".into()));
        }
        self.perform(s, i, self.act(s, &w), out)
    }

    fn under_way(&self, s: &S, i: usize, out: &mut Out<S>) {
        let w = s.w[i];
        let name = REQUESTS[w.req as usize];
        let who = |what: String| of_worker(i, &what);
        let answered = |t: &mut S, ev: u8| (t.w[i].st, t.w[i].age, t.w[i].ev) = (1, 0, ev);
        for (mut t, ev) in self.arrive(s, w.req) {
            if s.b[B_LOST] > 0 {
                let mut u = t.clone();
                u.b[B_LOST] -= 1;
                answered(&mut u, E_UNKNOWN);
                out.push(u, || who(format!("{name} takes effect, answer lost")))
            }
            answered(&mut t, ev);
            out.push(t, || who(format!("{name}: {ev}")))
        }
        if s.down > 0 && w.req == Q_CANCEL {
            let mut t = s.clone();
            t.down -= 1;
            answered(&mut t, E_DOWN);
            out.push(t, || who(format!("{name} in vain")))
        }
        if s.b[B_LATE] > 0 && s.fl.req == 0 {
            let mut t = s.clone();
            t.b[B_LATE] -= 1;
            t.fl = Flight { req: w.req, age: w.age };
            answered(&mut t, E_UNKNOWN);
            out.push(t, || who(format!("gives up on {name}")))
        }
    }

    fn perform(&self, s: &S, i: usize, act: Act, out: &mut Out<S>) {
        let w = s.w[i];
        let who = |what: String| of_worker(i, &what);
        let mut t = s.clone();
        match act {
            Act::Append(list) => {
                let mut events = [0; 2];
                events[..list.len()].copy_from_slice(&list);
                self.append(s, i, events, out)
            }
            Act::Ask => {
                t.w[i].ev = s.g;
                t.w[i].heard = true;
                t.w[i].closed = s.age[0] >= H + L;
                t.w[i].over = s.wait >= P;
                if s.down > 0 {
                    let mut u = t.clone();
                    u.down -= 1;
                    u.w[i].ev = E_DOWN;
                    out.push(u, || who("asks in vain".into()))
                }
                out.push(t, || who(format!("asks: {}", s.g)))
            }
            Act::Send(req) => {
                (t.w[i].st, t.w[i].req, t.w[i].ev, t.w[i].age) = (2, req, 0, 0);
                t.w[i].over = s.wait >= P;
                if req != Q_CANCEL && w.view.tomb {
                    t.err = 14
                }
                if req != Q_CHARGE && !w.view.asked {
                    t.err = 12
                }
                if req == Q_CANCEL && w.ev == WANTS && w.view.linked && !s.o.tomb && s.wait < P {
                    t.err = 25
                }
                out.push(t, || who(format!("sends {}", REQUESTS[req as usize])))
            }
            Act::Number => {
                t.num = true;
                t.w[i].num = true;
                out.push(t, || who("number".into()))
            }
            Act::Later => {
                idle(&mut t.w[i]);
                if t.m[w.msg as usize] == 2 {
                    t.m[w.msg as usize] = 3
                }
                out.push(t, || who("back off".into()))
            }
            Act::Dead | Act::Delete => {
                idle(&mut t.w[i]);
                let dead = matches!(act, Act::Dead);
                if t.m[w.msg as usize] != 5 {
                    t.m[w.msg as usize] = if dead { 5 } else { 4 }
                }
                out.push(t, || who((if dead { "dead letter" } else { "delete" }).into()))
            }
        }
    }

    fn append(&self, s: &S, i: usize, events: [u8; 2], out: &mut Out<S>) {
        let w = s.w[i];
        let what = || {
            let names = events.iter().filter(|x| **x > 0).map(|x| EVENT_NAMES[*x as usize]);
            names.collect::<Vec<_>>().join("+")
        };
        let who = |what: String| of_worker(i, &what);
        let mut t = s.clone();
        if self.apply(&mut t, w.view.n, events, w.msg) {
            if s.b[B_LOST] > 0 {
                let mut u = t.clone();
                u.b[B_LOST] -= 1;
                u.w[i].fresh = true;
                out.push(u, || who(format!("append {}, answer lost", what())))
            }
            t.w[i].view = t.o;
            out.push(t, || who(format!("append {}", what())))
        } else {
            t.w[i].view = s.o;
            out.push(t, || who(format!("append {} conflicts; load", what())))
        }
        if s.b[B_GHOST] > 0 && s.gh.is_none() {
            let mut t = s.clone();
            t.b[B_GHOST] -= 1;
            t.gh = Some((w.view.n, events, w.msg));
            t.w[i].fresh = true;
            out.push(t, || who(format!("append {} times out (ghost)", what())))
        }
    }
}

impl Model for Lm {
    type S = S;
    fn init(&self) -> S {
        let c = &self.c;
        S {
            o: O::default(),
            g: NOTHING,
            key: 0,
            paid: 0,
            w: [Wk::default(); 2],
            m: [1, c.cancel as u8, 0, 0],
            rounds: c.rounds,
            fl: Flight::default(),
            gh: None,
            age: [H + L; 2],
            wait: P,
            num: false,
            err: 0,
            b: [
                c.event, c.fail, c.smooth, c.declined, c.stuck, c.dup, c.lost, c.ghost, c.late,
            ],
            down: c.down,
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
        match s.err {
            0 => {}
            12 => return Some("I12 a request without its intent"),
            14 => return Some("I14 sent by a worker that had loaded the cancellation"),
            _ => return Some("I25 a link that the customer could use is cancelled before its limit"),
        }
        if s.o.bad {
            return Some("I8 illegal event");
        }
        if s.paid > 1 {
            return Some("I1 charged twice");
        }
        if s.o.pay == P_CAPTURED && s.g != PAID {
            return Some("I3 recorded as captured without a capture");
        }
        if s.num && s.g != PAID {
            return Some("I4 number without a capture");
        }
        if (matches!(s.o.pay, P_DECLINED | P_FAILED) || s.o.canc && s.o.pay != P_CAPTURED)
            && s.g == PAID
        {
            return Some("I7 ended without a charge, and charged");
        }
        None
    }
    fn check_end(&self, s: &S) -> Option<&'static str> {
        if s.m.iter().any(|&m| !matches!(m, 0 | 4 | 5)) {
            return Some("E1 a message is neither deleted nor a dead letter");
        }
        if s.o.open() {
            return Some("E3 the order is not terminal, and nothing waits for it");
        }
        if s.num != (s.o.pay == P_CAPTURED) {
            return Some("I5 number and invoice differ");
        }
        if s.m[1] == 4 && !s.o.tomb && !matches!(s.o.pay, P_DECLINED | P_FAILED) {
            return Some("I9 cancellation acknowledged without effect");
        }
        if s.g == PAID && s.o.pay != P_CAPTURED {
            return Some("I13 captured and not recorded");
        }
        None
    }
    fn cover(&self, s: &S, end: bool) -> u64 {
        let bits = [
            end && s.o.linked && s.o.pay == P_CAPTURED,
            end && s.o.asked && !s.o.linked && s.o.pay == P_CAPTURED,
            end && s.o.linked && s.o.pay == P_DECLINED,
            end && s.o.linked && s.o.pay == P_CAPTURED && s.o.tomb,
            end && s.o.canc && s.o.asked,
            s.g == VOID && s.fl.req == Q_CONFIRM,
            s.g == ACTION && s.o.pay == P_OPEN && !s.o.linked,
            s.g == PAID && s.w.iter().any(|w| w.st == 2 && w.req == Q_CANCEL),
            s.o.pay == P_REVIEW,
            end && s.g == VOID && s.o.pay == P_FAILED,
        ];
        bits.iter().enumerate().map(|(i, b)| (*b as u64) << i).sum()
    }
}

pub const COVER: &[&str] = &[
    "paid by the link",
    "paid without one",
    "declined after a link",
    "paid by the link and cancelled",
    "cancelled while it waited",
    "a confirmation after the cancel",
    "a link that the log does not know",
    "a cancel of what was paid",
    "in review",
    "a person said not captured",
];

pub type Named = (&'static str, Cfg);

pub fn runs() -> Vec<Named> {
    let b = Cfg { nw: 2, event: 1, fail: 1, rounds: 1, ..Default::default() };
    let cancel = Cfg { cancel: true, ..b.clone() };
    vec![
        ("Y1 link", Cfg { crash: true, lost: 1, dup: 1, ..b.clone() }),
        ("Y2 link, late", Cfg { late: 1, ghost: 1, smooth: 1, ..b.clone() }),
        ("Y3 link, declined, stuck", Cfg { crash: true, declined: 1, stuck: 1, lost: 1, ..b.clone() }),
        ("Y4 link, cancel", Cfg { crash: true, lost: 1, ..cancel.clone() }),
        ("Y5 link, cancel, late", Cfg { late: 1, ghost: 1, smooth: 1, ..cancel.clone() }),
        ("Y6 link, down", Cfg { down: 2, crash: true, late: 1, ..b }),
        ("Y7 link, cancel, down", Cfg { down: 2, late: 1, stuck: 1, ..cancel }),
    ]
}

/// Those in which a guard is taken away: small, and between them every situation.
pub fn small() -> Vec<Named> {
    let b = Cfg { nw: 2, event: 1, fail: 1, rounds: 1, lost: 1, late: 1, ..Default::default() };
    let cancel = Cfg { cancel: true, ..b.clone() };
    vec![
        ("link", Cfg { stuck: 1, dup: 1, ..b.clone() }),
        ("link, cancel", cancel),
        ("link, alone", Cfg { nw: 1, crash: true, ..b.clone() }),
        ("link, down", Cfg { down: 2, lost: 0, late: 0, ..b.clone() }),
        ("link, nobody asks", Cfg { rounds: 0, event: 0, ..b }),
    ]
}
