//! The invariants: in every state, and in every end state (nothing is left to do).

use super::Om;
use super::config::*;
use super::events::*;
use super::state::*;

impl Om {
    /// What the customer is told of: receipt, declined, cancelled, failed, credit of each refund.
    pub fn facts(&self, o: &O) -> u8 {
        let settled = [o.pay == PAID, o.pay == DECLINED, o.canc, o.pay == FAILED];
        let credits = (0..4).map(|r| o.rf[r] == 2);
        let all = settled.into_iter().chain(credits).enumerate();
        all.fold(0, |bits, (i, told)| bits | (told as u8) << i)
    }

    pub fn check_state(&self, s: &S) -> Option<&'static str> {
        match s.err {
            0 => {}
            20 => return Some("I6 gap in versions"),
            30 => return Some("I14 POST by a worker that had loaded the tombstone"),
            31 => return Some("I15 refund executed after it was answered 'rejected'"),
            32 => return Some("I12 POST without a durable intent"),
            _ => return Some("I9 message deleted before its effect is durable"),
        }
        let total = self.c.total;
        let given_back = s.refunded + s.out.iter().sum::<u8>();
        if s.charges > 1 {
            return Some("I1 charged twice");
        }
        if given_back > s.charges * total {
            return Some("I2 refunded more than captured");
        }
        let o = self.fold(s, s.n);
        if o.bad > 0 {
            return Some(ILLEGAL[o.bad as usize]);
        }
        if o.capt && (s.charges == 0 || s.mism) {
            return Some("I3 PaymentCaptured without a matching charge");
        }
        if o.canc && s.charges * total != given_back {
            return Some("I7 OrderCancelled while money is held");
        }
        if o.pay == DECLINED && s.charges > 0 {
            return Some("I7 declined order was charged");
        }
        if o.pay == FAILED && s.charges > 0 {
            return Some("I7 failed order was charged");
        }
        self.check_numbers(s, &o)
    }

    fn check_numbers(&self, s: &S, o: &O) -> Option<&'static str> {
        let ours: Vec<usize> = (0..s.sn as usize).filter(|&j| s.ser[j] == 1).collect();
        if ours.len() > 1 {
            return Some("I4 order numbered twice");
        }
        if ours.len() == 1 && (s.charges == 0 || s.mism) {
            return Some("I4 number without a matching capture");
        }
        if o.inv > 0 && (ours.len() != 1 || ours[0] + 1 != o.inv as usize) {
            return Some("I4 InvoiceIssued number is not the position in the series");
        }
        for r in 0..6 {
            let n = s.cser[..s.cn as usize].iter().filter(|&&x| x as usize == r + 1).count();
            if n > 1 {
                return Some("I4 refund numbered twice");
            }
            let executed = match r {
                4.. => s.out[r - 4] > 0 || s.fake > 0,
                _ => matches!(s.g[r + 2], G_OK | G_500A) || self.mu(M_RKEY),
            };
            if n == 1 && !executed {
                return Some("I4 credit number without a refund");
            }
        }
        None
    }

    pub fn check_final(&self, s: &S) -> Option<&'static str> {
        let o = self.fold(s, s.n);
        let total = self.c.total;
        let dlq = s.m.contains(&5) || s.letters > 0;
        let done = o.terminal(total);
        if s.m.iter().any(|&m| m != 0 && m != 4 && m != 5) {
            return Some("E1 a message is neither deleted nor dead-lettered");
        }
        if s.m[PLACE] > 0 && o.placed == 0 {
            return Some("E2 order lost");
        }
        if o.placed > 0 && !done && !dlq {
            return Some("E3 order not terminal and no message of it in the DLQ");
        }
        if s.m[PLACE] == 5 && o.placed == 1 && o.pay == OPEN {
            return Some("E3 PlaceOrder dead-lettered while the payment is open");
        }
        let in_review = o.rf.contains(&5);
        let review = o.pay == IN_REVIEW || in_review;
        let used_up = o.creq && !o.canc && o.pay == PAID && o.rf[3] > 1;
        let held = s.charges * total - s.refunded - s.out.iter().sum::<u8>();
        if s.m[CANCEL] == 4 && held != 0 && !review && !used_up && !(dlq && !done) {
            return Some("I7 cancelled order keeps money");
        }
        if used_up && o.refused[2] && o.refused[3] && s.out.iter().any(|&x| x > 0) {
            return Some("E4 the rest of a cancelled order cannot be given back");
        }
        if s.charges > 0 && !o.capt && !review {
            return Some("I13 charge without PaymentCaptured");
        }
        if s.refunded != o.ours() && !in_review && !(dlq && o.rf.contains(&1)) {
            return Some("I13 refunds of gateway and stream differ");
        }
        let missing = |k: usize| s.oseen >> k & 1 == 1 && o.adopted[k] != s.out[k];
        if !dlq && (0..2).any(missing) {
            return Some("I13 an outside refund that was seen is not recorded");
        }
        if o.terminal(total) && !dlq && self.facts(&o) & !s.publ != 0 {
            return Some("I11 settled fact never published");
        }
        if s.m[PLACE2] == 4 && o.placed == 1 || s.m[PLACE] == 4 && o.placed == 2 {
            return Some("I16 PlaceOrder with another payload acknowledged as done");
        }
        self.check_documents(s, &o)
    }

    fn check_documents(&self, s: &S, o: &O) -> Option<&'static str> {
        let numbered = s.ser[..s.sn as usize].contains(&1);
        if numbered != (o.inv > 0) {
            return Some("I5 number that ends in no InvoiceIssued");
        }
        if o.capt && o.inv == 0 && !self.mu(M_NONUM) {
            return Some("I5 captured order without invoice");
        }
        for r in 0..6 {
            let numbered = s.cser[..s.cn as usize].contains(&(r as u8 + 1));
            let (note, given) = match r {
                4.. => (o.acn[r - 4], o.adopted[r - 4] > 0),
                _ => (o.cnn[r], o.rf[r] == 2),
            };
            if numbered != (note > 0) || given != (note > 0) {
                return Some("I5 credit number and credit note differ");
            }
            if note > 0 && s.cser[note as usize - 1] as usize != r + 1 {
                return Some("I4 credit note number is not the position");
            }
        }
        None
    }

    pub fn covered(&self, s: &S, end: bool) -> u64 {
        let o = self.fold(s, s.n);
        let numbered = s.ser[..s.sn as usize].contains(&1);
        let adopted = o.adopted.iter().any(|&x| x > 0);
        let acked = s.m.contains(&4);
        let bits = [
            s.w.iter().filter(|w| w.st >= 2).count() >= 2,
            o.creq && o.capt,
            o.placed > 0 && kind(s.st[0][0]) == CREQ,
            end && o.canc && s.charges == 1,
            end && o.pay == IN_REVIEW,
            o.pay == IN_REVIEW && numbered,
            end && o.rf[3] == 2,
            o.rf[0] == 2 && o.rf[1] == 2,
            end && o.pay == FAILED,
            o.att == 2 && o.capt,
            s.m[PLACE] == 5,
            end && o.pay == DECLINED && o.canc,
            o.rf.contains(&4),
            s.ser[..s.sn as usize].contains(&2) && o.inv > 1,
            s.fl.iter().any(|f| f.on == 2),
            in_refund_review(&o),
            o.placed == 2,
            end && o.canc && s.charges == 0,
            s.mism && o.pay == IN_REVIEW,
            o.stop.contains(&1),
            o.claims.iter().any(|&x| x >= 2),
            o.pay == FAILED && o.claims[0] > 0,
            o.capt && o.claims[0] > 0,
            (0..4).any(|r| o.rf[r] == 3 && o.claims[r + 2] > 0),
            adopted,
            o.canc && adopted,
            o.stop.contains(&2),
            end && o.pay == PAID && o.stop[0] == 2,
            s.w.iter().any(|w| w.st > 0 && w.set != o.set[0]),
            s.w.iter().any(|w| w.acct == 1),
            end && o.pay == IN_REVIEW && acked,
            (0..4).any(|r| o.rf[r] == 2 && o.claims[r + 2] > 0),
        ];
        bits.iter().enumerate().fold(0, |b, (i, &x)| b | (x as u64) << i)
    }
}

fn in_refund_review(o: &O) -> bool {
    o.rf.contains(&5)
}

pub const COVER: &[&str] = &[
    "two POSTs at once",
    "capture after tombstone",
    "cancel before place",
    "cancelled with refund",
    "ends in review",
    "review while numbered",
    "second cancel refund",
    "two refunds ok",
    "ends PaymentFailed/void",
    "attempt 2 captured",
    "Place dead-lettered",
    "declined+cancelled",
    "refund rejected",
    "number > 1",
    "late execution",
    "refund review",
    "payload B won",
    "void without charge",
    "mismatch review",
    "fenced",
    "claimed twice",
    "failed by refusal",
    "captured under a claim",
    "refund failed by refusal",
    "outside refund adopted",
    "cancelled with an adoption",
    "stored failure stops",
    "captured although the 500 was stored",
    "settings differ from the intent's",
    "another account's key",
    "acknowledged in review",
    "refunded under a claim",
];
