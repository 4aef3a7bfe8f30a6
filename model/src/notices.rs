//! Notices: one message, its own stream of claims and confirmations, two kinds (a receipt, and
//! "received", which is promised at most once).

use crate::engine::{Model, Out};
use crate::shared::{delivery, of_worker};

pub struct Nm {
    pub receipt: bool,
    pub mu: u8,
    pub lost: u8,
    pub ghost: u8,
    pub dup: u8,
    pub crash: bool,
    pub nw: usize,
}
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct NS {
    st: [u8; 16],
    n: u8,
    lage: u8,
    m: u8,
    /// State (0 idle, 1 fresh, 2 loaded, 3 claimed, 4 sent, 5 confirmed), version loaded,
    /// ambiguous, crashed, id of the own claim. In `st` 9 is a confirmation, 10 and above claims.
    w: [(u8, u8, u8, bool, u8); 3],
    ctr: u8,
    sends: u8,
    excuses: u8,
    b_dup: u8,
    b_lost: u8,
    b_ghost: u8,
    gh: (u8, u8),
    err: u8,
    b_slow: u8,
}
impl Model for Nm {
    type S = NS;
    fn init(&self) -> NS {
        NS {
            st: [0; 16],
            n: 0,
            lage: 0,
            m: 1,
            w: [(0, 0, 0, false, 0); 3],
            ctr: 10,
            sends: 0,
            excuses: 0,
            b_dup: self.dup,
            b_lost: self.lost,
            b_ghost: self.ghost,
            gh: (9, 0),
            err: 0,
            b_slow: 1,
        }
    }
    fn canon(&self, s: &mut NS) {
        let mut map = vec![];
        let mut f = |x: &mut u8| {
            if *x >= 10 {
                let p = map.iter().position(|y| y == x).unwrap_or_else(|| {
                    map.push(*x);
                    map.len() - 1
                });
                *x = 10 + p as u8
            }
        };
        for x in s.st.iter_mut() {
            f(x)
        }
        f(&mut s.gh.1);
        for w in s.w.iter_mut() {
            f(&mut w.4)
        }
        s.ctr = 10 + map.len() as u8;
    }
    fn succ(&self, s: &NS, out: &mut Out<NS>) {
        if s.n > 0 || s.m == 3 {
            let mut t = s.clone();
            if t.m == 3 {
                t.m = 1
            }
            t.lage = (t.lage + 1).min(2);
            // A claim's lease ends only while its owner is dead or, of a slow one, for one excuse.
            let own = s.w.iter().any(|w| w.0 == 4 || w.0 == 3 || w.2 == 1);
            if own && t.lage == 2 && s.lage < 2 {
                if s.b_slow > 0 {
                    t.b_slow -= 1;
                    if s.w.iter().any(|w| w.0 == 4) {
                        t.excuses += 1
                    }
                } else {
                    t.lage = s.lage
                }
            }
            if t != *s {
                out.push(t, || "tick".into())
            }
        }
        if s.gh.0 != 9 {
            let mut t = s.clone();
            t.gh = (9, 0);
            if s.gh.0 == s.n {
                t.st[s.n as usize] = s.gh.1;
                t.n += 1;
                t.lage = 0
            }
            out.push(t, || format!("ghost append at v{}", s.gh.0 + 1))
        }
        for i in 0..self.nw {
            let w = s.w[i];
            let nm = |x: &str| of_worker(i, x);
            let id = w.4;
            if w.0 == 0 {
                let Some(taken) = delivery(s.m, s.b_dup) else { continue };
                let mut t = s.clone();
                (t.m, t.b_dup) = (taken.message, taken.left);
                t.ctr += 1;
                t.w[i] = (1, 0, 0, w.3, s.ctr);
                out.push(t, || nm(if taken.dup { "receive (dup)" } else { "receive" }));
                continue;
            }
            if self.crash && !w.3 {
                let mut t = s.clone();
                t.w[i] = (0, 0, 0, true, 0);
                if t.m == 2 {
                    t.m = 1
                }
                if w.0 == 4 || (w.0 == 3 && !self.receipt) {
                    t.excuses += 1
                }
                out.push(t, || nm("crash"))
            }
            let append = |out: &mut Out<NS>, evn: u8, to: u8, what: &str| {
                if w.1 == s.n {
                    let mut t = s.clone();
                    t.st[s.n as usize] = evn;
                    t.n += 1;
                    if evn != 9 {
                        t.lage = 0
                    }
                    if s.b_lost > 0 {
                        let mut u = t.clone();
                        u.b_lost -= 1;
                        u.w[i] = if to == 3 { (1, w.1, 1, w.3, id) } else { (4, w.1, 1, w.3, id) };
                        out.push(u, || nm(&format!("{} response lost", what)))
                    }
                    t.w[i] = (to, w.1 + 1, 0, w.3, id);
                    out.push(t, || nm(what));
                } else if s.st[w.1 as usize] == evn && w.2 == 1 && self.mu & 1 == 0 {
                    let mut t = s.clone();
                    t.w[i] = (to, w.1 + 1, 0, w.3, id);
                    out.push(t, || nm(&format!("{}: own commitId, success", what)))
                } else {
                    let mut t = s.clone();
                    t.w[i] = (2, s.n, 0, w.3, s.ctr);
                    t.ctr += 1;
                    out.push(t, || nm(&format!("{} conflicts; load", what)))
                }
                if s.b_ghost > 0 && s.gh.0 == 9 {
                    let mut u = s.clone();
                    u.b_ghost -= 1;
                    u.gh = (w.1, evn);
                    u.w[i] = if to == 3 { (1, w.1, 1, w.3, id) } else { (4, w.1, 1, w.3, id) };
                    out.push(u, || nm(&format!("{} time-out (ghost)", what)))
                }
            };
            let del = |out: &mut Out<NS>| {
                let mut t = s.clone();
                t.m = 4;
                t.w[i] = (0, 0, 0, w.3, 0);
                out.push(t, || nm("delete"))
            };
            let send = |out: &mut Out<NS>| {
                let mut t = s.clone();
                t.sends += 1;
                t.w[i] = (if self.receipt { 4 } else { 5 }, w.1, 0, w.3, id);
                out.push(t, || nm("send"))
            };
            match w.0 {
                1 => {
                    if self.mu & 2 != 0 {
                        send(out)
                    } else {
                        append(out, id, 3, "claim")
                    }
                }
                2 => {
                    let conf = (0..w.1 as usize).any(|j| s.st[j] == 9);
                    if conf {
                        del(out)
                    } else if !self.receipt {
                        if self.mu & 8 != 0 { send(out) } else { del(out) }
                    } else if self.mu & 32 != 0 {
                        del(out)
                    } else if s.lage < 2 && self.mu & 4 == 0 {
                        let mut t = s.clone();
                        t.w[i] = (0, 0, 0, w.3, 0);
                        if t.m == 2 {
                            t.m = 3
                        }
                        out.push(t, || nm("claim of another, lease runs: back off"))
                    } else {
                        append(out, id, 3, "re-claim")
                    }
                }
                3 => {
                    if self.receipt
                        && (s.lage == 2
                            || s.st[..s.n as usize].iter().rev().find(|x| **x != 9) != Some(&w.4))
                        && self.mu & 64 == 0
                    {
                        let mut t = s.clone();
                        t.w[i] = (2, s.n, 0, w.3, s.ctr);
                        t.ctr += 1;
                        out.push(t, || nm("own lease over: load"))
                    } else if self.mu & 16 != 0 && self.receipt {
                        append(out, 9, 5, "confirm before send");
                    } else {
                        send(out)
                    }
                }
                4 => append(out, 9, 5, "confirm"),
                _ => {
                    if self.mu & 16 != 0 && self.receipt && s.sends == 0 {
                        send(out)
                    } else {
                        del(out)
                    }
                }
            }
        }
    }
    fn check(&self, s: &NS) -> Option<&'static str> {
        if !self.receipt && s.sends > 1 {
            return Some("S15 'received' sent twice");
        }
        if self.receipt && s.sends > 1 + s.excuses {
            return Some("S15 receipt repeated without a crash or an expired lease");
        }
        None
    }
    fn check_end(&self, s: &NS) -> Option<&'static str> {
        if self.receipt && s.sends == 0 {
            return Some("S15 receipt never sent");
        }
        if s.m != 4 {
            return Some("E1 message left");
        }
        if !self.receipt && s.sends == 0 && s.excuses == 0 && s.w.iter().all(|w| !w.3) {
            return Some("'received' lost without a crash");
        }
        None
    }
}
