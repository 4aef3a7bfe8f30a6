//! The transition system: the clock, the environment, and the workers (worker.rs).

use super::Om;
use super::config::*;
use super::events::*;
use super::state::*;
use crate::engine::{Model, Out};
use crate::shared::distinct;

impl Model for Om {
    type S = S;

    fn init(&self) -> S {
        let c = &self.c;
        S {
            n: 0,
            st: [EMPTY; NC],
            ser: [0; 5],
            sn: 0,
            cser: [0; 6],
            cn: 0,
            w: [Wk::default(); 3],
            m: std::array::from_fn(|i| c.msgs[i] as u8),
            letters: 0,
            waited: [false; 2],
            g: [G_NONE; NK],
            kage: [0; NK],
            vage: [0; NK],
            iage: [0; NK],
            sage: [0; NK],
            cage: [0; NK],
            ion: 0,
            charges: 0,
            mism: false,
            refunded: 0,
            out: [0; 2],
            oage: [0; 2],
            oseen: 0,
            fake: 0,
            fl: [Fl::default(); 2],
            gh: Gh::default(),
            publ: 0,
            err: 0,
            ackrej: 0,
            b: Budget {
                dup: c.dup,
                lost: c.lost,
                ghost: c.ghost,
                late: c.late,
                redrive: c.redrive,
                notex: c.notex,
                e500: c.e500,
                look: c.look,
                fill: c.fill,
                rdecl: c.rdecl,
                refuse: c.refuse,
                sets: c.sets,
                accts: c.accts,
                outside: c.outside,
                compare: c.compare,
                audits: 2,
            },
        }
    }

    /// Workers are interchangeable; ages that nobody can read any more are cleared.
    fn canon(&self, s: &mut S) {
        let n = self.c.nw;
        let current = |w: &Wk| w.st == 0 || (w.st == 1 && w.loaded == s.n && !w.pre);
        let quiet = s.gh.on == 0 && s.fl.iter().all(|f| f.on == 0);
        if quiet && s.w[..n].iter().all(current) {
            let o = self.fold(s, s.n);
            if o.pay == PAID || o.pay == DECLINED || o.pay == FAILED {
                self.forget(s, 0);
                self.forget(s, 1);
            }
            for r in 0..4 {
                if o.rf[r] > 1 && o.rf[r] < 5 {
                    self.forget(s, r + 2)
                }
            }
        }
        s.w[..n].sort_unstable();
        s.fl.sort_unstable();
    }

