//! The number series: captured orders, clerks that batch, cached ranges, skewed clocks, commits
//! that number nothing (a floor, a format fact) and a restore from a backup. An order's stream is
//! reduced to `seriesFrom` and InvoiceIssued.

use crate::engine::*;
use crate::shared::{delivery, distinct};
pub const NO: usize = 3;
const NCM: usize = 7;
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, PartialOrd, Ord, Debug)]
struct Cm {
    on: bool,
    l: [u8; 4],
    first: u8,
    date: u8,
    cid: u8,
}
impl Cm {
    fn len(&self) -> u8 {
        self.l.iter().filter(|x| **x > 0).count() as u8
    }
}
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, PartialOrd, Ord, Debug)]
struct Wk {
    warm: bool,
    lo: u8,
    hi: u8,
    pend: [u8; NO],
    num: [u8; NO],
    dt: [u8; NO],
    cid: u8,
    last: [u8; 4],
    amb: bool,
    crashed: bool,
    skew: u8,
    id: u8,
}
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct S {
    s: [Cm; NCM],
    n: u8,
    placed: [bool; NO],
    sfrom: [u8; NO],
    inv: [u8; NO],
    idt: [u8; NO],
    m: [u8; NO],
    w: [Wk; 3],
    gh: Option<(u8, Cm)>,
    now: u8,
    b_dup: u8,
    b_lost: u8,
    b_ghost: u8,
    err: u8,
    /// Version that a person has read the tip at, plus 1, to append a floor or a fact after it.
    floor: u8,
    b_floor: u8,
    b_fact: u8,
    b_restore: u8,
    /// After a restore nobody numbers before there is a floor.
    closed: bool,
    /// Numbers of invoices that a restore lost: bit masks of numbers and of orders.
    lost_numbers: u16,
    lost_orders: u8,
}
#[derive(Clone, Default)]
pub struct Cfg {
    pub nw: usize,
    pub no: usize,
    pub dup: u8,
    pub lost: u8,
    pub ghost: u8,
    pub crash: bool,
    pub tmax: u8,
    pub skew: bool,
    /// Numbers restart with the year of the commit's date.
    pub yr: bool,
    pub floor: u8,
    pub fact: u8,
    pub restore: u8,
    pub mu: u64,
}
guards! {
    u64;
    N_COAL = 0, "two slots of one process put the same order into one batch (no coalescing)";
    N_NOSEARCH = 1, "clerk learns only the tip; a resumed order is not searched from seriesFrom";
    N_OFF1 = 2, "search starts one commit after seriesFrom+1";
    N_SFROM = 3, "seriesFrom = cached tip + 1 (counts a commit not yet durable)";
    N_OPT = 4, "ambiguous append taken as landed (optimistic tip)";
    N_CID = 5, "commitId kept while the batch grew; a conflict on it is taken as success";
    N_DATE = 6, "date = own clock, without max(previous date)";
    N_NODROP = 7, "after a conflict only the tip moves; orders already present are not dropped";
    N_UNCOND = 8, "unconditional put";
    N_WARM = 9, "warm clerk does not check that its range reaches down to seriesFrom";
    N_STALE = 10, "series reads eventually consistent (expect none: the append is the check)";
    N_FIRST = 11, "number = own count of orders, not the tip's first+len";
    N_NOCID = 12, "no commitId comparison at all (expect none: reload finds the order)";
    N_NOFLOOR = 13, "restore from a backup without a floor";
    N_FLOORPUT = 14, "floor put without the version condition";
    N_FLOORSKIP = 15, "next number from the last commit that numbers, not from the tip";
}
pub struct Sm {
    pub c: Cfg,
}
impl Sm {
    fn mu(&self, m: u64) -> bool {
        self.c.mu & m != 0
    }
    fn load(&self, _s: &S, w: &mut Wk, from: u8, upto: u8) {
        if !w.warm {
            w.lo = from;
            w.hi = upto;
            w.warm = true
        } else {
            w.lo = w.lo.min(from);
            w.hi = w.hi.max(upto)
        }
    }
    fn drop_known(&self, s: &S, w: &mut Wk) {
        for o in 0..NO {
            if w.pend[o] > 0 && w.num[o] == 0 {
                let a = (s.sfrom[o] + if self.mu(N_OFF1) { 1 } else { 0 }).max(w.lo);
                for j in a..w.hi {
                    let c = &s.s[j as usize];
                    if let Some(p) = c.l.iter().position(|&x| x == o as u8 + 1) {
                        w.num[o] = c.first + p as u8;
                        w.dt[o] = c.date
                    }
                }
            }
        }
    }
    fn batch(&self, w: &Wk) -> [u8; 4] {
        let mut l = [0; 4];
        let mut k = 0;
        for o in 0..NO {
            if w.pend[o] > 0 && w.num[o] == 0 {
                for _ in 0..if self.mu(N_COAL) { w.pend[o] } else { 1 } {
                    if k < 4 {
                        l[k] = o as u8 + 1;
                        k += 1
                    }
                }
            }
        }
        l
    }
    /// A floor, a fact and a restore: what a person does to the series.
    fn person(&self, s: &S, out: &mut Out<S>) {
        if s.floor == 0 && s.b_floor + s.b_fact > 0 && s.n < NCM as u8 {
            let mut t = s.clone();
            t.floor = s.n + 1;
            out.push(t, || format!("a person reads the tip, v{}", s.n))
        }
        if s.floor > 0 {
            let v = s.floor - 1;
            let prev = if v > 0 { s.s[v as usize - 1] } else { Cm::default() };
            let next = if v > 0 { prev.first + prev.len() } else { 1 };
            let lost = 16 - s.lost_numbers.leading_zeros() as u8;
            for (is_floor, budget) in [(true, s.b_floor), (false, s.b_fact)] {
                if budget == 0 {
                    continue;
                }
                let mut t = s.clone();
                t.floor = 0;
                let free = v == s.n || self.mu(N_FLOORPUT);
                if free {
                    let first = if is_floor { next.max(lost).max(4) } else { next };
                    let date = prev.date.max(s.now + 1);
                    t.s[v as usize] = Cm { on: true, l: [0; 4], first, date, cid: 0 };
                    t.n = s.n.max(v + 1);
                    if is_floor {
                        t.b_floor -= 1
                    } else {
                        t.b_fact -= 1
                    }
                    t.closed &= !is_floor
                }
                let what = if is_floor { "floor" } else { "format fact" };
                let how = if free { "appended" } else { "conflicts" };
                out.push(t, || format!("{what} at v{} {how}", v + 1))
            }
        }
        let quiet = s.gh.is_none() && s.floor == 0 && s.w.iter().all(|w| !w.warm);
        if s.b_restore > 0 && quiet && s.inv.iter().any(|&x| x > 0) {
            for n in 0..s.n {
                let t = self.restore(s, n);
                out.push(t, || format!("restore from a backup: series ends at v{n}"))
            }
        }
    }

