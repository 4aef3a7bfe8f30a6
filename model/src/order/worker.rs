//! One worker's steps: it receives, decides (decide.rs), and does what it decided.

use super::Om;
use super::config::*;
use super::decide::Act;
use super::events::*;
use super::state::*;
use crate::engine::Out;
use crate::shared::{delivery, of_worker};

/// Whose step it is, from which state, and where its successors go.
struct Turn<'a, 'b> {
    s: &'a S,
    i: usize,
    w: Wk,
    out: &'b mut Out<S>,
}

impl Turn<'_, '_> {
    fn push(&mut self, t: S, what: impl FnOnce() -> String) {
        self.out.push(t, || of_worker(self.i, &what()))
    }
    /// A copy of the state in which this worker is as `change` leaves it.
    fn with(&self, change: impl FnOnce(&mut S, &mut Wk)) -> S {
        let mut t = self.s.clone();
        let mut w = self.w;
        change(&mut t, &mut w);
        t.w[self.i] = w;
        t
    }
    /// Hands the message back, to be seen again at once (1) or after a tick (3).
    fn back(&self, t: &mut S, to: u8) {
        let m = self.w.msg as usize;
        if t.m[m] == 2 && !self.w.stale {
            t.m[m] = to
        }
    }
}

fn idle(w: &mut Wk) {
    *w = Wk { crashed: w.crashed, set: w.set, acct: w.acct, ..Wk::default() }
}
/// The request is over: the worker goes on with what it knows.
fn answered(w: &mut Wk, ev: u8) {
    w.st = 1;
    w.fage = 0;
    w.ev = ev;
    w.evk = w.key;
}

impl Om {
    pub fn worker(&self, s: &S, i: usize, out: &mut Out<S>) {
        let mut turn = Turn { s, i, w: s.w[i], out };
        let t = &mut turn;
        if t.w.st == 0 {
            self.receive(t);
            return self.restart(t);
        }
        self.crash(t);
        match t.w.st {
            2 => self.under_way(t),
            3 => self.executed(t),
            _ => {}
        }
        if t.w.st >= 2 {
            return self.give_up(t);
        }
        if self.mu(M_DROPEV) && t.w.ev != E_NONE && s.m[t.w.msg as usize] != 2 {
            let n = t.with(|_, w| idle(w));
            t.push(n, || "lease lost, drops its evidence".into())
        }
        if t.w.pre {
            return self.leave(t);
        }
        if t.w.fresh {
            let n = t.with(|t, w| self.reload(t, w));
            return t.push(n, || "load".into());
        }
        for act in self.act(s, &t.w) {
            self.perform(t, act)
        }
    }

    fn reload(&self, s: &S, w: &mut Wk) {
        w.loaded = s.n;
        w.fresh = false;
        w.vw = 0;
    }

    fn receive(&self, turn: &mut Turn) {
        for m in 0..MESSAGES {
            let Some(taken) = delivery(turn.s.m[m], turn.s.b.dup) else { continue };
            let n = turn.with(|t, w| {
                (t.m[m], t.b.dup) = (taken.message, taken.left);
                w.st = 1;
                w.msg = m as u8;
                w.skn = 255;
                if m != PLACE {
                    w.loaded = t.n
                }
            });
            turn.push(n, || format!("receive {}{}", MN[m], if taken.dup { " (dup)" } else { "" }))
        }
    }

    /// An idle process is started anew, with other settings or another account's key.
    fn restart(&self, turn: &mut Turn) {
        if turn.s.b.sets > 0 {
            let n = turn.with(|t, w| {
                t.b.sets -= 1;
                w.set ^= 1
            });
            turn.push(n, || "restarts with other settings".into())
        }
        if turn.w.acct == 1 || turn.s.b.accts > 0 {
            let n = turn.with(|t, w| {
                t.b.accts -= 1 - w.acct;
                w.acct ^= 1
            });
            turn.push(n, || "restarts with another account's key".into())
        }
    }

    fn crash(&self, turn: &mut Turn) {
        let (s, w) = (turn.s, turn.w);
        let spent = w.crashed || self.c.one_crash && s.w.iter().any(|w| w.crashed);
        if !self.c.crash || spent {
            return;
        }
        let mut t = turn.with(|_, w| {
            idle(w);
            w.crashed = true
        });
        turn.back(&mut t, 1);
        let place = t.fl.iter().position(|f| f.on == 0);
        let flight = |on| Fl { on, key: w.key, age: w.fage, set: w.set };
        if w.st == 3 {
            let Some(f) = place else { return };
            t.fl[f] = flight(2)
        }
        if w.st == 2
            && s.b.late > 0
            && let Some(f) = place
        {
            let mut u = t.clone();
            u.b.late -= 1;
            u.fl[f] = flight(1);
            turn.push(u, || "crash (POST under way)".into())
        }
        turn.push(t, || "crash".into())
    }

