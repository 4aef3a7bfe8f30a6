//! Explores the order protocol of Paidonce and prints what it found; see README.md.

#[macro_use]
mod shared;

mod engine;
mod gateway;
mod link;
mod notices;
mod order;
mod runs;
mod series;
mod ways;

use engine::{Res, run};
use order::{COVER, MUTS, Om};
use std::io::Write;

fn show(name: &str, r: &Res, cover: &[&str]) {
    let verdict = match (&r.viol, r.complete) {
        (Some(_), _) => "VIOLATION",
        (None, true) => "ok, complete",
        (None, false) => "ok, CUT OFF",
    };
    let cycles = match r.acyclic {
        Some(true) => ", acyclic",
        Some(false) => ", CYCLIC",
        None => "",
    };
    println!(
        "{name:<52} {:>10} states {:>11} edges {:>6} ends depth {:>3} {:>6.1}s {verdict}{cycles}",
        r.states, r.edges, r.ends, r.depth, r.secs
    );
    if let Some((v, t)) = &r.viol {
        println!("    {v} ({} steps): {}", t.len(), t.join(" > "))
    }
    let seen = |on: u64| {
        let hit = cover.iter().enumerate().filter(move |(i, _)| r.cover >> i & 1 == on);
        hit.map(|(_, n)| *n).collect::<Vec<_>>().join(", ")
    };
    if !cover.is_empty() && r.viol.is_none() {
        println!("    seen: {}\n    not seen: {}", seen(1), seen(0))
    }
    std::io::stdout().flush().ok();
}

/// The shortest violation that a mutation finds in its configurations.
fn show_mutation(name: &str, what: &str, results: Vec<(&str, Res)>) {
    let states: usize = results.iter().map(|(_, r)| r.states).sum();
    let cut = results.iter().any(|(_, r)| !r.complete && r.viol.is_none());
    let found = results.into_iter().filter_map(|(c, r)| r.viol.map(|(v, t)| (c, v, t)));
    match found.min_by_key(|(_, _, t)| t.len()) {
        Some((c, v, t)) => {
            println!("{name} | {what} | {v} [{c}] | {} steps: {}", t.len(), t.join(" > "))
        }
        None => {
            println!("{name} | {what} | none in {states}{}", if cut { " (cut off)" } else { "" })
        }
    }
    std::io::stdout().flush().ok();
}

fn number(name: &str, otherwise: usize) -> usize {
    std::env::var(name).ok().and_then(|x| x.parse().ok()).unwrap_or(otherwise)
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (max, edges) = (number("MAX", 20_000_000), number("EDGES", 0) > 0);
    let chosen =
        |n: &str| args.len() < 2 || args[1..].iter().any(|a| n.split(' ').next() == Some(a));
    match args.first().map(|s| s.as_str()) {
        Some("run") => {
            for (n, c) in runs::configs().into_iter().filter(|(n, _)| chosen(n)) {
                show(n, &run(&Om { c }, max, edges), COVER)
            }
        }
        Some("mut") => {
            for (n, bit, what) in MUTS.iter().filter(|m| chosen(m.0)) {
                let related = runs::small().into_iter().filter(|c| runs::related(n).contains(&c.0));
                let run = |(cn, mut c): runs::Named| {
                    c.mu = *bit;
                    (cn, run(&Om { c }, max, false))
                };
                show_mutation(n, what, related.map(run).collect())
            }
        }
        // The small configurations with every guard in place: a violation here is a hole.
        Some("small") => {
            for (n, c) in runs::small().into_iter().filter(|(n, _)| chosen(n)) {
                show(n, &run(&Om { c }, max, edges), &[])
            }
        }
        Some("series") => {
            for (n, c) in runs::series().into_iter().filter(|(n, _)| chosen(n)) {
                show(n, &run(&series::Sm { c }, max, edges), &[])
            }
        }
        Some("smut") => {
            for (n, bit, what) in series::MUTS.iter().filter(|m| chosen(m.0)) {
                let related = runs::series().into_iter().filter(|c| series::related(n, c.0));
                let run = |(cn, mut c): (_, series::Cfg)| {
                    c.mu = *bit;
                    (cn, run(&series::Sm { c }, max, false))
                };
                show_mutation(n, what, related.map(run).collect())
            }
        }
        Some("ways") => {
            for (n, c) in runs::ways().into_iter().filter(|(n, _)| chosen(n)) {
                show(n, &run(&ways::Wm { c }, max, edges), ways::COVER)
            }
        }
        Some("wmut") => {
            for (n, bit, what) in ways::MUTS.iter().filter(|m| chosen(m.0)) {
                let run = |(cn, mut c): (_, ways::Cfg)| {
                    c.mu = *bit;
                    (cn, run(&ways::Wm { c }, max, false))
                };
                show_mutation(n, what, runs::ways_small().into_iter().map(run).collect())
            }
        }
        Some("gateway") => {
            for (n, c) in gateway::runs::runs().into_iter().filter(|(n, _)| chosen(n)) {
                show(n, &run(&gateway::Gm { c }, max, edges), gateway::COVER)
            }
        }
        Some("gsmall") => {
            for (n, c) in gateway::runs::small().into_iter().filter(|(n, _)| chosen(n)) {
                show(n, &run(&gateway::Gm { c }, max, edges), gateway::COVER)
            }
        }
        Some("gmut") => {
            for (n, bit, what) in gateway::MUTS.iter().filter(|m| chosen(m.0)) {
                let run = |(cn, mut c): gateway::runs::Named| {
                    c.mu = *bit;
                    (cn, run(&gateway::Gm { c }, max, false))
                };
                let all = gateway::runs::small().into_iter();
                let related = all.filter(|c| gateway::runs::related(n, c.0));
                show_mutation(n, what, related.map(run).collect())
            }
        }
        Some("link") => {
            for (n, c) in link::runs().into_iter().filter(|(n, _)| chosen(n)) {
                show(n, &run(&link::Lm { c }, max, edges), link::COVER)
            }
        }
        Some("lsmall") => {
            for (n, c) in link::small().into_iter().filter(|(n, _)| chosen(n)) {
                show(n, &run(&link::Lm { c }, max, edges), link::COVER)
            }
        }
        Some("lmut") => {
            for (n, bit, what) in link::MUTS.iter().filter(|m| chosen(m.0)) {
                let run = |(cn, mut c): link::Named| {
                    c.mu = *bit;
                    (cn, run(&link::Lm { c }, max, false))
                };
                show_mutation(n, what, link::small().into_iter().map(run).collect())
            }
        }
        Some("notif") => {
            for (nw, receipt) in [(2, true), (2, false), (3, true)] {
                for mu in [0u8, 1, 2, 4, 8, 16, 32, 64] {
                    if nw == 3 && mu > 0 {
                        continue;
                    }
                    let ghost = (nw == 2) as u8;
                    let dup = if nw == 2 { 2 } else { 1 };
                    let m = notices::Nm { receipt, mu, lost: 1, ghost, dup, crash: true, nw };
                    let kind = if receipt { "receipt" } else { "received" };
                    show(&format!("{nw} workers, {kind}, mutation {mu}"), &run(&m, max, edges), &[])
                }
            }
        }
        _ => eprintln!(
            "usage: run [names] | small [names] | mut [guards] | series [names] | smut | ways [names] | wmut [guards] | gateway [names] | gsmall | gmut [guards] | link [names] | lsmall | lmut [guards] | notif\n\
             MAX=states SECS=seconds EDGES=1 limit each run and look for cycles"
        ),
    }
}
