//! The invariants of the ways to pay.

use super::*;

impl Wm {
    pub(super) fn check_state(&self, s: &S) -> Option<&'static str> {
        match s.err {
            0 => {}
            2 => return Some("I2 a payment that was refunded pays an order"),
            20 => return Some("I20 a payment for another amount pays the order"),
            14 => return Some("I14 capture by a worker that had loaded the cancellation"),
            _ => return Some("I18 void by an order that has not claimed the payment"),
        }
        let captured = |o: &O| o.pay == P_CAPTURED;
        if self.c.way != NONE && s.o.iter().filter(|o| captured(o)).count() > 1 {
            return Some("I17 one payment pays two orders");
        }
        for (i, o) in s.o.iter().enumerate() {
            if o.bad {
                return Some("I8 illegal event");
            }
            let ours = s.g.st == G_CAPTURED && s.g.by == i as u8 + 1;
            let fits = s.g.st == G_CAPTURED && s.g.amount == RIGHT && (s.g.by == 0 || ours);
            if captured(o) && self.c.way != NONE && !fits {
                return Some("I3 recorded as captured without a matching capture");
            }
            if s.num[i] > 0 && self.c.way != NONE && !fits {
                return Some("I4 number without a matching capture");
            }
            if o.canc && ours && !s.g.refunded {
                return Some("I7 cancelled while money is held");
            }
            if (o.pay == P_DECLINED || o.pay == P_FAILED) && ours {
                return Some("I7 declined or failed, and charged");
            }
        }
        None
    }

    pub(super) fn check_final(&self, s: &S) -> Option<&'static str> {
        if s.m.iter().any(|&m| m != 0 && m != 4 && m != 5) {
            return Some("E1 a message is neither deleted nor dead-lettered");
        }
        for (i, o) in s.o.iter().enumerate().filter(|(i, _)| *i < self.c.orders) {
            let dead = s.m[i] == 5 || s.m[i + 2] == 5;
            if s.m[i] == 4 && !o.placed {
                return Some("E2 order lost");
            }
            if !o.ended() && !dead {
                return Some("E3 order not terminal and no message of it is a dead letter");
            }
            if (s.num[i] > 0) != o.inv {
                return Some("I5 number and invoice differ");
            }
            if s.m[i + 2] == 4 && o.ended() && !o.canc && o.pay != P_DECLINED {
                return Some("I9 cancellation acknowledged without effect");
            }
            let given_up = o.canc || o.pay == P_FAILED;
            let standing = s.g.st == G_AUTHORISED && s.claim == i as u8 + 1 && o.verified;
            if given_up && standing && !s.v500 {
                return Some("I19 an order that was given up leaves its authorisation standing");
            }
            let ours = s.g.st == G_CAPTURED && s.g.by == i as u8 + 1;
            if ours && o.pay != P_CAPTURED && o.pay != P_REVIEW {
                return Some("I13 captured and not recorded");
            }
        }
        None
    }

    pub(super) fn covered(&self, s: &S, end: bool) -> u64 {
        let any = |f: &dyn Fn(&O) -> bool| s.o.iter().any(f);
        let bits = [
            end && any(&|o| o.pay == P_CAPTURED && !o.tomb),
            end && s.o[0].pay == P_CAPTURED && s.o[1].pay == P_FAILED,
            end && any(&|o| o.canc && o.verified && o.pay == P_DECLINED),
            end && any(&|o| o.canc && o.rf == 2),
            end && any(&|o| o.pay == P_FAILED && !o.verified),
            end && any(&|o| o.pay == P_FAILED && o.verified),
            end && any(&|o| o.pay == P_REVIEW),
            s.fl.iter().any(|f| f.req == Q_VOID),
            s.fl.iter().any(|f| f.req == Q_CAPTURE),
            s.fl.iter().any(|f| f.req == Q_CAPTURE) && s.g.st == G_CANCELLED,
            end && any(&|o| o.absent),
            s.w.iter().filter(|w| w.st == 2).count() == 2,
            s.w.iter().any(|w| w.req == Q_CAPTURE && w.st == 2)
                && s.w.iter().any(|w| w.req == Q_VOID && w.st == 2),
            any(&|o| o.tomb && !o.placed),
            end && any(&|o| o.unresolved && o.pay == P_CAPTURED),
            end && any(&|o| o.unresolved && o.verified && o.pay == P_FAILED),
            end && any(&|o| o.resolved && o.pay == P_CAPTURED),
            end && s.o.iter().all(|o| o.unresolved) && any(&|o| o.pay == P_CAPTURED),
            end && any(&|o| o.unresolved && o.pay == P_DECLINED),
        ];
        bits.iter().enumerate().fold(0, |b, (i, &x)| b | (x as u64) << i)
    }
}

pub const COVER: &[&str] = &[
    "paid",
    "one of two orders paid",
    "voided and cancelled",
    "captured, refunded and cancelled",
    "refused before anything was sent",
    "given up after it was verified",
    "review",
    "late void",
    "late capture",
    "capture under way, authorisation gone",
    "proof by absence",
    "two requests at once",
    "capture and void at once",
    "cancelled before it came",
    "in review, and paid",
    "in review, and failed after it was verified",
    "a person said captured",
    "two orders in review, one paid",
    "in review, and released",
];
