//! The decision tables: recording, what a finding by id means, and driving on.

use super::*;

pub enum Act {
    Append(Vec<u8>),
    Ask,
    /// 0 the charge, 1 + i refund i.
    Send(u8),
    Number(usize),
    /// In the series: the document has a number, or gets none any more.
    Close(usize),
    Later,
    Dead,
    Delete,
}

impl Gm {
    pub(super) fn act(&self, s: &S, w: &Wk) -> Act {
        let o = &w.view;
        if let Some(act) = self.record(w) {
            return act;
        }
        if o.pay == 0 {
            return Act::Delete; // an event of an order that nobody knows
        }
        let is_event = w.msg >= EVENT;
        let known = self.mu(V_KNOWN) && w.msg < EVENT + 3 && o.pay == P_CAPTURED;
        if is_event && !w.heard && w.found.is_none() && !known {
            return Act::Ask;
        }
        if let Some(act) = w.found.as_ref().and_then(|f| self.finding(w, f)) {
            return act;
        }
        match o.pay {
            P_OPEN | P_PENDING | P_REVIEW => self.drive_payment(s, w),
            P_CAPTURED => self.drive_refunds(s, w),
            _ => Act::Delete,
        }
    }

    fn record(&self, w: &Wk) -> Option<Act> {
        let o = &w.view;
        let stands = o.disp == OPEN && !self.mu(V_DISPUTEASK);
        match w.msg {
            PLACE if o.pay == 0 && !o.canc => {
                Some(Act::Append(vec![if o.tomb { CANCELLED } else { REQUESTED }]))
            }
            CANCEL if !o.tomb && o.due && self.room(o) > 0 && self.mu(V_CANCELDUE) => {
                Some(Act::Append(vec![E_CANCEL, R_REQUESTED + 1]))
            }
            CANCEL if !o.tomb && o.pay != P_ENDED => Some(Act::Append(vec![E_CANCEL])),
            CANCEL if !o.tomb => Some(Act::Append(vec![E_CANCEL, CANCELLED])),
            REFUND if o.rf[0] == 0 => Some(match o.pay {
                P_CAPTURED if o.tomb || stands || self.room(o) < 1 => Act::Append(vec![REJECTED]),
                // It is compared first: what has a number already needs its place.
                P_CAPTURED if o.due && !self.mu(V_REFUNDDUE) => return None,
                P_CAPTURED => Act::Append(vec![R_REQUESTED]),
                P_ENDED => Act::Delete,
                P_REVIEW => Act::Dead,
                _ if o.canc => Act::Delete,
                _ => Act::Later,
            }),
            _ => None,
        }
    }

    fn room(&self, o: &O) -> u8 {
        let free: u8 = (0..5).filter(|&i| o.rf[i] == F_RETURNED).map(|i| o.am[i]).sum();
        let more = if self.mu(V_FREE) { free } else { 0 };
        let gone = o.withdrawn
            && !o.reinstated
            && match o.disp {
                WON => self.mu(V_WON),
                LOST => !self.mu(V_LOST),
                _ => true,
            };
        if gone { 0 } else { o.uncredited() + more }
    }

    fn ends(&self, o: &O, event: u8) -> Act {
        Act::Append(if o.tomb { vec![event, CANCELLED] } else { vec![event] })
    }

    fn captured(&self, w: &Wk) -> Act {
        if w.num[0] { Act::Append(vec![CAPTURED, INVOICED]) } else { Act::Number(0) }
    }

    /// What a finding by id means. None: nothing is new in it.
    fn finding(&self, w: &Wk, f: &Found) -> Option<Act> {
        let (o, g) = (&w.view, &f.g);
        match o.pay {
            P_OPEN | P_PENDING | P_REVIEW => match g.pay {
                DONE => Some(self.captured(w)),
                FAILED => Some(self.ends(o, DECLINED)),
                PENDING if self.mu(V_PENDINGPAID) => Some(self.captured(w)),
                PENDING if self.mu(V_PENDINGFAIL) => Some(self.ends(o, DECLINED)),
                PENDING if o.pay == P_OPEN => Some(Act::Append(vec![E_PENDING])),
                PENDING if o.pay == P_PENDING && f.late[0] => {
                    let over = if self.mu(V_LIMIT) { E_FAILED } else { REVIEW };
                    Some(if over == REVIEW {
                        Act::Append(vec![REVIEW])
                    } else {
                        self.ends(o, over)
                    })
                }
                NOTHING if f.closed[0] || self.mu(V_ABSENT) => Some(self.ends(o, E_FAILED)),
                _ => None,
            },
            P_CAPTURED => self.of_dispute(o, g).or_else(|| self.of_refunds(w, f)),
            _ => None,
        }
    }

