//! The decision tables: pure in (folded state, message, evidence, ages). Several actions where the
//! protocol leaves a choice.

use super::Om;
use super::config::*;
use super::events::*;
use super::state::*;

#[derive(Debug)]
pub enum Act {
    Append(Commit),
    Post(u8),
    Look(u8),
    LookAll,
    Number(bool, u8),
    SearchSeries,
    Reload,
    ReviewSeen(u8),
    Publish,
    Delete,
    Later,
    SendLetter,
    DeadLetter,
}
use Act::*;

fn append(v: &[u16]) -> Vec<Act> {
    vec![Append(mk(v))]
}

impl Om {
    /// Ticks during which requests may be sent, longest life of one, and the close, by settings.
    pub fn h(&self, set: u8) -> u8 {
        self.c.w - self.c.margin - if set == 1 { self.c.set_h } else { 0 }
    }
    pub fn life(&self, set: u8) -> u8 {
        self.c.life + if set == 1 { self.c.set_l } else { 0 }
    }
    pub fn close(&self, set: u8) -> u8 {
        self.h(set) + self.life(set) + self.c.settle - 1
    }
    /// When the absence of a request counts for this worker.
    pub fn closed(&self, s: &S, w: &Wk, o: &O, k: usize) -> bool {
        let close = self.close(if self.mu(M_OWNSET) { w.set } else { o.set[k] });
        s.iage[k] >= close || self.fence_closed(s, o, k)
    }
    /// A fence brings the close forward: nobody sends, and what was sent is dead and visible.
    fn fence_closed(&self, s: &S, o: &O, k: usize) -> bool {
        let delay = if self.mu(M_FENCES) { 0 } else { self.c.settle };
        let fence = s.sage[k] >= self.wait(o, k, true) + delay;
        let claim = o.claims[k] == 0 || s.cage[k] >= self.wait(o, k, false) + delay;
        self.c.fence_close && o.stop[k] > 0 && fence && claim
    }
    /// How long after a fence (a claim) every send that was decided without it is dead.
    pub fn wait(&self, o: &O, k: usize, fence: bool) -> u8 {
        let landing = if fence && !self.mu(M_FENCEA) { self.c.glife } else { 0 };
        let life = if self.mu(M_OWNSET) { self.c.life } else { self.life(o.set[k]) };
        self.c.v + life + landing
    }

    /// Whether the clock, the settings and the account allow a request to leave now.
    fn in_time(&self, s: &S, w: &Wk, o: &O, k: usize) -> bool {
        let own = self.h(w.set);
        let limit = if self.mu(M_OWNSET) { own } else { own.min(self.h(o.set[k])) };
        let limit = if self.mu(M_NOMARGIN) && k < 2 { self.c.w } else { limit };
        let lives = self.life(w.set) <= self.life(o.set[k]) || self.mu(M_OWNL) || self.mu(M_OWNSET);
        let unchecked = self.mu(if k < 2 { M_NOAGE } else { M_RAGE });
        let late_claim = o.stop[k] > 0 && self.mu(M_CLAIMAGE);
        (s.iage[k] < limit || unchecked || late_claim)
            && lives
            && (w.acct == 0 || self.mu(M_ACCTPOST))
    }
    fn view_fresh(&self, w: &Wk) -> bool {
        self.c.v == 0 || w.vw < self.c.v || self.mu(M_VIEW)
    }
    fn holds_claim(&self, w: &Wk, o: &O, k: usize) -> bool {
        let young = w.cla < self.c.v || self.mu(M_LATECLAIM);
        w.cl > 0 && w.clk as usize == k && w.cl == o.claims[k] && young
    }
    /// The check where the request leaves.
    pub fn may_leave(&self, s: &S, w: &Wk, o: &O, k: usize) -> bool {
        let permit = match o.stop[k] {
            0 => self.view_fresh(w),
            _ => self.holds_claim(w, o, k) || self.mu(M_NOEXCL),
        };
        self.mu(M_NOCHECK) || self.in_time(s, w, o, k) && permit
    }