    fn succ(&self, s: &S, out: &mut Out<S>) {
        self.clock(s, out);
        self.environment(s, out);
        self.late_requests(s, out);
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

impl Om {
    fn forget(&self, s: &mut S, k: usize) {
        s.ion &= !(1 << k);
        s.iage[k] = 0;
        s.kage[k] = 0;
        s.sage[k] = 0;
        s.cage[k] = 0;
        s.vage[k] = self.c.settle;
    }

    fn oldest_close(&self) -> u8 {
        self.close(0).max(self.close(1))
    }

    fn clock(&self, s: &S, out: &mut Out<S>) {
        let c = &self.c;
        let late = s.fl.iter().any(|f| f.on > 0 && f.age >= self.life(f.set));
        let sent = s.w.iter().any(|w| w.st >= 2 && w.fage >= self.life(w.set));
        let landing = s.gh.on > 0 && c.glife > 0 && s.gh.age >= c.glife;
        if late || sent || landing {
            return; // what has a longest life ends before time goes on
        }
        let mut t = s.clone();
        let up = |x: &mut u8, most: u8| *x = (*x + 1).min(most);
        let wait = c.v + c.life + c.set_l + c.glife + c.settle;
        for i in (0..NK).filter(|i| s.ion >> i & 1 == 1) {
            up(&mut t.iage[i], self.oldest_close());
            if t.g[i] != G_NONE {
                up(&mut t.kage[i], c.w)
            }
            if t.g[i] > G_RUN {
                up(&mut t.vage[i], c.settle)
            }
            if c.v > 0 {
                up(&mut t.sage[i], wait);
                up(&mut t.cage[i], wait);
            }
        }
        for i in 0..2 {
            if t.out[i] > 0 {
                up(&mut t.oage[i], c.settle)
            }
        }
        for f in t.fl.iter_mut().filter(|f| f.on > 0) {
            f.age += 1
        }
        for w in t.w.iter_mut() {
            if w.st >= 2 {
                w.fage += 1
            }
            if w.st == 1 && c.v > 0 {
                up(&mut w.vw, c.v);
                if w.cl > 0 {
                    up(&mut w.cla, c.v)
                }
            }
        }
        if t.gh.on > 0 {
            up(&mut t.gh.age, self.oldest_close())
        }
        for m in t.m.iter_mut().filter(|m| **m == 3) {
            *m = 1
        }
        if t != *s {
            out.push(t, || "tick".into())
        }
    }

    fn environment(&self, s: &S, out: &mut Out<S>) {
        if s.gh.on > 0 {
            let mut t = s.clone();
            let landed = self.land(&mut t);
            let what = match s.gh.on {
                1 => self.name(&s.gh.c),
                2 => "series[o]".into(),
                _ => "credit series".into(),
            };
            let how = if landed { "lands" } else { "refused" };
            out.push(t, || format!("ghost {what} at v{} {how}", s.gh.ver + 1));
        }
        if s.b.fill > 0 {
            let mut t = s.clone();
            t.ser[t.sn as usize] = 2;
            t.sn += 1;
            t.b.fill -= 1;
            out.push(t, || "another clerk appends to the series".into())
        }
        if s.b.outside > 0 {
            for amount in 1..=self.left(s) {
                let mut t = s.clone();
                let Some(k) = s.out.iter().position(|&x| x == 0) else { break };
                t.out[k] = amount;
                t.b.outside -= 1;
                out.push(t, || format!("somebody refunds {amount} at the gateway"))
            }
        }
    }

    fn land(&self, t: &mut S) -> bool {
        let g = std::mem::take(&mut t.gh);
        match g.on {
            1 => self.apply(t, g.ver, &g.c, g.age),
            2 if g.ver == t.sn => {
                t.ser[t.sn as usize] = g.c[0] as u8;
                t.sn += 1;
                true
            }
            3 if g.ver == t.cn => {
                t.cser[t.cn as usize] = g.c[0] as u8;
                t.cn += 1;
                true
            }
            _ => false,
        }
    }

    fn late_requests(&self, s: &S, out: &mut Out<S>) {
        for (i, f) in s.fl.iter().enumerate() {
            let key = KN[f.key as usize];
            if f.on == 1 {
                let mut t = s.clone();
                let runs = self.arrive(&mut t, f.key).is_none();
                t.fl[i] = if runs { Fl { on: 2, ..*f } } else { Fl::default() };
                out.push(t, || format!("late POST {key} arrives"))
            }
            if f.on == 2 {
                for (result, name) in self.endings(s, f.key) {
                    let mut t = s.clone();
                    t.fl[i] = Fl::default();
                    self.complete(&mut t, f.key, result);
                    out.push(t, || format!("gateway finishes late {key}: {name}"))
                }
            }
        }
    }

    /// The audit, redrives, and a person who asks for a comparison.
    fn people(&self, s: &S, out: &mut Out<S>) {
        let done = s.m.iter().all(|&m| m == 0 || m >= 4);
        let idle = done && s.w.iter().all(|w| w.st == 0) && s.gh.on == 0;
        if idle && s.b.audits > 0 && !self.mu(M_NOAUDIT) && self.number_without_document(s) {
            let mut t = s.clone();
            let placed = self.fold(s, s.n).placed;
            t.m[if placed == 2 { PLACE2 } else { PLACE }] = 1;
            t.b.audits -= 1;
            out.push(t, || "audit: number without document, redeliver".into())
        }
        if s.b.redrive > 0 {
            for m in (0..MESSAGES).filter(|&m| s.m[m] == 5 || s.letters >> m & 1 == 1) {
                let mut t = s.clone();
                t.m[m] = 1;
                t.letters &= !(1 << m);
                for w in t.w.iter_mut().filter(|w| w.st > 0 && w.msg as usize == m) {
                    w.stale = true
                }
                t.b.redrive -= 1;
                out.push(t, || format!("redrive {}", MN[m]))
            }
        }
        if s.b.compare > 0 && s.m[COMPARE] == 0 && self.fold(s, s.n).capt {
            let mut t = s.clone();
            self.apply(&mut t, s.n, &mk(&[e(CMPREQ, 0)]), 0);
            t.b.compare -= 1;
            t.m[COMPARE] = 1;
            out.push(t, || "a person asks for a comparison with the gateway".into())
        }
    }

    fn number_without_document(&self, s: &S) -> bool {
        let o = self.fold(s, s.n);
        let credit = |r: usize| if r < 4 { o.cnn[r] } else { o.acn[r - 4] };
        let numbered = |r: usize| s.cser[..s.cn as usize].contains(&(r as u8 + 1));
        (o.inv == 0 && s.ser[..s.sn as usize].contains(&1))
            || (0..6).any(|r| credit(r) == 0 && numbered(r))
    }

    /// INSERT if absent. True: applied.
    pub fn apply(&self, s: &mut S, ver: u8, c: &Commit, age: u8) -> bool {
        if ver < s.n && !self.mu(M_UNCOND) {
            return false;
        }
        if ver > s.n {
            s.err = 20;
            return true;
        }
        s.st[ver as usize] = *c;
        s.n = s.n.max(ver + 1);
        for &x in c {
            let a = arg(x);
            match kind(x) {
                PREQ => self.start(s, a >> 2 & 1, age),
                RREQ => self.start(s, 2 + (a >> 2 & 3), age),
                STOP => s.sage[(a >> 1) as usize] = age,
                CLAIM => s.cage[a as usize] = age,
                _ => {}
            }
        }
        true
    }
    fn start(&self, s: &mut S, k: u8, age: u8) {
        s.ion |= 1 << k;
        s.iage[k as usize] = age;
    }
}