    fn of_dispute(&self, o: &O, g: &G) -> Option<Act> {
        let mut new = vec![];
        if o.disp == 0 && g.disp != 0 {
            new.push(D_OPENED)
        }
        if g.withdrawn && !o.withdrawn {
            new.push(D_WITHDRAWN)
        }
        if g.reinstated && !o.reinstated {
            new.push(D_REINSTATED)
        }
        let stands = o.disp == 0 || o.disp == OPEN;
        if stands && g.disp > OPEN {
            new.push([D_WON, D_LOST, D_CLOSED][g.disp as usize - 2])
        }
        // A finding that is older than the order would take a dispute's end back.
        if o.disp > OPEN && g.disp == OPEN {
            new.push(D_OPENED)
        }
        (!new.is_empty()).then_some(Act::Append(new))
    }

    fn of_refunds(&self, w: &Wk, f: &Found) -> Option<Act> {
        let (o, g) = (&w.view, &f.g);
        for i in 0..5u8 {
            let (log, is) = (o.rf[i as usize], g.rf[i as usize]);
            if self.mu(V_OWN) && i == 0 && log == F_OPEN && is == DONE && o.rf[3] == 0 {
                let number = if w.num[4] { Act::Append(vec![ADOPTED + 3]) } else { Act::Number(4) };
                return Some(if o.due { number } else { Act::Append(vec![FOUND + 3]) });
            }
            let all_back = |o: &O| {
                let mut after = *o;
                after.rf[i as usize] = F_DONE;
                after.am[i as usize] = g.am[i as usize];
                o.tomb
                    && !after.any_open()
                    && self.room(&after) == 0
                    && (o.disp != OPEN || self.mu(V_DISPUTEEND))
                    && !o.canc
            };
            let made = |event: u8| {
                if all_back(o) { vec![event + i, CANCELLED] } else { vec![event + i] }
            };
            match log {
                F_DONE if is == FAILED && !self.mu(V_RETURN) => {
                    return Some(Act::Append(vec![RETURNED + i]));
                }
                F_OPEN | F_PENDING | F_REVIEW => match is {
                    // It has failed since.
                    DONE if w.closed[1 + i as usize] => {
                        return Some(Act::Append(vec![R_FAILED + i]));
                    }
                    DONE if !w.num[1 + i as usize] => return Some(Act::Number(1 + i as usize)),
                    DONE => return Some(Act::Append(made(R_DONE))),
                    PENDING if self.mu(V_PENDINGBACK) && !w.num[1 + i as usize] => {
                        return Some(Act::Number(1 + i as usize));
                    }
                    PENDING if self.mu(V_PENDINGBACK) => return Some(Act::Append(made(R_DONE))),
                    FAILED if w.closed[1 + i as usize] || self.mu(V_SEARCH) => {
                        return Some(Act::Append(vec![R_FAILED + i]));
                    }
                    // A number is evidence that it had succeeded before.
                    FAILED if w.num[1 + i as usize] => {
                        return Some(Act::Append(vec![R_DONE + i, RETURNED + i]));
                    }
                    FAILED => return Some(Act::Close(1 + i as usize)),
                    PENDING if log == F_OPEN => return Some(Act::Append(vec![R_PENDING + i])),
                    PENDING if log == F_PENDING && i < 3 && f.late[1 + i as usize] => {
                        return Some(Act::Append(vec![R_REVIEW + i]));
                    }
                    NOTHING if i < 3 && (f.closed[1 + i as usize] || self.mu(V_ABSENT)) => {
                        return Some(Act::Append(vec![R_FAILED + i]));
                    }
                    _ => {}
                },
                _ => {}
            }
            let ours = i < 3;
            let recorded = log != 0 && !self.mu(V_RECORDED);
            let closed = w.closed[1 + i as usize];
            // One after the other: the one that was found first has a number, or may get one.
            if i >= 3 && self.waits(w, i as usize) && !self.mu(V_TURN) {
                continue;
            }
            if i >= 3 && is == FAILED && o.due && log == 0 && !closed && !self.mu(V_SEARCH) {
                return Some(if w.num[1 + i as usize] {
                    Act::Append(vec![ADOPTED + i, RETURNED + i])
                } else {
                    Act::Close(1 + i as usize)
                });
            }
            if ours || recorded || is != DONE || log == F_NAMED || closed {
                continue;
            }
            // Which of them stands for the one that came back, only a person can say.
            if o.undecided() && !self.mu(V_AGAIN) {
                continue;
            }
            if o.uncredited() < g.am[i as usize] {
                continue; // a contradiction: a dead letter
            }
            let named = o.is_found(i as usize) || o.due && self.mu(V_NAMED);
            if !named && !self.mu(V_DUE) {
                return Some(Act::Append(vec![FOUND + i]));
            }
            if !w.num[1 + i as usize] {
                return Some(Act::Number(1 + i as usize));
            }
            return Some(Act::Append(made(ADOPTED)));
        }
        (o.due && (!self.waits(w, 0) || self.mu(V_UNFOUND))).then_some(Act::Append(vec![COMPARED]))
    }