    /// The next refund that the cancellation asks for.
    fn cancel_refund(&self, w: &Wk, o: &O) -> Option<u16> {
        let pending = if self.mu(M_RDUPPEND) { 0 } else { o.pending() };
        let rest = self.c.total.saturating_sub(o.refunded() + pending);
        let r = (2..4u8).find(|&r| o.rf[r as usize] == 0)?;
        if rest == 0 { None } else { Some(self.refund_intent(w, r, rest)) }
    }
    fn refund_intent(&self, w: &Wk, r: u8, amount: u8) -> u16 {
        e(RREQ, w.set << 4 | r << 2 | amount)
    }

    pub fn act(&self, s: &S, w: &Wk) -> Vec<Act> {
        let o = self.fold(s, w.loaded);
        if w.acct == 1 && !self.mu(M_ACCT) && !self.mu(M_ACCTPOST) {
            return vec![Later];
        }
        if self.mu(M_DELFIRST) && s.m[w.msg as usize] != 4 {
            return vec![Delete];
        }
        if let Some(acts) = self.record(s, w, &o) {
            return acts;
        }
        if o.pay == OPEN || o.pay == IN_REVIEW {
            return self.drive_payment(s, w, &o);
        }
        if o.pay == PAID
            && let Some(acts) = self.drive_refunds(s, w, &o)
        {
            return acts;
        }
        self.settle(w)
    }

    fn settle(&self, w: &Wk) -> Vec<Act> {
        if !w.pubd && !(self.mu(M_NOPUB) && w.ev == E_NONE) { vec![Publish] } else { vec![Delete] }
    }

    /// Row 1: the message's own command is recorded.
    fn record(&self, s: &S, w: &Wk, o: &O) -> Option<Vec<Act>> {
        match w.msg as usize {
            m @ (PLACE | PLACE2) => self.record_place(s, w, o, if m == PLACE { 1 } else { 2 }),
            CANCEL => self.record_cancel(w, o),
            m @ (R1 | R2) => self.record_refund(s, w, o, m - R1),
            _ => None,
        }
    }

    fn record_place(&self, s: &S, w: &Wk, o: &O, payload: u8) -> Option<Vec<Act>> {
        if o.placed == 0 {
            if o.creq && !self.mu(M_TOMBPAY) {
                return Some(append(&[e(PLACED, payload), e(OCANC, 0)]));
            }
            if self.mu(M_POSTFIRST) && w.ev != E_OK {
                let declined = [e(PLACED, payload), e(PREQ, 0), e(DECL, 0)];
                return Some(if w.ev == E_BAD { append(&declined) } else { vec![Post(0)] });
            }
            let from = if self.mu(M_SFROMHI) { s.sn + 1 } else { s.sn };
            let intent = |f| Append(mk(&[e(PLACED, payload), e(PREQ, w.set << 4 | f)]));
            return Some((0..=from.min(3)).map(intent).collect());
        }
        if o.placed != payload && !self.mu(M_FPR) { Some(vec![DeadLetter]) } else { None }
    }

    fn record_cancel(&self, w: &Wk, o: &O) -> Option<Vec<Act>> {
        if o.creq || o.canc || o.pay == DECLINED {
            let early = self.mu(M_DELPEND) && o.pay == OPEN;
            return if early { Some(vec![Delete]) } else { None };
        }
        if o.placed == 0 {
            let forgets = self.mu(M_NOTOMB0);
            return Some(if forgets { vec![Delete] } else { append(&[e(CREQ, 0)]) });
        }
        Some(match o.pay {
            OPEN if self.mu(M_VOIDPEND) => append(&[e(CREQ, 0), e(PFAIL, 0), e(OCANC, 0)]),
            OPEN | IN_REVIEW => append(&[e(CREQ, 0)]),
            FAILED => append(&[e(CREQ, 0), e(OCANC, 0)]),
            _ => {
                let mut v = vec![e(CREQ, 0)];
                // What others have refunded is looked at before the rest is asked for.
                match self.cancel_refund(w, o) {
                    Some(r) if !o.due => v.push(r),
                    None if o.refunded() == self.c.total => v.push(e(OCANC, 0)),
                    _ => {}
                }
                append(&v)
            }
        })
    }

