//! The gateway: what it answers to a request, and what that does.

use super::Om;
use super::config::*;
use super::state::*;

impl Om {
    /// A request reaches the gateway: evidence of an immediate answer; None when it starts to run.
    pub fn arrive(&self, s: &mut S, k: u8) -> Option<u8> {
        let i = k as usize;
        if k < 2 && self.c.foreign && self.mu(M_KEYID) {
            return Some(E_OK); // the other deployment's stored result
        }
        let forget = (self.mu(M_KEYPERTRY) && k < 2) || (self.mu(M_RKEY) && k >= 2);
        if s.g[i] == G_RUN && !forget {
            return Some(if self.mu(M_409) { E_BAD } else { E_BACK });
        }
        if s.g[i] != G_NONE && s.kage[i] < self.c.w && !forget {
            return Some(self.replay(s, i));
        }
        if k >= 2 && self.left(s) < self.refund_amount(s, i) {
            return Some(E_REFUSED); // more than is left
        }
        s.g[i] = G_RUN;
        s.kage[i] = 0;
        None
    }

    fn replay(&self, s: &S, i: usize) -> u8 {
        match s.g[i] {
            _ if self.mu(M_BODY) => E_BAD,
            G_OK => E_OK,
            G_BAD => E_BAD,
            G_MISM if self.mu(M_MISM) => E_OK,
            G_MISM => E_MISM,
            _ if self.mu(M_500DECL) => E_BAD,
            _ => E_S500,
        }
    }

    /// Whether the gateway may refuse the content of this request now, storing nothing.
    pub fn may_refuse(&self, s: &S, k: u8) -> bool {
        let concerned = if k < 2 { self.c.refuse_pay } else { self.c.refuse_refund };
        // A twin that is being executed does not keep the gateway from refusing this one.
        let stored = s.g[k as usize] > G_RUN && s.kage[k as usize] < self.c.w;
        s.b.refuse > 0 && concerned && (!stored || self.c.refuse_known)
    }

    fn refund_amount(&self, s: &S, key: usize) -> u8 {
        self.fold(s, s.n).ra[key - 2]
    }
    /// What the gateway still holds and has not promised to a refund that is running.
    pub fn left(&self, s: &S) -> u8 {
        let running: u8 =
            (2..6).filter(|&i| s.g[i] == G_RUN).map(|i| self.refund_amount(s, i)).sum();
        let gone = s.refunded + s.out.iter().sum::<u8>() + running;
        (s.charges * self.c.total).saturating_sub(gone)
    }

    /// The ways in which the execution of a request can end.
    pub fn endings(&self, s: &S, k: u8) -> Vec<(u8, &'static str)> {
        let mut v = vec![(G_OK, "ok")];
        if k < 2 {
            if self.c.decl {
                v.push((G_BAD, "declined"))
            }
            if self.c.mism {
                v.push((G_MISM, "ok, other amount"))
            }
        } else if s.b.rdecl > 0 {
            v.push((G_BAD, "failed"))
        }
        if s.b.e500 > 0 {
            v.push((G_500N, "500, not applied"));
            v.push((G_500A, "500, applied"));
        }
        v
    }

    pub fn complete(&self, s: &mut S, k: u8, result: u8) {
        let i = k as usize;
        s.g[i] = result;
        s.vage[i] = 0;
        match result {
            G_500N | G_500A => s.b.e500 -= 1,
            G_BAD if k >= 2 => s.b.rdecl -= 1,
            _ => {}
        }
        if !matches!(result, G_OK | G_500A | G_MISM) {
            return;
        }
        if k < 2 {
            s.charges += 1;
            s.mism |= result == G_MISM;
        } else {
            s.refunded += self.refund_amount(s, i)
        }
    }

    /// What a look-up of one request by identity may answer.
    pub fn look(&self, s: &S, w: &Wk, k: u8) -> Vec<u8> {
        if w.acct == 1 {
            return vec![E_ABSENT]; // another account holds nothing of ours
        }
        let mut v = vec![];
        let found = match s.g[k as usize] {
            G_OK | G_500A => E_OK,
            G_MISM if self.mu(M_MISM) => E_OK,
            G_MISM => E_MISM,
            G_BAD => E_BAD,
            _ => E_ABSENT,
        };
        if found != E_ABSENT {
            v.push(found)
        }
        if found == E_ABSENT || s.vage[k as usize] < self.c.settle {
            v.push(E_ABSENT)
        }
        if k < 2 && self.c.foreign && self.mu(M_IDENT) && found == E_ABSENT {
            v.push(E_OK)
        }
        if s.b.look > 0 {
            v.push(E_LOOKFAIL)
        }
        v
    }
}