    /// Whether another one than `i` was found, and is neither credited nor closed.
    fn waits(&self, w: &Wk, i: usize) -> bool {
        let found = |k: usize| k != i && w.view.is_found(k) && !w.closed[1 + k];
        (3..5).any(found)
    }

    fn drive_payment(&self, s: &S, w: &Wk) -> Act {
        let o = &w.view;
        match if w.req > 0 { A_NONE } else { w.ans } {
            A_MOVED => return self.captured(w),
            A_DECLINED => return self.ends(o, DECLINED),
            A_PENDING if self.mu(V_PENDINGPAID) => return self.captured(w),
            A_PENDING if self.mu(V_PENDINGFAIL) => return self.ends(o, DECLINED),
            A_PENDING if o.pay == P_OPEN => return Act::Append(vec![E_PENDING]),
            A_UNKNOWN => return Act::Later,
            _ => {}
        }
        if o.pay == P_REVIEW {
            return if w.found.is_none() { Act::Ask } else { Act::Delete };
        }
        if o.pay == P_PENDING && (o.hold[0] != w.msg + 1 || self.mu(V_HOLD)) {
            return Act::Delete;
        }
        if w.found.is_some() {
            // An event asks for nothing else; the order's own message waits.
            return if w.msg >= EVENT && o.hold[0] != w.msg + 1 { Act::Delete } else { Act::Later };
        }
        let young = s.age[0] < H && o.pay == P_OPEN && !o.tomb;
        if young && w.msg < EVENT { Act::Send(0) } else { Act::Ask }
    }

    fn drive_refunds(&self, s: &S, w: &Wk) -> Act {
        let o = &w.view;
        // Evidence is of its own request alone (R3).
        match if w.req == 0 { A_NONE } else { w.ans } {
            A_UNKNOWN => return Act::Later,
            A_MOVED | A_PENDING | A_DECLINED => {
                let i = w.req as usize - 1;
                let open = o.rf[i] == F_OPEN || o.rf[i] == F_PENDING;
                let moved = w.ans == A_MOVED || w.ans == A_PENDING && self.mu(V_PENDINGBACK);
                // It has failed since.
                if open && moved && w.closed[1 + i] {
                    return Act::Append(vec![R_FAILED + i as u8]);
                }
                if open && moved {
                    // As found: the answer is evidence about its own refund alone.
                    if !w.num[1 + i] {
                        return Act::Number(1 + i);
                    }
                    let mut after = *o;
                    after.rf[i] = F_DONE;
                    let ends = o.tomb
                        && !o.canc
                        && !after.any_open()
                        && self.room(&after) == 0
                        && (o.disp != OPEN || self.mu(V_DISPUTEEND));
                    let mut events = vec![R_DONE + i as u8];
                    if ends {
                        events.push(CANCELLED)
                    }
                    return Act::Append(events);
                }
                if open && w.ans == A_DECLINED {
                    return Act::Append(vec![R_FAILED + i as u8]);
                }
                if o.rf[i] == F_OPEN {
                    return Act::Append(vec![R_PENDING + i as u8]);
                }
            }
            _ => {}
        }
        let disputed = o.disp == OPEN;
        if o.tomb && !o.canc && !(w.msg >= EVENT && self.mu(V_LETGO)) {
            let may_ask = !disputed || self.mu(V_DISPUTEASK);
            let rest = self.room(o);
            if rest > 0 && may_ask && !o.due {
                return match (1..3).find(|&i| o.rf[i] == 0) {
                    Some(i) => Act::Append(vec![R_REQUESTED + i as u8]),
                    None => Act::Dead,
                };
            }
            if rest == 0 && !o.any_open() && (!disputed || self.mu(V_DISPUTEEND)) {
                return Act::Append(vec![CANCELLED]);
            }
        }
        if o.due && w.found.is_none() {
            return Act::Ask;
        }
        for i in 0..3 {
            if o.rf[i] != F_OPEN {
                continue;
            }
            let blocked = disputed && !self.mu(V_DISPUTESEND);
            if s.age[1 + i] < H && !blocked && w.ans != A_REFUSED && w.found.is_none() {
                return Act::Send(1 + i as u8);
            }
            return if w.found.is_none() { Act::Ask } else { Act::Later };
        }
        if (0..3).any(|i| o.rf[i] == F_PENDING) && o.hold[1] == w.msg + 1 && !self.mu(V_HOLD) {
            return if w.found.is_none() { Act::Ask } else { Act::Later };
        }
        Act::Delete
    }
}