    fn under_way(&self, turn: &mut Turn) {
        let key = turn.w.key;
        let name = KN[key as usize];
        let mut started = turn.s.clone();
        match self.arrive(&mut started, key) {
            None => {
                started.w[turn.i].st = 3;
                turn.push(started, || format!("POST {name} arrives, running"))
            }
            Some(ev) => self.answer(turn, turn.s.clone(), ev, "at once"),
        }
        if turn.s.b.notex > 0 && key < 2 {
            let mut t = turn.s.clone();
            t.b.notex -= 1;
            let ev = if self.mu(M_NOTEX) { E_NOTEX } else { E_BACK };
            self.answer(turn, t, ev, "429: this request was not executed")
        }
        if self.may_refuse(turn.s, key) {
            let mut t = turn.s.clone();
            t.b.refuse -= 1;
            self.answer(turn, t, E_REFUSED, "content refused")
        }
    }

    /// The answer of the request reaches its worker.
    fn answer(&self, turn: &mut Turn, mut t: S, ev: u8, what: &str) {
        let w = &mut t.w[turn.i];
        if ev == E_BACK {
            idle(w);
            turn.back(&mut t, 3)
        } else {
            answered(w, ev)
        }
        let name = KN[turn.w.key as usize];
        let means = match ev {
            E_OK => "ok",
            E_MISM => "other amount",
            E_BAD => "declined/failed",
            E_REFUSED => "refused",
            E_S500 => "the stored 500",
            _ => "no evidence",
        };
        turn.push(t, || format!("POST {name} answered {what}: {means}"))
    }

    fn executed(&self, turn: &mut Turn) {
        let key = turn.w.key;
        for (result, name) in self.endings(turn.s, key) {
            let mut t = turn.s.clone();
            self.complete(&mut t, key, result);
            if turn.s.b.lost > 0 {
                let mut u = t.clone();
                u.b.lost -= 1;
                answered(&mut u.w[turn.i], E_UNK);
                let k = KN[key as usize];
                turn.push(u, || format!("POST {k}: {name}, response lost"))
            }
            let ev = match result {
                G_OK => E_OK,
                G_BAD => E_BAD,
                G_MISM if self.mu(M_MISM) => E_OK,
                G_MISM => E_MISM,
                _ if self.mu(M_500DECL) => E_BAD,
                _ => E_BACK,
            };
            self.answer(turn, t, ev, name)
        }
    }

    fn give_up(&self, turn: &mut Turn) {
        let w = turn.w;
        let Some(f) = turn.s.fl.iter().position(|f| f.on == 0) else { return };
        let flight = Fl { on: w.st - 1, key: w.key, age: w.fage, set: w.set };
        let name = KN[w.key as usize];
        if turn.s.b.late > 0 {
            let n = turn.with(|t, w| {
                t.fl[f] = flight;
                t.b.late -= 1;
                answered(w, E_UNK)
            });
            turn.push(n, || format!("gives up on POST {name}"))
        }
        if self.mu(M_RETRY) && w.st == 3 && w.evc > 0 && turn.s.b.refuse > 0 {
            let n = turn.with(|t, w| {
                t.fl[f] = flight;
                t.b.refuse -= 1;
                answered(w, E_REFUSED)
            });
            turn.push(n, || format!("the client tries POST {name} again: refused"))
        }
    }

    /// The check where the request leaves; what may not leave any more is decided anew.
    fn leave(&self, turn: &mut Turn) {
        let o = self.fold(turn.s, turn.w.loaded);
        let key = turn.w.key as usize;
        let may = self.may_leave(turn.s, &turn.w, &o, key);
        let n = turn.with(|t, w| {
            w.pre = false;
            if may { self.write(t, w, key) } else { w.fresh = true }
        });
        let what = if may { "writes" } else { "is too late to write" };
        turn.push(n, || format!("{what} POST {}", KN[key]))
    }