    fn record_refund(&self, s: &S, w: &Wk, o: &O, r: usize) -> Option<Vec<Act>> {
        if o.rf[r] != 0 {
            return None;
        }
        Some(match o.pay {
            _ if o.canc => vec![Delete],
            DECLINED | FAILED => vec![Delete],
            PAID => {
                let pending = if self.mu(M_RSUM) { 0 } else { o.pending() };
                let over = o.creq || o.refunded() + pending + self.c.amt[r] > self.c.total;
                match over {
                    true if self.mu(M_RREJ) => vec![Delete],
                    true => append(&[e(RREJ, r as u8)]),
                    false => append(&[self.refund_intent(w, r as u8, self.c.amt[r])]),
                }
            }
            IN_REVIEW => vec![DeadLetter],
            _ if s.waited[r] => vec![DeadLetter],
            _ => vec![Later],
        })
    }

    /// Row 2: the payment. Evidence first, then what may be sent, then the look-up.
    fn drive_payment(&self, s: &S, w: &Wk, o: &O) -> Vec<Act> {
        let k = o.att - 1;
        let ev = if w.evk == k { w.ev } else { E_NONE };
        if o.pay == IN_REVIEW && self.mu(M_REVABS) {
            return vec![DeadLetter];
        }
        if self.mu(M_NUMFIRST) && w.num == 0 && o.pay == OPEN {
            return vec![Number(false, 0)];
        }
        if let Some(acts) = self.payment_evidence(w, o, k, ev) {
            return acts;
        }
        if ev == E_UNK || ev == E_REFUSED && !o.creq {
            return vec![Later];
        }
        if o.pay == OPEN {
            let tombstone = o.creq && !self.mu(M_TOMBPOST) && !self.c.resend_cancelled;
            if let Some(acts) = self.send(s, w, o, k as usize, tombstone) {
                return acts;
            }
        }
        vec![Look(k)]
    }

    fn payment_evidence(&self, w: &Wk, o: &O, k: u8, ev: u8) -> Option<Vec<Act>> {
        let ends = |v: &mut Vec<u16>| {
            if o.creq {
                v.push(e(OCANC, 0))
            }
        };
        let review = |why: u8| self.review(w, e(REVIEW, w.msg << 2 | why));
        let full = self.refund_intent(w, 2, self.c.total);
        Some(match ev {
            E_OK if o.creq && self.mu(M_NONUM) => append(&[e(CAPT, 0), full]),
            E_OK if w.num == 0 => vec![Number(false, 0)],
            E_OK => {
                let mut v = vec![e(CAPT, 0), e(INV, w.num)];
                if o.creq && !self.mu(M_IGNTOMB) {
                    v.push(full)
                }
                append(&v)
            }
            E_MISM if o.pay == IN_REVIEW => self.stay_in_review(w, o.letter),
            E_MISM => review(1),
            E_BAD => {
                let mut v = vec![e(DECL, 0)];
                ends(&mut v);
                append(&v)
            }
            E_NOTEX => append(&[e(PFAIL, 0), e(PREQ, 1 << 2)]), // only by mutation
            E_UNK if self.mu(M_UNKDECL) => append(&[e(DECL, 0)]),
            E_ABSENT if !w.serchk && !self.mu(M_SERFAIL) => vec![SearchSeries],
            E_ABSENT => {
                let mut v = vec![e(PFAIL, 0)];
                if self.c.newatt && o.att == 1 && !o.creq {
                    v.push(e(PREQ, w.set << 4 | 1 << 2))
                }
                ends(&mut v);
                append(&v)
            }
            E_LOOKFAIL if !w.serchk && !self.mu(M_SERCHK) => vec![SearchSeries],
            E_LOOKFAIL if o.pay == IN_REVIEW => self.stay_in_review(w, o.letter),
            E_LOOKFAIL => review(0),
            E_REFUSED if o.pay == OPEN && self.proves_refusal(w, o, k) => {
                let mut v = vec![e(PFAIL, 1)];
                ends(&mut v);
                append(&v)
            }
            _ if o.pay == OPEN => return self.stop_sending(o, k, ev, o.creq),
            _ => return None,
        })
    }

