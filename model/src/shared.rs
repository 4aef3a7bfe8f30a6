//! What the models share: guards by name, the deliveries of a message, workers and their names.

/// The guards by name: each a bit that takes it away, and what is then missing.
macro_rules! guards {
    ($bits:ty; $($n:ident = $i:expr, $d:expr;)*) => {
        $(pub const $n: $bits = 1 << $i;)*
        pub const MUTS: &[(&str, $bits, &str)] = &[$((stringify!($n), 1 << $i, $d)),*];
    };
}

/// A delivery, and what it leaves behind: the message's state and the budget of duplicates.
pub struct Delivery {
    pub dup: bool,
    pub message: u8,
    pub left: u8,
}

/// Takes a message that is visible (1); while the budget lasts also a copy of one that is with a
/// worker (2) or deleted (4).
pub fn delivery(message: u8, budget: u8) -> Option<Delivery> {
    match message {
        1 => Some(Delivery { dup: false, message: 2, left: budget }),
        2 | 4 if budget > 0 => Some(Delivery { dup: true, message, left: budget - 1 }),
        _ => None,
    }
}

/// The workers that are not like the one before them: of sorted workers, one of each kind.
pub fn distinct<W: PartialEq>(workers: &[W]) -> impl Iterator<Item = usize> + '_ {
    (0..workers.len()).filter(|&i| i == 0 || workers[i - 1] != workers[i])
}

/// A step of a worker, as the trace names it.
pub fn of_worker(i: usize, what: &str) -> String {
    format!("W{}:{what}", (b'a' + i as u8) as char)
}