    fn write(&self, t: &mut S, w: &mut Wk, key: usize) {
        let o = self.fold(t, w.loaded);
        w.st = 2;
        w.key = key as u8;
        w.fage = 0;
        w.ev = E_NONE;
        w.evc = match o.stop[key] {
            0 => 0,
            _ if self.mu(M_NOEXCL) => 99,
            _ => w.cl,
        };
        w.cl = 0;
        w.cla = 0;
        let numbers_first = self.mu(M_NUMFIRST) || self.mu(M_CNFIRST);
        if !numbers_first || w.evk != w.key && w.evk != 0 {
            w.num = 0;
            w.skn = 255
        }
        w.serchk = false;
        if o.creq && key < 2 && !self.c.resend_cancelled {
            t.err = 30
        }
        if t.ion >> key & 1 == 0 && !self.mu(M_POSTFIRST) {
            t.err = 32
        }
        if w.acct == 1 && key < 2 {
            t.charges += 1; // by mutation: a charge in another account
            answered(w, E_OK)
        }
    }

    fn perform(&self, turn: &mut Turn, act: Act) {
        match act {
            Act::Append(commit) => self.do_append(turn, commit),
            Act::Post(k) => {
                let stall = self.c.stall;
                let n = turn.with(|t, w| {
                    if stall {
                        w.pre = true;
                        w.key = k
                    } else {
                        self.write(t, w, k as usize)
                    }
                });
                let what = if stall { "decides to send" } else { "sends" };
                turn.push(n, || format!("{what} POST {}", KN[k as usize]))
            }
            Act::Look(k) => self.do_look(turn, k),
            Act::LookAll => self.do_look_all(turn),
            Act::SearchSeries => self.do_search(turn),
            Act::Number(credit, r) => self.do_number(turn, credit, r),
            Act::SendLetter => {
                let n = turn.with(|t, w| {
                    t.letters |= 1 << w.msg;
                    w.lettered = true
                });
                turn.push(n, || "sends the letter".into())
            }
            Act::Reload => {
                let n = turn.with(|t, w| self.reload(t, w));
                turn.push(n, || "view too old: load".into())
            }
            Act::ReviewSeen(r) => {
                let n = turn.with(|_, w| {
                    w.rdone |= 1 << r;
                    w.ev = E_NONE;
                    w.serchk = false
                });
                turn.push(n, || format!("{} stays in review", RN[r as usize]))
            }
            Act::Publish => {
                let facts = self.facts(&self.fold(turn.s, turn.w.loaded));
                let n = turn.with(|t, w| {
                    t.publ |= facts;
                    w.pubd = true
                });
                turn.push(n, || "publish".into())
            }
            Act::Delete => self.do_delete(turn),
            Act::Later => {
                let mut n = turn.with(|t, w| {
                    if let R1 | R2 = w.msg as usize {
                        t.waited[w.msg as usize - R1] = true
                    }
                    idle(w)
                });
                turn.back(&mut n, 3);
                turn.push(n, || "back off".into())
            }
            Act::DeadLetter => {
                let n = turn.with(|t, w| {
                    if w.lettered {
                        // Its letter stands for it already.
                        if !w.stale && t.m[w.msg as usize] != 5 {
                            t.m[w.msg as usize] = 4
                        }
                    } else if w.stale {
                        t.letters |= 1 << w.msg
                    } else {
                        t.m[w.msg as usize] = 5;
                        t.letters &= !(1 << w.msg)
                    }
                    idle(w)
                });
                let letter = MN[turn.w.msg as usize];
                turn.push(n, || format!("dead-letters {letter}"))
            }
        }
    }

    fn do_append(&self, turn: &mut Turn, commit: Commit) {
        let (s, w) = (turn.s, turn.w);
        let name = || self.name(&commit);
        let mut t = s.clone();
        let first = (kind(commit[0]), arg(commit[0]));
        if first.0 == RREQ && s.ackrej >> (first.1 >> 2 & 3) & 1 == 1 {
            t.err = 31
        }
        if self.apply(&mut t, w.loaded, &commit, 0) {
            if s.b.lost > 0 {
                let mut u = t.clone();
                u.b.lost -= 1;
                u.w[turn.i].fresh = true;
                turn.push(u, || format!("append {}, response lost", name()))
            }
            let x = &mut t.w[turn.i];
            x.loaded = if self.mu(M_UNCOND) { s.n.max(w.loaded + 1) } else { w.loaded + 1 };
            x.vw = 0;
            self.used_up(s, x, &commit);
            turn.push(t, || format!("append {}", name()))
        } else {
            let n = turn.with(|t, w| {
                self.reload(t, w);
                // Its letter names no review: it may be sent again, and be gone, by the next one.
                w.lettered &= self.mu(M_LETTERKEPT)
            });
            turn.push(n, || format!("append {} conflicts; load", name()))
        }
        if s.b.ghost > 0 && s.gh.on == 0 {
            let n = turn.with(|t, w| {
                t.b.ghost -= 1;
                t.gh = Gh { on: 1, ver: w.loaded, c: commit, age: 0 };
                w.lettered &= self.mu(M_LETTERKEPT);
                w.fresh = true
            });
            turn.push(n, || format!("append {} times out (ghost)", name()))
        }
    }

