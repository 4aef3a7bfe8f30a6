//! The decision table of a payment that exists before its order.

use super::*;

pub enum Act {
    Append(Vec<u8>),
    Inspect,
    Claim,
    Send(u8),
    Refund,
    Number,
    Later,
    Dead,
    Delete,
}

impl Wm {
    pub(super) fn act(&self, s: &S, w: &Wk) -> Act {
        let o = &w.view;
        if w.msg >= 2 && !o.tomb && !(o.canc || o.pay == P_DECLINED) {
            let more: &[u8] = match o.pay {
                P_FAILED => &[CANCEL, CANCELLED],
                P_CAPTURED => &[CANCEL, REFUND],
                _ => &[CANCEL],
            };
            return Act::Append(more.to_vec());
        }
        if w.msg < 2 && !o.placed {
            // Nothing is payable, and nobody holds anything: no more than the cancellation is needed.
            let nothing = o.tomb && self.c.way == NONE;
            let more = if nothing { CANCELLED } else { REQUESTED };
            return Act::Append(vec![PLACED, more]);
        }
        match o.pay {
            P_OPEN => self.drive(s, w),
            P_REVIEW if o.unresolved => self.drive(s, w),
            P_REVIEW => Act::Dead,
            P_CAPTURED if o.tomb && o.rf < 2 => self.refund(w),
            _ => Act::Delete,
        }
    }

    fn refund(&self, w: &Wk) -> Act {
        match (w.view.rf, w.ev) {
            (0, _) => Act::Append(vec![REFUND]),
            (_, E_REFUNDED) => Act::Append(vec![CREDITED, CANCELLED]),
            _ => Act::Refund,
        }
    }

    fn ends(&self, w: &Wk, event: u8) -> Act {
        Act::Append(if w.view.tomb { vec![event, CANCELLED] } else { vec![event] })
    }

    fn captured(&self, w: &Wk) -> Act {
        match (w.num, w.view.tomb) {
            (false, _) => Act::Number,
            (_, false) => Act::Append(vec![CAPTURED, INVOICED]),
            _ => Act::Append(vec![CAPTURED, INVOICED, REFUND]),
        }
    }

    fn drive(&self, s: &S, w: &Wk) -> Act {
        if self.c.way == NONE || w.ev == E_MOVED || w.view.resolved {
            return self.captured(w);
        }
        if self.mu(W_NUMFIRST) && !w.num {
            return Act::Number;
        }
        if self.mu(W_CANCELS) && w.view.tomb {
            return self.ends(w, FAILED);
        }
        match w.ev {
            E_CANCELLED => return self.ends(w, DECLINED),
            E_UNKNOWN if self.mu(W_CAPTUREUNK) && w.req == Q_CAPTURE => {
                return self.ends(w, DECLINED);
            }
            E_UNKNOWN if self.mu(W_VOIDUNK) && w.req == Q_VOID => return self.ends(w, DECLINED),
            E_UNKNOWN => return Act::Later,
            // The series is searched: a number is evidence of the capture (R8).
            E_DOWN if w.closed && s.num[(w.msg % 2) as usize] > 0 => return self.captured(w),
            E_DOWN if w.view.pay == P_REVIEW => return Act::Dead,
            E_DOWN if w.closed => return Act::Append(vec![UNRESOLVED]),
            E_DOWN => return Act::Later,
            E_STATE if self.mu(W_REFUSED) => return self.ends(w, DECLINED),
            E_STATE | E_STORED => return Act::Inspect,
            _ => {}
        }
        if w.view.verified { self.verified(s, w) } else { self.verify(s, w) }
    }

    /// Before anything is sent or numbered: does it fit, is it nobody else's, is that in the log?
    fn verify(&self, s: &S, w: &Wk) -> Act {
        let Some(g) = w.seen else { return Act::Inspect };
        let order = w.msg % 2;
        if g.st == G_CANCELLED {
            return self.ends(w, DECLINED);
        }
        let another = g.by != 0 && g.by != order + 1 && !self.mu(W_META);
        let is_way = g.st == G_CAPTURED || self.c.way == AUTHORISED;
        let any = self.mu(W_AMOUNT) || self.mu(W_ANYCAPTURE) && g.st == G_CAPTURED;
        let is_amount = is_way && (self.fits(&g) || any);
        // What is ours already may have been refunded since.
        let refunded = g.refunded && !self.mu(W_REFUNDED);
        if another || !is_amount || refunded {
            return self.ends(w, FAILED);
        }
        if w.view.tomb && self.mu(W_VOIDFIRST) && g.st == G_AUTHORISED {
            return Act::Send(Q_VOID);
        }
        match w.claim {
            _ if self.mu(W_NOCLAIM) && self.mu(W_NOVERIFIED) => self.verified(s, w),
            0 if !self.mu(W_NOCLAIM) => Act::Claim,
            2 => self.ends(w, FAILED),
            _ if self.mu(W_NOVERIFIED) => self.verified(s, w),
            _ => Act::Append(vec![VERIFIED]),
        }
    }

    fn verified(&self, s: &S, w: &Wk) -> Act {
        let order = w.msg % 2;
        if self.c.way == PAID {
            return self.captured(w);
        }
        let young = s.iage[order as usize] < H;
        if w.hint && w.seen.is_none() && w.ev == E_NONE {
            return Act::Inspect;
        }
        if let Some(g) = w.seen {
            let another = g.by != 0 && g.by != order + 1 && !self.mu(W_META);
            match g.st {
                // Captured by another deployment for good: no capture of ours can ever run.
                G_CAPTURED if another => return self.ends(w, FAILED),
                G_CAPTURED if g.amount == RIGHT || self.mu(W_ANYCAPTURE) => {
                    return self.captured(w);
                }
                G_CAPTURED if w.view.pay == P_REVIEW => return Act::Dead,
                G_CAPTURED => return Act::Append(vec![REVIEW]),
                G_CANCELLED => return self.ends(w, DECLINED),
                _ => {}
            }
            let stays = self.mu(W_REVIEWSTANDS) && w.view.pay == P_REVIEW;
            let give_up = w.view.tomb || w.closed && !stays;
            if give_up && !w.voided && !self.mu(W_NOVOID) {
                return Act::Send(Q_VOID);
            }
            if w.closed {
                return self.ends(w, FAILED); // still authorised after the close: never captured
            }
            if !young || w.view.tomb {
                return Act::Later;
            }
        }
        if young && (!w.view.tomb || self.mu(W_TOMB)) {
            return Act::Send(Q_CAPTURE);
        }
        Act::Inspect
    }
}
