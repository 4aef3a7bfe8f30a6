//! Breadth-first explicit-state search: shortest counterexamples, 128-bit fingerprints, traces by
//! replay of the ordinals of the steps.

use std::collections::HashSet;
use std::hash::{BuildHasherDefault, Hash, Hasher};

pub struct Out<S> {
    pub v: Vec<S>,
    pub lab: Option<Vec<String>>,
}
impl<S> Out<S> {
    #[inline]
    pub fn push<F: FnOnce() -> String>(&mut self, s: S, f: F) {
        self.v.push(s);
        if let Some(l) = self.lab.as_mut() {
            l.push(f())
        }
    }
}
pub trait Model {
    type S: Clone + Hash + Eq;
    fn init(&self) -> Self::S;
    fn succ(&self, s: &Self::S, out: &mut Out<Self::S>);
    fn canon(&self, s: &mut Self::S);
    fn check(&self, s: &Self::S) -> Option<&'static str>;
    fn check_end(&self, s: &Self::S) -> Option<&'static str>;
    fn cover(&self, _s: &Self::S, _end: bool) -> u64 {
        0
    }
}
#[derive(Default)]
pub struct Id(u64);
impl Hasher for Id {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, _: &[u8]) {
        unreachable!()
    }
    fn write_u128(&mut self, x: u128) {
        self.0 = x as u64
    }
}
pub struct H2 {
    a: u64,
    b: u64,
}
impl H2 {
    fn new() -> Self {
        H2 { a: 0x9E3779B97F4A7C15, b: 0xD1B54A32D192ED03 }
    }
    #[inline]
    fn mix(&mut self, x: u64) {
        let m = (self.a ^ x) as u128 * 0xA0761D6478BD642Fu128;
        self.a = ((m >> 64) as u64) ^ (m as u64) ^ x.rotate_left(32);
        let n = (self.b.wrapping_add(x) ^ 0x589965CC75374CC3) as u128 * 0x1D8E4E27C47D124Fu128;
        self.b = ((n >> 64) as u64).rotate_left(17) ^ (n as u64) ^ self.a.rotate_left(7);
    }
}
impl Hasher for H2 {
    fn finish(&self) -> u64 {
        self.a
    }
    fn write(&mut self, b: &[u8]) {
        for c in b.chunks(8) {
            let mut x = [0u8; 8];
            x[..c.len()].copy_from_slice(c);
            self.mix(u64::from_le_bytes(x));
        }
    }
    fn write_u8(&mut self, x: u8) {
        self.mix(x as u64)
    }
    fn write_u16(&mut self, x: u16) {
        self.mix(x as u64)
    }
    fn write_u32(&mut self, x: u32) {
        self.mix(x as u64)
    }
    fn write_u64(&mut self, x: u64) {
        self.mix(x)
    }
    fn write_usize(&mut self, x: usize) {
        self.mix(x as u64)
    }
}
fn fp<S: Hash>(s: &S) -> u128 {
    let mut h = H2::new();
    s.hash(&mut h);
    h.mix(0x5bd1e995);
    ((h.a as u128) << 64) | h.b as u128
}

pub struct Res {
    pub states: usize,
    pub ends: usize,
    pub depth: usize,
    pub viol: Option<(&'static str, Vec<String>)>,
    pub complete: bool,
    pub cover: u64,
    pub acyclic: Option<bool>,
    pub secs: f64,
    pub edges: usize,
}

pub fn run<M: Model>(m: &M, max: usize, edges: bool) -> Res {
    let t0 = std::time::Instant::now();
    let limit: f64 = std::env::var("SECS").ok().and_then(|x| x.parse().ok()).unwrap_or(1e9);
    let mut seen: HashSet<u128, BuildHasherDefault<Id>> = HashSet::default();
    let mut idx: std::collections::HashMap<u128, u32, BuildHasherDefault<Id>> = Default::default();
    let mut par: Vec<(u32, u16)> = vec![];
    let mut es: Vec<(u32, u32)> = vec![];
    let mut s0 = m.init();
    m.canon(&mut s0);
    let f0 = fp(&s0);
    seen.insert(f0);
    if edges {
        idx.insert(f0, 0);
    }
    par.push((u32::MAX, 0));
    let mut cur = vec![s0.clone()];
    let mut base = 0usize;
    let (mut ends, mut depth, mut cover, mut ne) = (0, 0, 0u64, 0usize);
    let mut out = Out { v: vec![], lab: None };
    let trace = |par: &Vec<(u32, u16)>, mut i: u32| {
        let mut ords = vec![];
        while i != 0 {
            let (p, o) = par[i as usize];
            ords.push(o);
            i = p;
        }
        ords.reverse();
        let mut s = s0.clone();
        let mut t = vec![];
        for o in ords {
            let mut ou = Out { v: vec![], lab: Some(vec![]) };
            m.succ(&s, &mut ou);
            t.push(ou.lab.unwrap()[o as usize].clone());
            s = ou.v[o as usize].clone();
            m.canon(&mut s);
        }
        t
    };
    let mut viol = None;
    let mut complete = true;
    if let Some(e) = m.check(&s0) {
        viol = Some((e, vec![]))
    }
    'o: while !cur.is_empty() && viol.is_none() {
        let mut next = vec![];
        let nb = par.len();
        for (i, s) in cur.iter().enumerate() {
            out.v.clear();
            m.succ(s, &mut out);
            let me = (base + i) as u32;
            ne += out.v.len();
            if out.v.is_empty() {
                ends += 1;
                cover |= m.cover(s, true);
                if let Some(e) = m.check_end(s) {
                    viol = Some((e, trace(&par, me)));
                    break 'o;
                }
            }
            for (o, mut t) in out.v.drain(..).enumerate() {
                m.canon(&mut t);
                let f = fp(&t);
                if seen.insert(f) {
                    let id = par.len() as u32;
                    par.push((me, o as u16));
                    cover |= m.cover(&t, false);
                    if edges {
                        idx.insert(f, id);
                        es.push((me, id));
                    }
                    if let Some(e) = m.check(&t) {
                        viol = Some((e, trace(&par, id)));
                        break 'o;
                    }
                    next.push(t);
                } else if edges {
                    es.push((me, idx[&f]));
                }
            }
            if par.len() > max || (i & 0xfff == 0 && t0.elapsed().as_secs_f64() > limit) {
                complete = false;
                break 'o;
            }
        }
        base = nb;
        cur = next;
        depth += 1;
    }
    let acyclic = if edges && viol.is_none() && complete {
        let n = par.len();
        let mut deg = vec![0u32; n];
        for &(_, b) in &es {
            deg[b as usize] += 1
        }
        es.sort_unstable();
        let mut st = vec![0usize; n + 1];
        for &(a, _) in &es {
            st[a as usize + 1] += 1
        }
        for i in 0..n {
            st[i + 1] += st[i]
        }
        let mut q: Vec<u32> = (0..n as u32).filter(|&i| deg[i as usize] == 0).collect();
        let mut done = 0;
        while let Some(a) = q.pop() {
            done += 1;
            for k in st[a as usize]..st[a as usize + 1] {
                let b = es[k].1 as usize;
                deg[b] -= 1;
                if deg[b] == 0 {
                    q.push(b as u32)
                }
            }
        }
        Some(done == n)
    } else {
        None
    };
    Res {
        states: par.len(),
        ends,
        depth,
        viol,
        complete,
        cover,
        acyclic,
        secs: t0.elapsed().as_secs_f64(),
        edges: ne,
    }
}