    /// A refusal is proof about the key when its request was sent under the latest claim.
    fn proves_refusal(&self, w: &Wk, o: &O, k: u8) -> bool {
        let latest = w.evc == o.claims[k as usize] || self.mu(M_OLDPROOF) || self.mu(M_NOEXCL);
        o.stop[k as usize] == 1 && w.evc > 0 && latest || self.mu(M_FREF)
    }

    fn stop_sending(&self, o: &O, k: u8, ev: u8, tombstone: bool) -> Option<Vec<Act>> {
        let stop = o.stop[k as usize];
        match ev {
            E_REFUSED if stop == 0 && !tombstone => Some(append(&[e(STOP, k << 1)])),
            E_S500 if self.mu(M_NOSTOP) => Some(vec![Later]),
            E_S500 if stop < 2 => Some(append(&[e(STOP, k << 1 | 1)])),
            _ => None,
        }
    }

    /// A send, or a claim to one. None: it is the look-up's turn.
    fn send(&self, s: &S, w: &Wk, o: &O, k: usize, tomb: bool) -> Option<Vec<Act>> {
        if !self.in_time(s, w, o, k) {
            return None;
        }
        match o.stop[k] {
            0 if tomb => None,
            0 if self.view_fresh(w) => Some(vec![Post(k as u8)]),
            0 => Some(vec![Reload]),
            1 if self.c.no_claims => None,
            1 if tomb && !self.mu(M_CLAIMTOMB) => None,
            1 if self.mu(M_NOEXCL) => {
                let dead = s.sage[k] >= self.wait(o, k, true);
                if dead { Some(vec![Post(k as u8)]) } else { None }
            }
            1 if self.holds_claim(w, o, k) => Some(vec![Post(k as u8)]),
            1 => {
                let fence = s.sage[k] >= self.wait(o, k, true);
                let claim = o.claims[k] == 0 || s.cage[k] >= self.wait(o, k, false);
                let dead = fence && claim || self.mu(M_NOWAIT);
                if dead { Some(append(&[e(CLAIM, k as u8)])) } else { None }
            }
            _ => None,
        }
    }

    /// The letter is sent before the review that names it is appended.
    fn review(&self, w: &Wk, event: u16) -> Vec<Act> {
        let first = !w.lettered && !self.mu(M_LETTERLATE) && !self.mu(M_LETTER);
        if first { vec![SendLetter] } else { append(&[event]) }
    }

    /// One dead letter per order in review: that of the message which the review names.
    fn stay_in_review(&self, w: &Wk, letter: u8) -> Vec<Act> {
        let own = if self.mu(M_LETTER) { w.mine } else { letter == w.msg };
        if own { vec![DeadLetter] } else { self.settle(w) }
    }

    /// Row 3: refunds of others, the cancellation's refund, pending refunds, refunds in review.
    fn drive_refunds(&self, s: &S, w: &Wk, o: &O) -> Option<Vec<Act>> {
        if o.due
            && let Some(acts) = self.compare(s, w, o)
        {
            return Some(acts);
        }
        let cancels = o.creq && !self.mu(M_RFAIL) && !self.mu(M_IGNTOMB);
        if cancels
            && !o.due
            && let Some(x) = self.cancel_refund(w, o)
        {
            return Some(append(&[x]));
        }
        if let Some(r) = (0..4).find(|&r| o.rf[r] == 1) {
            return Some(self.drive_refund(s, w, o, r));
        }
        if let Some(r) = (0..4).find(|&r| o.rf[r] == 5 && w.rdone >> r & 1 == 0) {
            return Some(self.drive_refund(s, w, o, r));
        }
        if o.due {
            return Some(vec![DeadLetter]); // an outside refund that will never fit
        }
        let mine = |r: usize| if self.mu(M_LETTER) { w.mine } else { o.rletter[r] == w.msg };
        if (0..4).any(|r| o.rf[r] == 5 && mine(r)) {
            return Some(vec![DeadLetter]);
        }
        let reviewed = (0..4).any(|r| o.rf[r] == 5);
        if cancels && o.refunded() != self.c.total && !reviewed {
            return Some(vec![DeadLetter]); // the cancellation's refunds are used up
        }
        None
    }