    /// Evidence is used up once its commit is durable; a claim is remembered.
    fn used_up(&self, s: &S, w: &mut Wk, commit: &Commit) {
        for &x in commit {
            match kind(x) {
                CLAIM => {
                    w.clk = arg(x);
                    w.cla = 0;
                    w.cl = self.fold(s, w.loaded - 1).claims[w.clk as usize] + 1
                }
                REVIEW | RREV => w.mine = true,
                CMPD => {
                    w.looked = false;
                    w.seen = 0
                }
                _ => {}
            }
        }
        let ends =
            |x: &u16| matches!(kind(*x), CAPT | DECL | PFAIL | RSUC | RFAIL | STOP | CLAIM | ADOPT);
        if commit.iter().any(ends) {
            w.ev = if self.mu(M_NOPUB) { E_BACK } else { E_NONE };
            w.evk = 0;
            w.evc = 0;
            w.num = 0;
            w.skn = 255;
            w.serchk = false
        }
    }

    fn do_look(&self, turn: &mut Turn, k: u8) {
        let o = self.fold(turn.s, turn.w.loaded);
        let closed = self.closed(turn.s, &turn.w, &o, k as usize);
        let window_over = turn.s.iage[k as usize] >= self.h(o.set[k as usize]);
        let early = (self.mu(M_ABSENT) && k < 2)
            || (self.mu(M_RABSENT) && k >= 2)
            || (self.mu(M_NOSETTLE) && window_over);
        for r in self.look(turn.s, &turn.w, k) {
            let no_proof = r == E_ABSENT && !closed && !early || r == E_LOOKFAIL && !closed;
            let mut n = turn.with(|t, w| {
                if r == E_LOOKFAIL {
                    t.b.look -= 1
                }
                if no_proof {
                    return idle(w);
                }
                if w.evk != k {
                    w.num = 0;
                    w.skn = 255;
                    w.serchk = false
                }
                w.ev = r;
                w.evk = k;
                w.evc = 0
            });
            if no_proof {
                turn.back(&mut n, 3)
            }
            let what = match r {
                E_OK => "found ok",
                E_MISM => "found other amount",
                E_BAD => "found declined/failed",
                E_ABSENT => "absent",
                _ => "fails",
            };
            let when = if closed { " (after close)" } else { "" };
            turn.push(n, || format!("look-up {}: {what}{when}", KN[k as usize]))
        }
    }

    /// All refunds of the payment; those younger than the look-up's delay may be missing.
    fn do_look_all(&self, turn: &mut Turn) {
        let s = turn.s;
        let known = (0..2).filter(|&k| s.out[k] > 0).fold(0u8, |m, k| m | 1 << k);
        let sure = (0..2).filter(|&k| s.out[k] > 0 && s.oage[k] >= self.c.settle);
        let sure = sure.fold(0u8, |m, k| m | 1 << k);
        let mut views = vec![known];
        if sure != known {
            views.push(sure)
        }
        for seen in views {
            let n = turn.with(|t, w| {
                w.seen = seen;
                w.looked = true;
                t.oseen |= seen;
                // The list is compared with a view that was read after it.
                if !self.mu(M_OLDLIST) {
                    self.reload(s, w)
                }
            });
            turn.push(n, || format!("looks at all refunds: others' {seen:02b}"))
        }
        let view = self.fold(s, turn.w.loaded);
        let mut own = (2..6).filter(|&k| s.g[k] == G_OK);
        let taken = if self.mu(M_ADOWN) {
            own.next()
        } else if self.mu(M_OLDLIST) {
            own.find(|&k| view.rf[k - 2] == 0)
        } else {
            None
        };
        if let Some(k) = taken {
            let amount = self.fold(s, s.n).ra[k - 2];
            let n = turn.with(|t, w| {
                t.fake = amount;
                w.seen = 2;
                w.looked = true
            });
            turn.push(n, || format!("takes {} for another's refund", KN[k]))
        }
        if s.b.look > 0 {
            let mut n = turn.with(|t, w| {
                t.b.look -= 1;
                idle(w)
            });
            turn.back(&mut n, 3);
            turn.push(n, || "look-up of all refunds fails".into())
        }
    }