    /// The table as it was when the series ended at version `n`.
    fn restore(&self, s: &S, n: u8) -> S {
        let mut t = s.clone();
        t.b_restore -= 1;
        t.n = n;
        let gone = std::mem::take(&mut t.s);
        t.s[..n as usize].copy_from_slice(&gone[..n as usize]);
        for o in 0..self.c.no {
            let kept = t.s.iter().any(|c| c.l.contains(&(o as u8 + 1)));
            if s.inv[o] > 0 && !kept {
                t.lost_numbers |= 1 << s.inv[o];
                t.lost_orders |= 1 << o;
                t.m[o] = 4;
                t.inv[o] = 0
            }
            if t.sfrom[o] > n {
                t.placed[o] = false;
                t.sfrom[o] = 0
            }
        }
        if !self.mu(N_NOFLOOR) {
            t.closed = true;
            t.b_floor += 1
        }
        t
    }

    fn got(&self, w: &mut Wk, c: &Cm) {
        for (p, &x) in c.l.iter().enumerate() {
            if x > 0 {
                let o = x as usize - 1;
                if w.num[o] == 0 {
                    w.num[o] = c.first + p as u8;
                    w.dt[o] = c.date
                }
            }
        }
    }
}
impl Model for Sm {
    type S = S;
    fn init(&self) -> S {
        let mut s = S {
            s: [Cm::default(); NCM],
            n: 0,
            placed: [false; NO],
            sfrom: [0; NO],
            inv: [0; NO],
            idt: [0; NO],
            m: [0; NO],
            w: [Wk::default(); 3],
            gh: None,
            now: 1,
            b_dup: self.c.dup,
            b_lost: self.c.lost,
            b_ghost: self.c.ghost,
            err: 0,
            floor: 0,
            b_floor: self.c.floor,
            b_fact: self.c.fact,
            b_restore: self.c.restore,
            closed: false,
            lost_numbers: 0,
            lost_orders: 0,
        };
        for o in 0..self.c.no {
            s.m[o] = 1
        }
        if self.c.skew {
            s.w[0].skew = 1
        }
        for i in 0..3 {
            s.w[i].id = i as u8 + 1
        }
        s
    }
    fn canon(&self, s: &mut S) {
        // Clear what a worker cannot use any more.
        for w in s.w[..self.c.nw].iter_mut() {
            for o in 0..NO {
                if w.pend[o] == 0 {
                    w.num[o] = 0;
                    w.dt[o] = 0
                }
            }
            if !w.amb {
                w.last = [0; 4]
            }
            if !w.warm {
                w.lo = 0;
                w.hi = 0
            }
        }
        // Ids of commits matter only while somebody may compare one.
        if !s.w.iter().any(|w| w.amb) && s.gh.is_none() {
            for w in s.w.iter_mut() {
                w.cid = 0
            }
            for c in s.s.iter_mut() {
                c.cid = 0
            }
        }
        if !self.c.skew {
            s.w[..self.c.nw].sort_unstable_by_key(|w| Wk { id: 0, ..*w });
        }
    }
    fn succ(&self, s: &S, out: &mut Out<S>) {
        let c = &self.c;
        if s.now < c.tmax {
            let mut t = s.clone();
            t.now += 1;
            out.push(t, || "clock+1".into())
        }
        if let Some((v, cm)) = s.gh {
            let mut t = s.clone();
            t.gh = None;
            let ok = !s.s[v as usize].on;
            if ok {
                t.s[v as usize] = cm;
                if v == s.n { t.n += 1 } else { t.err = 1 }
            }
            out.push(t, || {
                format!("ghost series append v{} {}", v + 1, if ok { "lands" } else { "refused" })
            })
        }
        self.person(s, out);
        for i in distinct(&s.w[..c.nw]) {
            let w = s.w[i];
            let nm = |x: String| format!("{}:{}", (b'A' + i as u8) as char, x);
            if c.crash && !w.crashed && w.warm {
                let mut t = s.clone();
                t.w[i] =
                    Wk { crashed: true, skew: w.skew, id: w.id, cid: w.cid, ..Default::default() };
                for o in 0..c.no {
                    if w.pend[o] > 0 && t.m[o] == 2 {
                        t.m[o] = 1
                    }
                }
                out.push(t, || nm("crash".into()))
            }
            if !w.warm && s.closed {
                continue;
            }
            if !w.warm {
                // cold start: read the tip (Limit 1), or start with nothing known
                let mut t = s.clone();
                let x = &mut t.w[i];
                x.warm = true;
                x.lo = s.n;
                x.hi = s.n;
                out.push(t, || nm(format!("cold start, tip v{}", s.n)));
                if s.n > 0 {
                    let mut t = s.clone();
                    let x = &mut t.w[i];
                    x.warm = true;
                    x.lo = 0;
                    x.hi = 0;
                    out.push(t, || nm("cold start, tip v0 (stale)".into()))
                }
                continue;
            }
            for o in 0..c.no {
                let Some(taken) = delivery(s.m[o], s.b_dup) else { continue };
                if w.pend[o] > 1 {
                    continue;
                }
                let mut t = s.clone();
                (t.m[o], t.b_dup) = (taken.message, taken.left);
                if !t.placed[o] {
                    t.placed[o] = true;
                    t.sfrom[o] = w.hi + if self.mu(N_SFROM) { 1 } else { 0 }
                }
                t.w[i].pend[o] += 1;
                out.push(t, || {
                    nm(format!(
                        "takes o{}{} (seriesFrom {})",
                        o + 1,
                        if taken.dup { " again" } else { "" },
                        if s.placed[o] { s.sfrom[o] } else { w.hi }
                    ))
                })
            }
            // the clerk
            let need: Vec<usize> = (0..c.no).filter(|&o| w.pend[o] > 0 && w.num[o] == 0).collect();
            if !need.is_empty() {
                let minf = need.iter().map(|&o| s.sfrom[o]).min().unwrap();
                let skip = self.mu(N_NOSEARCH) || self.mu(N_WARM);
                if w.lo > minf && !skip {
                    let mut t = s.clone();
                    let x = &mut t.w[i];
                    self.load(s, x, minf, s.n);
                    self.drop_known(s, x);
                    out.push(t, || nm(format!("loads series from {} to v{}", minf, s.n)));
                } else {
                    let mut x = w;
                    if !self.mu(N_NOSEARCH) && !self.mu(N_NODROP) {
                        self.drop_known(s, &mut x)
                    }
                    if x != w {
                        let mut t = s.clone();
                        t.w[i] = x;
                        out.push(t, || nm("finds orders in its range".into()))
                    } else {
                        let l = self.batch(&w);
                        let v = w.hi;
                        if v as usize >= NCM {
                            continue;
                        }
                        let prev = if v > 0 { s.s[v as usize - 1] } else { Cm::default() };
                        let cnt: u8 = (w.lo..w.hi).map(|j| s.s[j as usize].len()).sum();
                        let my = (s.now + 1).saturating_sub(w.skew);
                        let date = if self.mu(N_DATE) { my } else { my.max(prev.date) };
                        let newid = if self.mu(N_CID) && w.amb {
                            w.cid
                        } else if w.amb && w.last == l {
                            w.cid
                        } else {
                            w.cid + 1
                        };
                        let cm = Cm {
                            on: true,
                            l,
                            first: if self.mu(N_FIRST) {
                                cnt + 1
                            } else if v == 0 {
                                1
                            } else if self.c.yr && date != prev.date {
                                1
                            } else {
                                let skip = self.mu(N_FLOORSKIP);
                                let mut known = s.s[..v as usize].iter().rev();
                                let last = known.find(|c| !skip || c.len() > 0);
                                last.map_or(1, |c| c.first + c.len())
                            },
                            date,
                            cid: newid << 2 | w.id,
                        };
                        if s.n > v && !self.mu(N_UNCOND) {
                            let mut t = s.clone();
                            let x = &mut t.w[i];
                            x.amb = false;
                            if s.s[v as usize].cid == cm.cid && !self.mu(N_NOCID) && w.amb {
                                x.hi = v + 1;
                                let got = Cm { l: cm.l, ..s.s[v as usize] };
                                self.got(x, &got);
                                out.push(t, || {
                                    nm(format!(
                                        "append {:?} at v{} conflicts with own commitId: success",
                                        l,
                                        v + 1
                                    ))
                                })
                            } else {
                                for up in if self.mu(N_STALE) { v + 1..=s.n } else { s.n..=s.n } {
                                    let mut u = t.clone();
                                    let x = &mut u.w[i];
                                    self.load(s, x, v, up);
                                    if !self.mu(N_NODROP) {
                                        self.drop_known(s, x)
                                    }
                                    out.push(u, || {
                                        nm(format!(
                                            "append {:?} at v{} conflicts; loads to v{}",
                                            l,
                                            v + 1,
                                            up
                                        ))
                                    })
                                }
                            }
                        } else {
                            let put = |t: &mut S| {
                                t.s[v as usize] = cm;
                                if v >= s.n {
                                    if v > s.n {
                                        t.err = 1
                                    }
                                    t.n = v + 1
                                }
                                t.w[i].cid = newid;
                            };
                            let mut t = s.clone();
                            put(&mut t);
                            let x = &mut t.w[i];
                            x.amb = false;
                            x.hi = v + 1;
                            self.got(x, &cm);
                            out.push(t, || {
                                nm(format!(
                                    "append {:?} at v{} ok: #{}.. date {}",
                                    l,
                                    v + 1,
                                    cm.first,
                                    date
                                ))
                            });
                            for (k, b) in [(0, s.b_lost), (1, s.b_ghost)] {
                                if b == 0 || (k == 1 && s.gh.is_some()) {
                                    continue;
                                }
                                let mut t = s.clone();
                                if k == 0 {
                                    t.b_lost -= 1;
                                    put(&mut t)
                                } else {
                                    t.b_ghost -= 1;
                                    t.gh = Some((v, cm));
                                    t.w[i].cid = newid
                                }
                                let x = &mut t.w[i];
                                x.amb = true;
                                x.last = l;
                                if self.mu(N_OPT) {
                                    x.amb = false;
                                    x.hi = v + 1;
                                    self.got(x, &cm)
                                }
                                out.push(t, || {
                                    nm(format!(
                                        "append {:?} at v{}: {}",
                                        l,
                                        v + 1,
                                        if k == 0 {
                                            "applied, response lost"
                                        } else {
                                            "time-out (ghost)"
                                        }
                                    ))
                                })
                            }
                        }
                    }
                }
            }
            for o in 0..c.no {
                if w.pend[o] > 0 && w.num[o] > 0 {
                    // commit 2 and delete (delete is a step of its own only through crash/dup)
                    let mut t = s.clone();
                    if s.inv[o] == 0 {
                        t.inv[o] = w.num[o];
                        t.idt[o] = w.dt[o]
                    }
                    let mut u = t.clone();
                    u.m[o] = 4;
                    u.w[i].pend[o] = 0;
                    out.push(u, || nm(format!("commit 2 of o{} #{} and delete", o + 1, w.num[o])));
                    if c.crash && !w.crashed && s.inv[o] == 0 {
                        t.w[i] = Wk {
                            crashed: true,
                            skew: w.skew,
                            id: w.id,
                            cid: w.cid,
                            ..Default::default()
                        };
                        for q in 0..c.no {
                            if w.pend[q] > 0 && t.m[q] == 2 {
                                t.m[q] = 1
                            }
                        }
                        out.push(t, || nm(format!("commit 2 of o{}, crash before delete", o + 1)))
                    }
                }
            }
        }
    }
    fn check(&self, s: &S) -> Option<&'static str> {
        if s.err == 1 {
            return Some("I6 gap in the series' versions");
        }
        let mut n = 1;
        let mut seen = 0u8;
        let mut d = 0;
        let mut at = [0u8; NO];
        let mut ad = [0u8; NO];
        for j in 0..s.n as usize {
            let c = &s.s[j];
            if !c.on {
                return Some("I6 gap in the series' versions");
            }
            if self.c.yr && c.date != d {
                n = 1
            }
            if c.len() == 0 && c.first > n {
                n = c.first // a floor
            }
            if c.first != n {
                return Some("I4 commit's first number is wrong");
            }
            if c.date < d {
                return Some("I6d dates decrease");
            }
            d = c.date;
            for &x in &c.l {
                if x > 0 {
                    if seen >> x & 1 == 1 {
                        return Some("I4 order numbered twice");
                    }
                    seen |= 1 << x;
                    at[x as usize - 1] = n;
                    ad[x as usize - 1] = c.date;
                    n += 1
                }
            }
        }
        if s.inv.iter().any(|&x| x > 0 && s.lost_numbers >> x & 1 == 1) {
            return Some("I4 number given twice: a customer holds it from before the restore");
        }
        for o in 0..NO {
            if s.inv[o] > 0 && (s.inv[o] != at[o] || s.idt[o] != ad[o]) {
                return Some("I4 InvoiceIssued number is not the position");
            }
        }
        None
    }
    fn check_end(&self, s: &S) -> Option<&'static str> {
        for o in 0..self.c.no {
            if s.inv[o] == 0 && s.lost_orders >> o & 1 == 0 {
                return Some("I5 order without invoice at the end");
            }
            if s.m[o] != 4 {
                return Some("E1 message left");
            }
        }
        None
    }
}

/// The configurations in which a guard of the clerk is taken away.
pub fn related(guard: &str, config: &str) -> bool {
    match guard {
        "N_DATE" => config.starts_with("N2"),
        "N_NOFLOOR" => config.starts_with("N6"),
        "N_FLOORPUT" | "N_FLOORSKIP" => config.starts_with("N5"),
        _ => config.starts_with("N1"),
    }
}
