//! The configurations: what is explored, and the small ones in which guards are taken away.

use crate::order::Cfg;
use crate::{series, ways};

const PLACE: [bool; 6] = [true, false, false, false, false, false];
const CANCEL: [bool; 6] = [true, true, false, false, false, false];
const REFUND: [bool; 6] = [true, false, true, false, false, false];
const REFUNDS: [bool; 6] = [true, false, true, true, false, false];
const CANCEL_REFUND: [bool; 6] = [true, true, true, false, false, false];
const ALL: [bool; 6] = [true, true, true, true, false, false];
const OTHER: [bool; 6] = [true, false, false, false, true, false];

fn base() -> Cfg {
    Cfg {
        nw: 2,
        msgs: PLACE,
        w: 2,
        margin: 1,
        life: 1,
        settle: 1,
        total: 2,
        amt: [1, 2],
        dup: 1,
        lost: 1,
        late: 1,
        decl: true,
        crash: true,
        ..Default::default()
    }
}

/// No fault but one crash; what a run adds is named in it.
fn calm(msgs: [bool; 6]) -> Cfg {
    Cfg { msgs, one_crash: true, dup: 0, lost: 0, late: 0, decl: false, ..base() }
}
/// With fences: a window of `w`, views of at most one tick.
fn fenced(msgs: [bool; 6], w: u8) -> Cfg {
    Cfg { w, v: 1, refuse: 2, refuse_pay: true, ..calm(msgs) }
}

