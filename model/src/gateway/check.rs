//! The invariants of what the gateway says later.

use super::*;

impl Gm {
    /// Whether the log lacks something that the gateway has come to.
    pub(super) fn behind(&self, s: &S) -> bool {
        let (o, g) = (&s.o, &s.g);
        match o.pay {
            P_OPEN | P_PENDING | P_REVIEW => g.pay == DONE || g.pay == FAILED,
            P_CAPTURED => {
                let funds = o.withdrawn != g.withdrawn || o.reinstated != g.reinstated;
                funds || o.disp != g.disp || (0..5).any(|i| self.lacks(s, i))
            }
            _ => false,
        }
    }

    fn lacks(&self, s: &S, i: usize) -> bool {
        let (log, is) = (s.o.rf[i], s.g.rf[i]);
        match log {
            F_OPEN | F_PENDING | F_REVIEW => is == DONE || is == FAILED,
            F_DONE => is == FAILED,
            // One that is not to be had here, or of which a person has still to say what it is for.
            0 => i >= 3 && is == DONE && !s.o.undecided() && s.g.am[i] <= s.o.uncredited(),
            _ => false,
        }
    }

    pub(super) fn check_state(&self, s: &S) -> Option<&'static str> {
        let (o, g) = (&s.o, &s.g);
        if o.bad {
            return Some("I8 illegal event");
        }
        if s.err == 22 {
            return Some("I22 a refund is sent by a worker that knows of the open dispute");
        }
        if o.pay == P_CAPTURED && g.pay != DONE {
            return Some("I3 recorded as captured without a capture");
        }
        if s.num[0] > 0 && g.pay != DONE {
            return Some("I4 number without a capture");
        }
        if (0..5).any(|i| s.num[1 + i] > 0 && !g.was[i]) {
            return Some("I4 number without a refund");
        }
        if (0..5).any(|i| s.closed[1 + i] && (g.rf[i] != FAILED || s.num[1 + i] > 0)) {
            return Some("I4 a closed document is numbered, or its refund has not failed");
        }
        if s.num.iter().any(|&n| n > 1) {
            return Some("I4 one document has two numbers");
        }
        if o.pay == P_ENDED && g.pay == DONE {
            return Some("I7 declined or failed, and charged");
        }
        if o.canc && g.pay == DONE {
            // A refund that comes back later is a review; what a dispute will bring back is not.
            let came_back = (0..5).any(|i| g.was[i] && g.rf[i] == FAILED);
            let lost = g.withdrawn && g.disp == LOST;
            if !came_back && !lost && g.given() < o.total {
                return Some("I7 cancelled while money is held");
            }
        }
        // What was paid out otherwise at the start has nothing to do with it.
        let back = |i: usize| matches!(o.rf[i], F_RETURNED | F_DECIDED);
        let again = o.rf[4] == F_DONE && (0..4).any(|i| back(i) && !(self.c.otherwise && i == 1));
        if again {
            return Some("I21 one refund is credited twice");
        }
        None
    }

    pub(super) fn check_final(&self, s: &S) -> Option<&'static str> {
        let (o, g) = (&s.o, &s.g);
        if s.m.iter().any(|m| !matches!(m, 0 | 4 | 5)) || s.tok != [0; 4] || s.back != [0; 4] {
            return Some("E1 a message is neither deleted nor dead-lettered");
        }
        if o.pay == 0 && !o.canc {
            return Some("E2 order lost");
        }
        let dead = s.letter || s.m.contains(&5);
        // Where nobody asks, a review waits for its person.
        let person = self.c.rounds == 0 && o.pay == P_REVIEW && dead;
        if self.behind(s) && !person {
            return Some("I24 the end depends on the events that came");
        }
        if (s.num[0] > 0) != (o.pay == P_CAPTURED) {
            return Some("I5 number and invoice differ");
        }
        if (0..5).any(|i| (s.num[1 + i] > 0) != o.credited(i)) {
            return Some("I5 number and credit note differ");
        }
        let ended = match o.pay {
            P_CAPTURED => {
                let waits = o.tomb && !o.canc && o.disp != OPEN;
                !waits && !o.any_open() && !o.due && !o.undecided()
            }
            P_ENDED => !o.tomb || o.canc,
            _ => o.canc,
        };
        if !ended && !dead {
            return Some("E3 order not terminal and no message of it is a dead letter");
        }
        // What there is nothing to credit for is a contradiction, of which a person is asked.
        let more = |i: usize| o.rf[i] == 0 && g.rf[i] == DONE && g.am[i] > o.uncredited();
        let is_asked = dead || self.c.otherwise && (3..5).any(more);
        if !is_asked && o.pay == P_CAPTURED && o.held() != g.held(o.total) {
            return Some("I23 the log holds another amount than the gateway");
        }
        None
    }

    pub(super) fn covered(&self, s: &S, end: bool) -> u64 {
        let (o, g) = (&s.o, &s.g);
        let flying = |i: u8| s.w.iter().any(|w| w.st == 2 && w.req == i);
        let bits = [
            end && o.pay == P_CAPTURED && o.disp == 0,
            o.pay == P_PENDING,
            end && o.pay == P_REVIEW,
            o.pay == P_REVIEW && g.pay == DONE,
            end && o.disp == WON && o.reinstated,
            end && o.disp == LOST && o.canc,
            end && o.disp == CLOSED,
            g.disp == OPEN && (flying(1) || flying(2) || s.fl.on && s.fl.req > 0),
            g.disp == OPEN && o.tomb && !o.canc,
            end && o.canc && o.disp == WON && o.credited(1),
            end && o.credited(3),
            end && o.credited(3) && o.credited(0),
            o.undecided() && g.rf[3] == DONE,
            end && o.rf[4] == F_NAMED,
            end && o.rf.contains(&F_DECIDED) && o.rf[4] == 0,
            o.canc && o.undecided(),
            o.rf.contains(&F_PENDING),
            end && g.held(o.total) < 0,
            s.b[B_ROUNDS] < self.c.rounds,
            o.rf[0] == F_REJECTED && o.disp == OPEN,
        ];
        bits.iter().enumerate().fold(0, |b, (i, &x)| b | (x as u64) << i)
    }
}

pub const COVER: &[&str] = &[
    "paid",
    "payment under way",
    "review after the limit",
    "captured in review",
    "won and reinstated",
    "lost and cancelled",
    "inquiry closed",
    "dispute while a refund is under way",
    "dispute during a cancellation",
    "won, then refunded",
    "outside refund credited",
    "ours and an outside refund",
    "outside refund while one is undecided",
    "refunded anew",
    "paid out otherwise",
    "returned after the cancellation",
    "refund under way",
    "given back twice",
    "a round asked",
    "refund rejected for the dispute",
];
