//! What is explored of the gateway's events, and where each guard is taken away.

use super::*;

pub type Named = (&'static str, Cfg);

pub fn runs() -> Vec<Named> {
    let b = Cfg { nw: 2, total: 2, lose: 1, rounds: 2, ..Default::default() };
    let slow = Cfg { slow_pay: 1, ..b.clone() };
    let b = Cfg { paid: true, ..b };
    let outside = Cfg { outside: 1, ..b.clone() };
    let dispute = Cfg { dispute: 1, ..b.clone() };
    let back = Cfg { returned: 1, ..b.clone() };
    vec![
        ("V1 slow payment", Cfg { crash: true, lost: 1, ..slow.clone() }),
        ("V2 slow payment, late", Cfg { late: 1, dup: 1, forge: 1, ..slow.clone() }),
        ("V3 slow payment, cancel", Cfg { cancel: true, lost: 1, ..slow }),
        ("V4 outside refund, refund", Cfg { refund: true, lost: 1, ..outside.clone() }),
        ("V5 outside refund, late", Cfg { refund: true, late: 1, ..outside.clone() }),
        ("V6 outside refund, cancel", Cfg { cancel: true, crash: true, ..outside.clone() }),
        ("V7 slow refund", Cfg { slow_refund: 1, refund: true, crash: true, ..b.clone() }),
        ("V8 dispute, refund", Cfg { refund: true, late: 1, ..dispute.clone() }),
        ("V9 dispute, cancel", Cfg { cancel: true, ..dispute.clone() }),
        ("V10 dispute, cancel, crash", Cfg { nw: 1, cancel: true, crash: true, ..dispute.clone() }),
        ("V11 dispute, outside refund", Cfg { outside: 1, lost: 1, forge: 1, ..dispute.clone() }),
        (
            "V12 dispute, cancel, slow refund",
            Cfg { nw: 1, cancel: true, slow_refund: 1, forge: 1, ..dispute },
        ),
        ("V13 returned refund", Cfg { refund: true, crash: true, ..back.clone() }),
        ("V14 returned refund, outside", Cfg { refund: true, outside: 1, ..back.clone() }),
        ("V15 returned refund, cancel", Cfg { cancel: true, ..back }),
        ("V16 everything, alone", everything()),
    ]
}

fn everything() -> Cfg {
    Cfg {
        nw: 1,
        total: 2,
        paid: true,
        cancel: true,
        refund: true,
        outside: 1,
        dispute: 1,
        returned: 1,
        lose: 1,
        rounds: 2,
        ..Default::default()
    }
}

/// Those in which a guard is taken away: small, and between them every situation.
pub fn small() -> Vec<Named> {
    let b = Cfg { nw: 2, total: 2, lose: 1, forge: 1, rounds: 2, ..Default::default() };
    let paid = Cfg { paid: true, ..b.clone() };
    let few = Cfg { forge: 0, ..paid.clone() };
    vec![
        ("slow payment", Cfg { slow_pay: 1, lost: 1, late: 1, ..b.clone() }),
        ("slow payment, nobody asks", Cfg { slow_pay: 1, rounds: 0, ..b.clone() }),
        ("charge, late", Cfg { lost: 1, late: 1, ..b.clone() }),
        ("outside refund", Cfg { outside: 1, refund: true, crash: true, ..paid.clone() }),
        ("slow refund", Cfg { slow_refund: 1, refund: true, ..paid.clone() }),
        ("dispute, cancel, alone", Cfg { nw: 1, dispute: 1, cancel: true, ..paid.clone() }),
        ("dispute, refund", Cfg { dispute: 1, refund: true, ..few.clone() }),
        ("dispute, cancel", Cfg { dispute: 1, cancel: true, ..few.clone() }),
        ("returned refund", Cfg { returned: 1, outside: 1, refund: true, lose: 0, ..few.clone() }),
        (
            "returned refund, alone",
            Cfg { nw: 1, returned: 1, outside: 1, refund: true, crash: true, ..few.clone() },
        ),
        ("returned refund, cancel", Cfg { returned: 1, cancel: true, refund: true, ..few.clone() }),
        (
            "returned refund of others, cancel",
            Cfg { nw: 1, returned: 1, outside: 1, cancel: true, crash: true, ..few.clone() },
        ),
        (
            "returned refund of others, rest",
            Cfg {
                nw: 1,
                returned: 1,
                outside: 1,
                refund: true,
                rest: true,
                crash: true,
                ..few.clone()
            },
        ),
        (
            "returned refund of others, again",
            Cfg { nw: 1, returned: 1, outside: 2, rest: true, crash: true, ..few.clone() },
        ),
        (
            "two for one place",
            Cfg { otherwise: true, outside: 2, slow_outside: 1, crash: true, ..few.clone() },
        ),
        (
            "two for one place, returned",
            Cfg {
                nw: 1,
                otherwise: true,
                returned: 1,
                outside: 2,
                slow_outside: 1,
                refund: true,
                cancel: true,
                crash: true,
                ..few.clone()
            },
        ),
        (
            "found, and undecided",
            Cfg {
                nw: 1,
                total: 3,
                returned: 1,
                outside: 1,
                refund: true,
                cancel: true,
                crash: true,
                ..few.clone()
            },
        ),
        (
            "an older list",
            Cfg {
                due: true,
                returned: 1,
                outside: 1,
                refund: true,
                rest: true,
                crash: true,
                lose: 0,
                ..few
            },
        ),
    ]
}

/// The small configurations in which the absence of a guard can show.
pub fn related(guard: &str, run: &str) -> bool {
    match guard {
        "V_BELIEVE" | "V_ABSENT" => run == "charge, late" || run == "slow payment",
        "V_STALE" => run == "dispute, refund" || run == "outside refund",
        "V_RECORDED" | "V_OWN" | "V_DUE" => run == "outside refund",
        "V_DISPUTESEND" => run == "dispute, refund",
        "V_DISPUTEEND" | "V_WON" | "V_LOST" | "V_DISPUTEASK" | "V_LETGO" => {
            run.starts_with("dispute, cancel")
        }
        "V_CANCELDUE" => run == "returned refund of others, cancel",
        "V_NAMED" | "V_TURN" | "V_UNFOUND" => {
            let others = run == "returned refund of others, again" || run == "two for one place";
            others || run == "an older list" || run == "found, and undecided"
        },
        "V_REFUNDDUE" => run == "returned refund of others, rest",
        "V_RETURN" | "V_AGAIN" | "V_FREE" | "V_RESOLVED" | "V_SEARCH" | "V_CLOSE" | "V_CLOSED" => {
            run.starts_with("returned")
        }
        "V_PENDINGPAID" | "V_PENDINGFAIL" | "V_LIMIT" => run == "slow payment",
        "V_HOLD" => run == "slow payment, nobody asks",
        "V_PENDINGBACK" => run == "slow refund",
        "V_KNOWN" | "V_ROUND" => run == "outside refund" || run == "dispute, refund",
        _ => run == "charge, late" || run == "outside refund",
    }
}