pub type Named = (&'static str, Cfg);

pub fn configs() -> Vec<Named> {
    let mut all = payments();
    all.extend(refunds());
    all.extend(fences());
    all.extend(others());
    all
}

fn payments() -> Vec<Named> {
    let b = base();
    let o1 = Cfg { redrive: 1, notex: 1, e500: 1, look: 2, mism: true, ..b.clone() };
    let o1b = Cfg { ghost: 1, look: 1, fill: 1, redrive: 1, late: 0, ..b.clone() };
    let o1c = Cfg { newatt: true, notex: 1, e500: 1, w: 3, redrive: 1, ..b.clone() };
    let o2c = Cfg { dup: 1, look: 2, e500: 1, redrive: 1, mism: true, decl: true, ..calm(CANCEL) };
    let cancel = Cfg { dup: 1, decl: true, ..calm(CANCEL) };
    vec![
        ("O1 place: all outcomes, redrive", o1),
        ("O1b place: ghost, foreign entry", o1b),
        ("O1c place: new attempt, window 3", o1c),
        ("O1d place: 3 workers", Cfg { nw: 3, lost: 0, dup: 2, ..b.clone() }),
        ("O1e place: look-up dead", Cfg { look: 8, decl: false, late: 0, lost: 0, ..b.clone() }),
        ("O2 place+cancel", Cfg { msgs: CANCEL, ..b.clone() }),
        ("O2b place+cancel: ghost", Cfg { ghost: 1, ..cancel.clone() }),
        ("O2c place+cancel: look-ups fail, 500, redrive", o2c),
        ("O2d place+cancel: window 3", Cfg { late: 1, w: 3, ..cancel.clone() }),
        (
            "O2e place+cancel: new attempt",
            Cfg { late: 1, newatt: true, notex: 1, ..cancel.clone() },
        ),
        (
            "O2f place+cancel: resend after tombstone",
            Cfg { late: 1, lost: 1, dup: 0, resend_cancelled: true, ..cancel.clone() },
        ),
        ("O2g place+cancel: 3 workers", Cfg { nw: 3, ..cancel.clone() }),
        ("O2h place+cancel: ghost, lost", Cfg { lost: 1, ghost: 1, dup: 0, ..cancel }),
        ("O5 place+place'", Cfg { msgs: OTHER, ghost: 1, dup: 0, lost: 0, ..b }),
    ]
}

fn refunds() -> Vec<Named> {
    let b = base();
    let o4c = Cfg { late: 1, e500: 1, look: 1, redrive: 1, dup: 1, ..calm(REFUND) };
    let o4 = Cfg { msgs: REFUNDS, late: 0, rdecl: 1, decl: false, dup: 0, ..b };
    vec![
        ("O3 cancel+refund: one fails", Cfg { rdecl: 1, ..calm(CANCEL_REFUND) }),
        ("O3b cancel+refund: 500, look-up fails", Cfg { e500: 1, look: 1, ..calm(CANCEL_REFUND) }),
        ("O3c cancel+refund: lost", Cfg { lost: 1, ..calm(CANCEL_REFUND) }),
        ("O4 2 refunds", o4),
        ("O4b 2 refunds 1+1", Cfg { amt: [1, 1], lost: 1, rdecl: 1, ..calm(REFUNDS) }),
        ("O4c refund: late, 500, dup", o4c),
        ("O6 cancel+2 refunds, no crash", Cfg { crash: false, rdecl: 1, ..calm(ALL) }),
    ]
}

fn fences() -> Vec<Named> {
    let p4 = fenced(PLACE, 4);
    let refund = Cfg { refuse_pay: false, refuse_refund: true, ..fenced(REFUND, 4) };
    let cancel = Cfg { msgs: CANCEL, ..refund.clone() };
    vec![
        ("F0 refused, one crash", Cfg { dup: 1, lost: 1, late: 1, ..p4.clone() }),
        (
            "F4a refused, cancel, no crash",
            Cfg { late: 1, msgs: CANCEL, crash: false, ..p4.clone() },
        ),
        ("F9a refund refused, no crash", Cfg { late: 1, crash: false, ..refund.clone() }),
        (
            "F2a refused, 2 claims, no crash",
            Cfg { dup: 1, late: 1, refuse: 3, crash: false, ..fenced(PLACE, 6) },
        ),
        (
            "F3a refused, ghost, no crash",
            Cfg { dup: 1, ghost: 1, glife: 1, late: 1, crash: false, ..fenced(PLACE, 5) },
        ),
        (
            "F1 refused",
            Cfg { dup: 1, lost: 1, late: 1, decl: true, one_crash: false, ..p4.clone() },
        ),
        ("F2 refused, 2 claims", Cfg { dup: 1, lost: 1, refuse: 3, late: 1, ..fenced(PLACE, 6) }),
        (
            "F3 refused, ghosts",
            Cfg { dup: 1, ghost: 2, glife: 1, late: 1, refuse: 2, ..fenced(PLACE, 5) },
        ),
        ("F4 refused, cancel", Cfg { dup: 1, late: 1, msgs: CANCEL, ..p4.clone() }),
        (
            "F5 refused, V = 2",
            Cfg { dup: 1, lost: 1, late: 1, v: 2, stall: true, ..fenced(PLACE, 5) },
        ),
        ("F6 refused, stalls", Cfg { dup: 1, lost: 1, late: 1, stall: true, ..p4.clone() }),
        ("F7 refused, 500", Cfg { dup: 1, e500: 1, late: 1, ..fenced(PLACE, 6) }),
        ("F8 refused, 3 workers", Cfg { nw: 3, dup: 2, late: 1, ..p4.clone() }),
        ("F9 refund refused", Cfg { dup: 1, lost: 1, late: 1, ..refund }),
        ("F10 cancel's refund refused", Cfg { late: 1, lost: 1, ..cancel.clone() }),
        (
            "F12 the fence brings the close forward, refusals of known keys",
            Cfg {
                dup: 1,
                lost: 1,
                late: 1,
                refuse_known: true,
                fence_close: true,
                no_claims: true,
                w: 6,
                ..p4.clone()
            },
        ),
        (
            "F13 as F12, with claims, ghosts, 500",
            Cfg {
                dup: 1,
                e500: 1,
                ghost: 1,
                glife: 1,
                fence_close: true,
                late: 1,
                w: 7,
                ..p4.clone()
            },
        ),
        ("F11 refused, 500, look-ups fail, redrive", Cfg { look: 2, e500: 1, redrive: 1, ..p4 }),
    ]
}

fn others() -> Vec<Named> {
    let b = base();
    let sets = Cfg { sets: 2, set_h: 1, set_l: 1, w: 3, dup: 1, late: 1, ..calm(CANCEL) };
    let outside = Cfg { w: 4, v: 1, outside: 1, ..calm(CANCEL) };
    let letters = Cfg { look: 8, dup: 1, redrive: 1, ..calm(CANCEL) };
    vec![
        ("S0 settings change, place", Cfg { msgs: PLACE, lost: 1, ..sets.clone() }),
        ("S1 settings change", sets.clone()),
        ("S2 settings change, new attempt", Cfg { newatt: true, msgs: PLACE, lost: 1, ..sets }),
        (
            "S3 settings change, refused",
            Cfg { sets: 2, set_h: 1, set_l: 1, dup: 1, late: 1, ..fenced(PLACE, 6) },
        ),
        ("T1 stalls", Cfg { stall: true, v: 1, msgs: CANCEL, dup: 1, late: 1, ..calm(CANCEL) }),
        ("T2 stalls, window 3, new attempt", Cfg { stall: true, newatt: true, w: 3, ..b.clone() }),
        ("D0 outside refund, cancel, no crash", Cfg { crash: false, lost: 1, ..outside.clone() }),
        (
            "D6 outside refund, refund, comparison, no crash",
            Cfg { compare: 1, msgs: REFUND, amt: [2, 1], crash: false, lost: 1, ..outside.clone() },
        ),
        ("D1 outside refund, cancel", Cfg { late: 1, ..outside.clone() }),
        ("D2 2 outside refunds, cancel", Cfg { outside: 2, lost: 1, ..outside.clone() }),
        (
            "D3 outside refund, refund, comparison",
            Cfg { compare: 1, msgs: REFUND, ..outside.clone() },
        ),
        (
            "D4 outside refund, cancel, comparison, look-up fails",
            Cfg { compare: 1, look: 1, dup: 1, ..outside.clone() },
        ),
        ("D5 outside refund, 2 refunds", Cfg { msgs: REFUNDS, amt: [1, 1], compare: 1, ..outside }),
        ("A1 another account's key", Cfg { accts: 2, dup: 1, late: 1, ..calm(CANCEL) }),
        ("A2 another deployment's payment", Cfg { foreign: true, lost: 1, dup: 1, ..calm(CANCEL) }),
        ("A0 another account's key, no duplicate", Cfg { accts: 2, late: 1, ..calm(CANCEL) }),
        ("L0 letters: look-ups dead, no redrive", Cfg { look: 8, dup: 1, ..calm(CANCEL) }),
        ("L1 letters: look-ups dead", letters.clone()),
        (
            "L2 letters: refunds, look-ups dead",
            Cfg { msgs: REFUNDS, amt: [1, 1], ..letters.clone() },
        ),
        ("L3 letters: place, redrive", Cfg { msgs: PLACE, ..letters.clone() }),
        ("L4 letters: a refund", Cfg { msgs: REFUND, total: 1, amt: [1, 1], ..letters.clone() }),
        ("L5 letters: cancel, no redrive", Cfg { total: 1, redrive: 0, ..letters }),
    ]
}

pub fn small() -> Vec<Named> {
    let b = base();
    let all = Cfg { notex: 1, e500: 1, look: 2, mism: true, redrive: 1, ..b.clone() };
    let p4 = Cfg { dup: 1, late: 1, ..fenced(PLACE, 4) };
    let p6 = Cfg { dup: 1, late: 1, refuse: 3, ..fenced(PLACE, 6) };
    let outside = Cfg { w: 4, v: 1, outside: 1, crash: false, ..calm(CANCEL) };
    let sets = Cfg { sets: 2, set_h: 1, set_l: 1, w: 3, dup: 1, late: 1, ..calm(CANCEL) };
    vec![
        ("place", all),
        ("place, new attempt", Cfg { notex: 1, newatt: true, ..b.clone() }),
        ("place+fill", Cfg { fill: 1, ghost: 1, late: 0, ..b.clone() }),
        ("place+cancel", Cfg { msgs: CANCEL, ..b.clone() }),
        ("refunds", Cfg { dup: 1, rdecl: 1, ..calm(REFUNDS) }),
        ("refund late", Cfg { late: 1, lost: 1, dup: 1, rdecl: 1, ..calm(REFUND) }),
        ("cancel+refund", Cfg { rdecl: 1, ..calm(CANCEL_REFUND) }),
        ("place+place'", Cfg { msgs: OTHER, dup: 0, lost: 0, ..b.clone() }),
        ("place+cancel small", Cfg { dup: 1, ..calm(CANCEL) }),
        ("look-up dead", Cfg { look: 8, decl: false, late: 0, lost: 0, ..b }),
        ("settings", sets.clone()),
        ("settings, new attempt", Cfg { newatt: true, msgs: PLACE, ..sets }),
        ("settings, refused", Cfg { sets: 1, set_h: 1, set_l: 1, ..p6.clone() }),
        ("stall", Cfg { stall: true, v: 1, dup: 1, ..calm(CANCEL) }),
        ("stall, refused", Cfg { stall: true, ..p4.clone() }),
        ("refused", p4.clone()),
        ("refused, 2 claims", p6),
        ("refused, cancel", Cfg { msgs: CANCEL, ..p4.clone() }),
        ("refused, ghost", Cfg { ghost: 1, glife: 1, ..Cfg { w: 5, ..p4.clone() } }),
        (
            "refused, fence's close",
            Cfg { fence_close: true, no_claims: true, crash: false, w: 6, ..p4.clone() },
        ),
        ("refused, key known", Cfg { refuse_known: true, lost: 1, ..p4 }),
        ("outside", outside.clone()),
        ("outside, refund", Cfg { compare: 1, msgs: REFUND, amt: [2, 1], ..outside.clone() }),
        (
            "no outside refund, refund, comparison",
            Cfg { outside: 0, compare: 1, msgs: REFUND, amt: [2, 1], lost: 1, ..outside.clone() },
        ),
        ("outside, comparison", Cfg { compare: 1, lost: 1, ..outside }),
        ("accounts", Cfg { accts: 1, dup: 1, ..calm(CANCEL) }),
        ("foreign", Cfg { foreign: true, dup: 1, ..calm(CANCEL) }),
        ("letters", Cfg { look: 8, dup: 1, ..calm(CANCEL) }),
        (
            "letters, redrive",
            Cfg { look: 8, dup: 1, redrive: 1, total: 1, amt: [1, 1], ..calm(REFUND) },
        ),
        ("letters, refund", Cfg { look: 8, dup: 1, total: 1, amt: [1, 1], ..calm(REFUND) }),
    ]
}

/// The small configurations in which a guard is taken away.
pub fn related(guard: &str) -> &'static [&'static str] {
    match guard {
        "M_UNCOND" => &["place", "place+cancel"],
        "M_NONUM" | "M_DELPEND" | "M_TOMBPAY" => &["place+cancel small"],
        "M_POSTFIRST" | "M_VOIDPEND" | "M_IGNTOMB" | "M_NOTOMB0" | "M_TOMBPOST" => {
            &["place+cancel"]
        }
        "M_ABSENT" | "M_NOSETTLE" | "M_NOTEX" => &["place, new attempt", "place+cancel"],
        "M_RSUM" | "M_RREJ" | "M_CNFIRST" => &["refunds"],
        "M_RKEY" | "M_RAGE" | "M_RABSENT" => &["refund late"],
        "M_RFAIL" | "M_RDUPPEND" => &["cancel+refund"],
        "M_SERCHK" | "M_NOAUDIT" => &["look-up dead", "place"],
        "M_FPR" => &["place+place'"],
        "M_SFROMHI" | "M_NOSEARCH" => &["place", "place+fill"],
        "M_OWNSET" | "M_OWNL" => &["settings", "settings, new attempt", "settings, refused"],
        "M_NOCHECK" | "M_VIEW" => &["stall", "stall, refused"],
        "M_DROPEV" => &["place+cancel small", "refused"],
        "M_FREF" | "M_NOWAIT" | "M_NOEXCL" | "M_RETRY" => &["refused"],
        "M_OLDPROOF" | "M_LATECLAIM" => &["refused, 2 claims"],
        "M_CLAIMAGE" => &["refused", "refused, 2 claims"],
        "M_CLAIMTOMB" => &["refused, cancel"],
        "M_FENCEA" => &["refused, ghost"],
        "M_ADREC" | "M_NOCMP" => &["outside", "outside, comparison"],
        "M_ADROOM" | "M_ADOWN" => &["outside, refund", "outside, comparison"],
        "M_OLDLIST" => &["no outside refund, refund, comparison"],
        "M_IDENT" | "M_KEYID" => &["foreign"],
        "M_ACCT" | "M_ACCTPOST" => &["accounts"],
        "M_LETTER" | "M_LETTERLATE" => &["letters", "letters, refund"],
        "M_LETTERKEPT" => &["letters, redrive"],
        "M_FENCES" => &["refused, fence's close"],
        _ => &["place"],
    }
}

