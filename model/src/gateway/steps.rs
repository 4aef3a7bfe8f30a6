//! The environment, the workers and the requests.

use super::decide::Act;
use super::*;

impl Gm {
    fn apply(&self, s: &mut S, ver: u8, events: &[u8], by: u8) -> bool {
        if s.o.n != ver && !self.mu(V_UNCOND) {
            return false;
        }
        for &e in events {
            let amount = match e {
                20 if !self.c.rest => 1,
                20..=22 => self.asked(&s.o),
                40..=44 => s.g.am[(e - 40) as usize],
                _ => 0,
            };
            step(&mut s.o, e, amount, by);
            if e == REQUESTED {
                s.age[0] = 0
            }
            if (20..25).contains(&e) {
                s.age[(e - 19) as usize] = 0
            }
            if e == E_PENDING {
                s.wait[0] = 0
            }
            if (25..28).contains(&e) {
                s.wait[(e - 24) as usize] = 0
            }
            // Before the review that names it (R11).
            s.letter |= e == REVIEW || (45..50).contains(&e) || (60..65).contains(&e)
        }
        true
    }

    fn asked(&self, o: &O) -> u8 {
        let free: u8 = (0..5).filter(|&i| o.rf[i] == F_RETURNED).map(|i| o.am[i]).sum();
        o.uncredited() + if self.mu(V_FREE) { free } else { 0 }
    }

    /// A request reaches the gateway. Its key has the result from then on.
    fn arrive(&self, s: &mut S, req: u8, slow: bool) -> u8 {
        if req == 0 {
            if s.g.pay == NOTHING {
                s.g.pay = if slow { PENDING } else { DONE };
                s.g.slow[0] = slow
            }
            return if s.g.slow[0] { A_PENDING } else { A_MOVED };
        }
        let i = req as usize - 1;
        if s.g.rf[i] == NOTHING {
            let disputed = s.g.disp == OPEN || s.g.disp == LOST;
            if disputed || s.o.am[i] + s.g.given() > s.o.total || s.g.pay != DONE {
                return A_REFUSED;
            }
            s.g.rf[i] = if slow { PENDING } else { DONE };
            s.g.was[i] = !slow;
            s.g.slow[1 + i] = slow;
            s.g.am[i] = s.o.am[i]
        }
        // The key has the first answer, whatever became of it since.
        if s.g.slow[1 + i] { A_PENDING } else { A_MOVED }
    }

    /// Something happened at the gateway: with its event, or with that lost.
    fn happens(&self, s: &S, t: S, kind: usize, what: &str, out: &mut Out<S>) {
        if s.b[B_LOSE] > 0 {
            let mut u = t.clone();
            u.b[B_LOSE] -= 1;
            out.push(u, || format!("{what} (its event is lost)"))
        }
        let mut u = t;
        u.tok[kind] = 1;
        out.push(u, || what.to_string())
    }

