//! A person who decides about an order in review since looks have failed for too long.

use super::*;

#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub struct Person {
    /// 0 idle, 1 has looked, 2 has claimed what was captured, 3 has decided and sends a message.
    st: u8,
    order: u8,
    /// Of the stream when the person looked.
    ver: u8,
    captured: bool,
}

impl Wm {
    pub(super) fn people(&self, s: &S, out: &mut Out<S>) {
        let p = s.person;
        let order = p.order as usize;
        let own = p.order + 1;
        let mut t = s.clone();
        match p.st {
            0 => self.look(s, out),
            1 if p.captured && !self.mu(W_PERSONCLAIM) => {
                if s.claim == 0 {
                    t.claim = own
                }
                let ours = t.claim == own;
                t.person = if ours { Person { st: 2, ..p } } else { Person::default() };
                out.push(t, || format!("person: claim {}", if ours { "held" } else { "refused" }))
            }
            // A message of its own, in the place of the one that is settled by then.
            3 if !matches!(s.m[order], 4 | 5) => {}
            3 => {
                t.m[order] = 1;
                t.person = Person::default();
                out.push(t, || "the decision's message".into())
            }
            _ => {
                let ends = if s.o[order].tomb { [FAILED, CANCELLED, 0] } else { [FAILED, 0, 0] };
                let events = if p.captured { [RESOLVED, 0, 0] } else { ends };
                let done = self.apply(&mut t, order, p.ver, events);
                t.person = if done { Person { st: 3, ..p } } else { Person::default() };
                let what = if p.captured { "captured" } else { "not captured" };
                out.push(t, || format!("person: {what} {}", if done { "" } else { "conflicts" }))
            }
        }
    }

    /// What the gateway says contradicts a decision, or lets it be taken.
    fn look(&self, s: &S, out: &mut Out<S>) {
        if s.b_person == 0 {
            return;
        }
        for (i, o) in s.o.iter().enumerate() {
            if o.pay != P_REVIEW || !o.unresolved || o.resolved {
                continue;
            }
            let own = i as u8 + 1;
            let others_claim = s.claim != 0 && s.claim != own && !self.mu(W_PERSONCLAIM);
            let others = s.g.by != 0 && s.g.by != own;
            let stands = s.g.st == G_AUTHORISED && !self.mu(W_PERSONSTANDS);
            let is_captured = s.g.st == G_CAPTURED && s.g.amount == RIGHT && !s.g.refunded;
            let decided = |captured: bool| Person { st: 1, order: i as u8, ver: o.n, captured };
            let mut take = |captured: bool, what: &str| {
                let mut t = s.clone();
                t.b_person -= 1;
                t.person = decided(captured);
                out.push(t, || format!("person looks at order {own}: {what}"))
            };
            if is_captured && !others && !others_claim {
                take(true, "captured")
            }
            if others || others_claim || s.g.st != G_CAPTURED && !stands {
                take(false, "not captured")
            }
            // A resume alone: whatever can be looked up again goes on by itself.
            if s.m[i] == 5 {
                let mut t = s.clone();
                t.b_person -= 1;
                t.m[i] = 1;
                out.push(t, || format!("person resumes order {own}"))
            }
        }
    }
}