    fn do_search(&self, turn: &mut Turn) {
        let (s, w) = (turn.s, turn.w);
        let (entries, id) = match w.evk {
            k if k < 2 => (&s.ser[..s.sn as usize], 1),
            k => (&s.cser[..s.cn as usize], k - 1),
        };
        let found = entries.iter().position(|&x| x == id);
        let n = turn.with(|_, w| {
            w.serchk = true;
            if let Some(j) = found {
                w.num = j as u8 + 1;
                w.ev = E_OK
            }
        });
        let what = if found.is_some() { "found" } else { "not in it" };
        turn.push(n, || format!("searches the series: {what}"))
    }

    /// The clerk: search from seriesFrom, then append at the tip that was seen.
    fn do_number(&self, turn: &mut Turn, credit: bool, r: u8) {
        let (s, mut w) = (turn.s, turn.w);
        if credit && r >= 4 && w.evk != 4 + r {
            w.evk = 4 + r;
            w.ev = E_NONE;
            w.num = 0;
            w.skn = 255;
            turn.w = w
        }
        let len = if credit { s.cn } else { s.sn };
        let id = if credit { r + 1 } else { 1 };
        let entry = |j: usize| if credit { s.cser[j] } else { s.ser[j] };
        if w.skn == 255 {
            let from = if credit { 0 } else { self.fold(s, w.loaded).sfrom };
            let mut range = from as usize..len as usize;
            let found = if self.mu(M_NOSEARCH) { None } else { range.find(|&j| entry(j) == id) };
            let n = turn.with(|_, w| match found {
                Some(j) => w.num = j as u8 + 1,
                None => w.skn = len,
            });
            let what = if found.is_some() { "found" } else { "not in it" };
            return turn.push(n, || format!("loads the series: {what}"));
        }
        if w.skn != len {
            let n = turn.with(|_, w| w.skn = 255);
            return turn.push(n, || "series append conflicts".into());
        }
        let put = |t: &mut S| {
            if credit {
                t.cser[len as usize] = id;
                t.cn += 1
            } else {
                t.ser[len as usize] = id;
                t.sn += 1
            }
        };
        let n = turn.with(|t, w| {
            put(t);
            w.num = len + 1
        });
        turn.push(n, || format!("series append -> #{}", len + 1));
        if s.b.lost > 0 {
            let n = turn.with(|t, w| {
                put(t);
                t.b.lost -= 1;
                w.skn = 255
            });
            turn.push(n, || "series append, response lost".into())
        }
        if s.b.ghost > 0 && s.gh.on == 0 {
            let n = turn.with(|t, w| {
                t.b.ghost -= 1;
                let on = if credit { 3 } else { 2 };
                t.gh = Gh { on, ver: len, c: mk(&[id as u16]), age: 0 };
                w.skn = 255
            });
            turn.push(n, || "series append times out (ghost)".into())
        }
    }

    fn do_delete(&self, turn: &mut Turn) {
        let m = turn.w.msg as usize;
        let o = self.fold(turn.s, turn.s.n);
        let review = o.pay == IN_REVIEW;
        let durable = match m {
            PLACE | PLACE2 => o.terminal(self.c.total) || o.inv > 0 || review,
            CANCEL => o.creq || o.canc || o.pay == DECLINED,
            COMPARE => true,
            _ => {
                let never_captured = o.canc || o.pay == DECLINED || o.pay == FAILED;
                o.rf[m - R1] > 1 || never_captured || self.mu(M_RREJ)
            }
        };
        let n = turn.with(|t, w| {
            if t.m[m] != 5 && !w.stale {
                t.m[m] = 4
            }
            if self.mu(M_DELFIRST) {
                return;
            }
            if !durable {
                t.err = 33
            }
            if self.mu(M_RREJ) && (m == R1 || m == R2) && o.rf[m - R1] == 0 {
                t.ackrej |= 1 << (m - R1)
            }
            idle(w)
        });
        turn.push(n, || format!("delete {}", MN[m]))
    }
}