    fn gateway_moves(&self, s: &S, out: &mut Out<S>) {
        let change = |f: &dyn Fn(&mut S)| {
            let mut t = s.clone();
            f(&mut t);
            t
        };
        if s.g.pay == PENDING {
            let t = change(&|t| t.g.pay = DONE);
            self.happens(s, t, K_PAYMENT, "the slow payment succeeds", out);
            let t = change(&|t| t.g.pay = FAILED);
            self.happens(s, t, K_PAYMENT, "the slow payment fails", out)
        }
        for i in 0..5 {
            if s.g.rf[i] == PENDING {
                let t = change(&|t| {
                    t.g.rf[i] = DONE;
                    t.g.was[i] = true
                });
                self.happens(s, t, K_REFUND, "the slow refund succeeds", out);
                let t = change(&|t| t.g.rf[i] = FAILED);
                self.happens(s, t, K_REFUND, "the slow refund fails", out)
            }
            // At any time: also while it is sent again, or its number is on its way.
            if i < 4 && s.g.rf[i] == DONE && s.b[B_RETURNED] > 0 {
                let t = change(&|t| {
                    t.g.rf[i] = FAILED;
                    t.b[B_RETURNED] -= 1
                });
                self.happens(s, t, K_REFUND, "a refund fails after it succeeded", out)
            }
        }
        let disputed = s.g.disp == OPEN || s.g.disp == LOST;
        if s.g.pay == DONE && s.b[B_OUTSIDE] > 0 && !disputed && s.g.given() < s.o.total {
            if let Some(i) = (3..5).find(|&i| s.g.rf[i] == NOTHING) {
                let t = change(&|t| {
                    t.g.rf[i] = DONE;
                    t.g.was[i] = true;
                    t.g.am[i] = if self.c.rest { s.o.total - s.g.given() } else { 1 };
                    t.b[B_OUTSIDE] -= 1
                });
                if s.b[B_SLOWOUTSIDE] > 0 {
                    let mut u = t.clone();
                    (u.g.rf[i], u.g.was[i]) = (PENDING, false);
                    u.b[B_SLOWOUTSIDE] -= 1;
                    self.happens(s, u, K_REFUND, "a slow refund is made elsewhere", out)
                }
                self.happens(s, t, K_REFUND, "a refund is made elsewhere", out)
            }
        }
        if s.g.pay == DONE && s.b[B_DISPUTE] > 0 && s.g.disp == 0 {
            let t = change(&|t| {
                t.g.disp = OPEN;
                t.b[B_DISPUTE] -= 1
            });
            self.happens(s, t, K_DISPUTE, "a dispute opens", out)
        }
        if s.g.disp == OPEN {
            if s.g.withdrawn {
                let t = change(&|t| t.g.disp = WON);
                self.happens(s, t, K_DISPUTE, "the dispute is won", out);
                let t = change(&|t| t.g.disp = LOST);
                self.happens(s, t, K_DISPUTE, "the dispute is lost", out)
            } else {
                let t = change(&|t| t.g.withdrawn = true);
                self.happens(s, t, K_DISPUTE, "its funds are withdrawn", out);
                let t = change(&|t| t.g.disp = CLOSED);
                self.happens(s, t, K_DISPUTE, "the inquiry is closed", out)
            }
        }
        if s.g.disp == WON && s.g.withdrawn && !s.g.reinstated {
            let t = change(&|t| t.g.reinstated = true);
            self.happens(s, t, K_DISPUTE, "its funds are reinstated", out)
        }
    }

    /// A person decides what becomes of a refund that came back.
    fn person(&self, s: &S, out: &mut Out<S>) {
        if !s.letter {
            return;
        }
        let disputed = s.g.disp == OPEN || s.g.disp == LOST;
        for i in (0..4).filter(|&i| s.o.rf[i] == F_RETURNED) {
            let n = s.o.n;
            if s.g.rf[4] == 0 && s.g.given() + s.o.am[i] <= s.o.total && !disputed {
                let mut t = s.clone();
                t.g.rf[4] = DONE;
                t.g.was[4] = true;
                t.g.am[4] = s.o.am[i];
                self.happens(s, t, K_REFUND, "a person refunds it anew", out)
            }
            let mut t = s.clone();
            let event = if s.g.rf[4] == DONE && s.o.rf[4] == 0 && !self.mu(V_RESOLVED) {
                ANEW
            } else {
                OTHERWISE
            };
            self.apply(&mut t, n, &[event + i as u8], 0);
            out.push(t, || "a person records the decision".into())
        }
    }