    /// Adopts what others refunded. None: some wait until pending refunds have ended.
    fn compare(&self, s: &S, w: &Wk, o: &O) -> Option<Vec<Act>> {
        if !w.looked {
            return Some(vec![LookAll]);
        }
        let recorded = |k: u8| o.adopted[k as usize] > 0 && !self.mu(M_ADREC);
        let open: Vec<u8> = (0..2u8).filter(|&k| w.seen >> k & 1 == 1 && !recorded(k)).collect();
        let pending = if self.mu(M_ADROOM) { 0 } else { o.pending() };
        let room = self.c.total.saturating_sub(o.refunded() + pending);
        let fits = |k: &&u8| self.outside(s, **k) <= room || self.mu(M_ADREC);
        let Some(&k) = open.iter().find(fits) else {
            return if open.is_empty() { Some(append(&[e(CMPD, 0)])) } else { None };
        };
        if w.evk != 8 + k || w.num == 0 {
            return Some(vec![Number(true, 4 + k)]);
        }
        let amount = self.outside(s, k);
        let mut v = vec![e(ADOPT, k << 2 | amount), e(ACN, k << 3 | (w.num - 1))];
        if o.creq && !o.canc && o.refunded() + amount == self.c.total {
            v.push(e(OCANC, 0))
        }
        Some(append(&v))
    }
    pub fn outside(&self, s: &S, k: u8) -> u8 {
        if k == 1 && s.fake > 0 { s.fake } else { s.out[k as usize] }
    }

    fn drive_refund(&self, s: &S, w: &Wk, o: &O, r: usize) -> Vec<Act> {
        let k = r as u8 + 2;
        let ev = if w.evk == k { w.ev } else { E_NONE };
        if self.mu(M_CNFIRST) && w.num == 0 && o.rf[r] == 1 {
            return vec![Number(true, r as u8)];
        }
        match ev {
            E_OK if w.num == 0 => return vec![Number(true, r as u8)],
            E_OK => {
                let mut v = vec![e(RSUC, r as u8), e(CN, (r as u8) << 3 | (w.num - 1))];
                if o.creq && o.refunded() + o.ra[r] == self.c.total {
                    v.push(e(OCANC, 0))
                }
                return append(&v);
            }
            E_BAD => return append(&[e(RFAIL, (r as u8) << 1)]),
            E_UNK if self.mu(M_UNKDECL) => return append(&[e(RFAIL, (r as u8) << 1)]),
            E_ABSENT | E_LOOKFAIL if !w.serchk && !self.mu(M_SERCHK) => return vec![SearchSeries],
            E_ABSENT => return append(&[e(RFAIL, (r as u8) << 1)]),
            E_LOOKFAIL if o.rf[r] == 5 => return vec![ReviewSeen(r as u8)],
            E_LOOKFAIL => return self.review(w, e(RREV, w.msg << 2 | r as u8)),
            E_REFUSED if o.rf[r] == 1 && self.proves_refusal(w, o, k) => {
                return append(&[e(RFAIL, (r as u8) << 1 | 1)]);
            }
            _ => {}
        }
        if o.rf[r] == 1
            && let Some(acts) = self.stop_sending(o, k, ev, false)
        {
            return acts;
        }
        if ev == E_UNK || ev == E_REFUSED {
            return vec![Later];
        }
        if o.rf[r] == 1
            && let Some(acts) = self.send(s, w, o, k as usize, false)
        {
            return acts;
        }
        vec![Look(k)]
    }
}