pub fn series() -> Vec<(&'static str, series::Cfg)> {
    let b = series::Cfg {
        nw: 2,
        no: 2,
        dup: 1,
        lost: 1,
        ghost: 1,
        crash: true,
        tmax: 1,
        ..Default::default()
    };
    let skewed = series::Cfg { skew: true, tmax: 2, ..b.clone() };
    vec![
        ("N1 2 clerks, 2 orders", b.clone()),
        ("N2 clocks skewed", skewed.clone()),
        ("N3 3 orders", series::Cfg { no: 3, ..b.clone() }),
        ("N4 numbers restart with the year, skewed", series::Cfg { yr: true, ..skewed }),
        (
            "N5 a floor and a format fact",
            series::Cfg { floor: 1, fact: 1, dup: 0, ghost: 0, ..b.clone() },
        ),
        (
            "N6 restore from a backup, then a floor",
            series::Cfg { no: 3, dup: 0, ghost: 0, lost: 0, restore: 1, ..b.clone() },
        ),
        ("N8 3 clerks", series::Cfg { nw: 3, ..b.clone() }),
    ]
}

/// Payments that exist before their order, and orders without one.
pub fn ways() -> Vec<(&'static str, ways::Cfg)> {
    let b =
        ways::Cfg { nw: 2, orders: 1, crash: true, dup: 1, lost: 1, late: 1, ..Default::default() };
    let cancel = ways::Cfg { cancel: [true, false], ..b.clone() };
    let two = ways::Cfg { orders: 2, dup: 0, ..b.clone() };
    let others = ways::Cfg { expire: 1, raise: 1, captured: 1, ..b.clone() };
    let paid = ways::Cfg { way: ways::PAID, ..b.clone() };
    vec![
        ("W1 authorised", ways::Cfg { ghost: 1, late: 2, ..b.clone() }),
        ("W2 authorised, others act", others.clone()),
        (
            "W3 authorised, captured otherwise",
            ways::Cfg { captured_other: 1, foreign: 1, refund: 1, ..b.clone() },
        ),
        ("W4 authorised, cancel", ways::Cfg { late: 2, v500: 1, ..cancel.clone() }),
        ("W5 authorised, cancel, ghost", ways::Cfg { ghost: 1, ..cancel.clone() }),
        (
            "W6 authorised, cancel, others act",
            ways::Cfg { cancel: [true, false], dup: 0, ..others },
        ),
        ("W7 two orders, one authorised payment", ways::Cfg { ghost: 1, ..two.clone() }),
        ("W8 two orders, one is cancelled", ways::Cfg { cancel: [true, false], ..two.clone() }),
        (
            "W9 more authorised than captured, cancel",
            ways::Cfg { partial: true, raise: 1, ..cancel.clone() },
        ),
        ("W10 paid", ways::Cfg { ghost: 1, refund: 1, ..paid.clone() }),
        (
            "W11 paid, two orders, cancel",
            ways::Cfg { orders: 2, cancel: [true, false], refund: 1, late: 0, ..paid },
        ),
        (
            "W13 authorised, others act, events",
            ways::Cfg { expire: 1, captured: 1, event: 2, dup: 0, ..b.clone() },
        ),
        (
            "W14 authorised, cancel, events",
            ways::Cfg { event: 1, dup: 0, expire: 1, ..cancel.clone() },
        ),
        ("W12 nothing to pay, cancel", ways::Cfg { way: ways::NONE, ghost: 1, late: 0, ..cancel }),
        (
            "W13 authorised, in review",
            ways::Cfg { down: 2, person: 2, captured: 1, dup: 0, ..b.clone() },
        ),
        (
            "W14 two orders in review, paid",
            ways::Cfg {
                down: 2,
                person: 2,
                dup: 0,
                late: 0,
                orders: 2,
                way: ways::PAID,
                ..b.clone()
            },
        ),
        (
            "W15 two orders in review, authorised",
            ways::Cfg { down: 2, person: 2, dup: 0, lost: 0, orders: 2, ..b },
        ),
    ]
}