    pub(super) fn environment(&self, s: &S, out: &mut Out<S>) {
        let mut t = s.clone();
        for i in 0..4 {
            t.age[i] = (t.age[i] + 1).min(H + L);
            t.wait[i] = (t.wait[i] + 1).min(P)
        }
        for m in t.m.iter_mut().filter(|m| **m == 3) {
            *m = 1
        }
        for k in 0..4 {
            t.tok[k] |= std::mem::take(&mut t.back[k])
        }
        if t.fl.on {
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
        if s.fl.on {
            let mut t = s.clone();
            t.fl = Flight::default();
            self.lands(s, t, s.fl.req, "late ", out)
        }
        self.gateway_moves(s, out);
        self.person(s, out);
        for k in 0..3 {
            if s.b[B_FORGE] > 0 && s.tok[k] == 0 {
                let mut t = s.clone();
                t.b[B_FORGE] -= 1;
                t.tok[k] += 1;
                out.push(t, || format!("forged, or repeated: {}", M_NAMES[3 + k]))
            }
        }
        let quiet = s.w.iter().all(|w| w.st == 0) && s.tok == [0; 4] && s.back == [0; 4];
        let done = s.m.iter().all(|m| matches!(m, 0 | 4 | 5));
        if s.b[B_ROUNDS] > 0 && quiet && done && self.behind(s) && !self.mu(V_ROUND) {
            let mut t = s.clone();
            t.b[B_ROUNDS] -= 1;
            t.tok[K_ROUND] += 1;
            out.push(t, || "a round finds the order behind".into())
        }
    }

    /// A request takes effect with nobody there to see its answer.
    fn lands(&self, s: &S, t: S, req: u8, how: &str, out: &mut Out<S>) {
        let kind = if req == 0 { K_PAYMENT } else { K_REFUND };
        for slow in [false, true] {
            let b = if req == 0 { B_SLOWPAY } else { B_SLOWREFUND };
            if slow && s.b[b] == 0 {
                continue;
            }
            let mut u = t.clone();
            let before = u.g;
            self.arrive(&mut u, req, slow);
            if slow {
                u.b[b] -= 1
            }
            let what = format!("{how}{} takes effect", name(req));
            if u.g == before {
                out.push(u, || format!("{how}{} changes nothing", name(req)))
            } else {
                self.happens(s, u, kind, &what, out)
            }
        }
    }

    pub(super) fn worker(&self, s: &S, i: usize, out: &mut Out<S>) {
        let w = s.w[i];
        let who = |what: String| of_worker(i, &what);
        if w.st == 0 {
            for m in 0..7u8 {
                let mut t = s.clone();
                let mut copy = "";
                if m < EVENT {
                    let Some(d) = delivery(s.m[m as usize], s.b[B_DUP]) else { continue };
                    (t.m[m as usize], t.b[B_DUP]) = (d.message, d.left);
                    copy = if d.dup { " (dup)" } else { "" }
                } else if s.tok[(m - EVENT) as usize] > 0 {
                    t.tok[(m - EVENT) as usize] -= 1
                } else {
                    continue;
                }
                let found =
                    (self.mu(V_BELIEVE) && m == EVENT && s.g.pay == NOTHING).then_some(Found {
                        g: G { pay: DONE, ..s.g },
                        n: s.o.n,
                        closed: [false; 4],
                        late: [false; 4],
                    });
                t.w[i] =
                    Wk { st: 1, msg: m, view: t.o, crashed: w.crashed, found, ..Wk::default() };
                out.push(t, || who(format!("receive {}{copy}", M_NAMES[m as usize])))
            }
            return;
        }
        if self.c.crash && !s.w.iter().any(|w| w.crashed) {
            let mut t = s.clone();
            idle(&mut t.w[i]);
            t.w[i].crashed = true;
            self.hand_back(&mut t, w.msg, false);
            if w.st == 2 && s.b[B_LATE] > 0 && !s.fl.on {
                let mut u = t.clone();
                u.b[B_LATE] -= 1;
                u.fl = Flight { on: true, req: w.req, age: w.age };
                out.push(u, || who(format!("crash ({} under way)", name(w.req))))
            }
            out.push(t, || who("crash".into()))
        }
        if w.st == 2 {
            return self.under_way(s, i, out);
        }
        if w.fresh {
            let mut t = s.clone();
            let x = &mut t.w[i];
            x.view = s.o;
            x.fresh = false;
            // What was asked of another version is asked again (R18).
            if x.found.is_some_and(|f| f.n != s.o.n) && !self.mu(V_STALE) {
                x.found = None
            }
            return out.push(t, || who("load".into()));
        }
        self.perform(s, i, self.act(s, &w), out)
    }

    fn hand_back(&self, t: &mut S, msg: u8, later: bool) {
        if msg >= EVENT {
            let k = (msg - EVENT) as usize;
            if later { t.back[k] = 1 } else { t.tok[k] = 1 }
        } else if t.m[msg as usize] == 2 {
            t.m[msg as usize] = if later { 3 } else { 1 }
        }
    }

    fn under_way(&self, s: &S, i: usize, out: &mut Out<S>) {
        let w = s.w[i];
        let who = |what: String| of_worker(i, &what);
        let kind = if w.req == 0 { K_PAYMENT } else { K_REFUND };
        for slow in [false, true] {
            let b = if w.req == 0 { B_SLOWPAY } else { B_SLOWREFUND };
            if slow && s.b[b] == 0 {
                continue;
            }
            let mut t = s.clone();
            let ans = self.arrive(&mut t, w.req, slow);
            if slow && t.g == s.g {
                continue;
            }
            if slow {
                t.b[b] -= 1
            }
            let is_new = t.g != s.g;
            let mut answered = |mut u: S, ans: u8, how: &str| {
                u.w[i].st = 1;
                u.w[i].age = 0;
                u.w[i].ans = ans;
                u.w[i].found = None;
                let what = who(format!("{}: {how}", name(w.req)));
                if is_new {
                    self.happens(s, u, kind, &what, out)
                } else {
                    out.push(u, || what.clone())
                }
            };
            if s.b[B_LOST] > 0 {
                let mut u = t.clone();
                u.b[B_LOST] -= 1;
                answered(u, A_UNKNOWN, "answer lost")
            }
            answered(t, ans, ["", "done", "under way", "declined", "", "refused"][ans as usize])
        }
        if s.b[B_LATE] > 0 && !s.fl.on {
            let mut t = s.clone();
            t.b[B_LATE] -= 1;
            t.fl = Flight { on: true, req: w.req, age: w.age };
            t.w[i].st = 1;
            t.w[i].age = 0;
            t.w[i].ans = A_UNKNOWN;
            out.push(t, || who(format!("gives up on {}", name(w.req))))
        }
    }

    fn perform(&self, s: &S, i: usize, act: Act, out: &mut Out<S>) {
        let w = s.w[i];
        let who = |what: String| of_worker(i, &what);
        let mut t = s.clone();
        match act {
            Act::Append(events) => {
                let names = || events.iter().map(|&e| event_name(e)).collect::<Vec<_>>().join("+");
                let x = &mut t.w[i];
                (x.found, x.heard) = (if self.mu(V_STALE) { w.found } else { None }, false);
                if self.apply(&mut t, w.view.n, &events, w.msg) {
                    t.w[i].view = t.o;
                    if !matches!(events[0], DUE | D_OPENED..=D_CLOSED) {
                        t.w[i].ans = A_NONE
                    }
                    if s.b[B_LOST] > 0 {
                        let mut u = t.clone();
                        u.b[B_LOST] -= 1;
                        u.w[i].view = w.view;
                        u.w[i].fresh = true;
                        out.push(u, || who(format!("append {}, answer lost", names())))
                    }
                    out.push(t, || who(format!("append {}", names())))
                } else {
                    t.w[i].view = s.o;
                    out.push(t, || who(format!("append {} conflicts; load", names())))
                }
            }
            Act::Ask => {
                let past = |i: usize| s.age[i] >= H + L;
                let x = &mut t.w[i];
                x.found = Some(Found {
                    g: s.g,
                    n: w.view.n,
                    closed: [past(0), past(1), past(2), past(3)],
                    late: std::array::from_fn(|i| s.wait[i] >= P),
                });
                (x.heard, x.ans) = (true, A_NONE);
                // Read, ask, read.
                x.fresh = !self.mu(V_STALE);
                out.push(t, || who("asks by id".into()))
            }
            Act::Send(req) => {
                let x = &mut t.w[i];
                (x.st, x.req, x.ans, x.age) = (2, req, A_NONE, 0);
                if req > 0 && w.view.disp == OPEN {
                    t.err = 22
                }
                out.push(t, || who(format!("sends {}", name(req))))
            }
            Act::Number(k) if t.closed[k] && !self.mu(V_CLOSED) => {
                t.w[i].closed[k] = true;
                out.push(t, || who("number: it is closed".into()))
            }
            Act::Number(k) => {
                t.w[i].num[k] = true;
                // Found in the series only from where the intent, or the finding, froze it.
                let frozen = k < 4 || w.view.due;
                t.num[k] = if frozen { 1 } else { t.num[k] + 1 };
                out.push(t, || who("number".into()))
            }
            Act::Close(k) => {
                t.w[i].num[k] = t.num[k] > 0;
                t.w[i].closed[k] = t.num[k] == 0;
                t.closed[k] = t.num[k] == 0 && !self.mu(V_CLOSE);
                out.push(t, || who("close the document".into()))
            }
            Act::Later => {
                idle(&mut t.w[i]);
                self.hand_back(&mut t, w.msg, true);
                out.push(t, || who("back off".into()))
            }
            Act::Dead => {
                idle(&mut t.w[i]);
                t.letter = true;
                if w.msg < EVENT {
                    t.m[w.msg as usize] = 5
                }
                out.push(t, || who("dead letter".into()))
            }
            Act::Delete => {
                idle(&mut t.w[i]);
                if w.msg < EVENT && t.m[w.msg as usize] != 5 {
                    t.m[w.msg as usize] = 4
                }
                out.push(t, || who("delete".into()))
            }
        }
    }
}

fn name(req: u8) -> &'static str {
    ["charge", "refund r", "refund cancel#1", "refund cancel#2"][req as usize]
}