/// Those in which a guard is taken away: small, and between them every situation.
pub fn ways_small() -> Vec<(&'static str, ways::Cfg)> {
    let b = ways::Cfg { nw: 2, orders: 1, crash: true, lost: 1, late: 1, ..Default::default() };
    let cancel = ways::Cfg { cancel: [true, false], ..b.clone() };
    vec![
        ("authorised, others act", ways::Cfg { dup: 1, raise: 1, expire: 1, ..b.clone() }),
        (
            "authorised, captured otherwise",
            ways::Cfg { captured_other: 1, foreign: 1, ..b.clone() },
        ),
        ("authorised, cancel", ways::Cfg { v500: 1, ..cancel.clone() }),
        ("authorised, given up", ways::Cfg { dup: 1, v500: 1, ..b.clone() }),
        ("two orders", ways::Cfg { orders: 2, ..b.clone() }),
        ("two orders, one cancelled", ways::Cfg { orders: 2, lost: 0, late: 0, ..cancel }),
        (
            "paid, two orders",
            ways::Cfg { way: ways::PAID, orders: 2, dup: 1, refund: 1, late: 0, ..b.clone() },
        ),
        ("authorised, in review", ways::Cfg { down: 1, person: 1, ..b.clone() }),
        (
            "paid, two orders in review",
            ways::Cfg { way: ways::PAID, orders: 2, down: 2, person: 2, lost: 0, late: 0, ..b },
        ),
    ]
}
