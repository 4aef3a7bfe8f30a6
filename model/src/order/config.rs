//! What a run explores (budgets of faults, window lengths), and the mutations: one bit takes one
//! guard away.

use super::events::MESSAGES;

#[derive(Clone, Default)]
pub struct Cfg {
    /// Workers.
    pub nw: usize,
    pub msgs: [bool; MESSAGES],
    /// Ticks for which the gateway remembers a key.
    pub w: u8,
    pub margin: u8,
    /// Longest life of a request, in ticks (L), and the delay of the look-up (S).
    pub life: u8,
    pub settle: u8,
    /// Price of the order and the amounts of the two RefundPayment commands.
    pub total: u8,
    pub amt: [u8; 2],
    /// Budgets: duplicate deliveries, lost responses, appends that time out and may land later,
    /// requests that outlive their sender, redrives, answers about one request only (429),
    /// stored 500s, failing look-ups, foreign entries in the series, declined refunds.
    pub dup: u8,
    pub lost: u8,
    pub ghost: u8,
    pub late: u8,
    pub redrive: u8,
    pub notex: u8,
    pub e500: u8,
    pub look: u8,
    pub fill: u8,
    pub rdecl: u8,
    pub decl: bool,
    pub mism: bool,
    pub crash: bool,
    pub one_crash: bool,
    pub newatt: bool,
    pub resend_cancelled: bool,
    /// V: for how many ticks a loaded state may be acted on (0: for ever, no fences in the run).
    pub v: u8,
    /// A: longest life of an append that timed out (0: no bound; only without fences).
    pub glife: u8,
    /// A worker may stall between its decision to send and the socket.
    pub stall: bool,
    /// Refusals of the payment's (the refunds') content; `refuse_known`: even of a key that the
    /// gateway has a result for, which the protocol assumes not to happen.
    pub refuse: u8,
    pub refuse_pay: bool,
    pub refuse_refund: bool,
    pub refuse_known: bool,
    /// The fence brings the close forward; `no_claims`: nobody sends again after a fence.
    pub fence_close: bool,
    pub no_claims: bool,
    /// Restarts with the other settings: window shorter by `set_h`, request life longer by `set_l`.
    pub sets: u8,
    pub set_h: u8,
    pub set_l: u8,
    /// Restarts with another account's key.
    pub accts: u8,
    /// Another deployment has paid an order of the same id on the same account.
    pub foreign: bool,
    /// Refunds made by others at the gateway, and comparisons that a person asks for.
    pub outside: u8,
    pub compare: u8,
    pub mu: u128,
}

guards! {
    u128;
    M_UNCOND = 0, "append without the 'version absent' condition";
    M_POSTFIRST = 1, "POST before the intent is durable";
    M_KEYPERTRY = 2, "new idempotency key per delivery";
    M_BODY = 3, "body not frozen (parameter mismatch read as a decline)";
    M_NOAGE = 4, "no age check before POST";
    M_NOMARGIN = 5, "age check without the margin";
    M_ABSENT = 6, "look-up absence taken as proof at once";
    M_NOSETTLE = 7, "absence taken as proof from window-margin on";
    M_UNKDECL = 8, "time-out or lost response taken as decline";
    M_NOTEX = 9, "an answer about one request (429) opens a new attempt at once";
    M_409 = 10, "409 in-progress taken as a decline";
    M_VOIDPEND = 11, "cancel voids a pending payment at once";
    M_IGNTOMB = 12, "capture recorded without looking at the tombstone";
    M_NOTOMB0 = 13, "cancel before PlaceOrder is acknowledged without a tombstone";
    M_TOMBPAY = 14, "PlaceOrder after the tombstone still requests payment (expect none)";
    M_RSUM = 15, "refund limit ignores pending refunds";
    M_RFAIL = 16, "failed refund of a cancelled order is not requested again";
    M_RKEY = 17, "new refund key per delivery";
    M_RAGE = 18, "no age check before refund POST";
    M_DELFIRST = 19, "message deleted before the work";
    M_NOPUB = 20, "terminal stream: delete only, no publish on redelivery";
    M_NOSEARCH = 21, "no search of the series before the append";
    M_NONUM = 22, "no number (no invoice) for a captured order that has a tombstone";
    M_NUMFIRST = 23, "number taken before the capture is known";
    M_REVABS = 24, "evidence after PaymentReviewRequired is dropped";
    M_SERCHK = 25, "review without a search of the series";
    M_MISM = 26, "capture of another amount is invoiced";
    M_FPR = 27, "no payload fingerprint";
    M_RREJ = 28, "rejected refund is not recorded";
    M_TOMBPOST = 29, "POST although the tombstone was loaded";
    M_SFROMHI = 30, "seriesFrom above the real tip";
    M_RDUPPEND = 31, "cancel refunds captured - refunded, ignoring pending refunds";
    M_RABSENT = 32, "refund look-up absence taken as failure at once";
    M_500DECL = 33, "500 taken as a decline";
    M_CNFIRST = 34, "credit number taken before the refund is known";
    M_DELPEND = 36, "cancel message deleted once the tombstone is durable (expect none)";
    M_NOAUDIT = 38, "no audit of numbers without a document";
    M_OWNSET = 39, "age and close judged by the worker's own settings, not by the intent";
    M_OWNL = 40, "a worker whose requests live longer than the intent allows sends all the same";
    M_NOCHECK = 41, "no check of the clock where the request leaves";
    M_VIEW = 42, "the age of the view is not checked before a send (sendUntil only)";
    M_DROPEV = 43, "evidence dropped when the lease was lost (expect none: as a crash)";
    M_FREF = 44, "PaymentFailed/RefundFailed at the first refusal";
    M_NOWAIT = 45, "claim without waiting until older sends are dead";
    M_NOEXCL = 46, "no exclusive claim: whoever finds the fence old enough sends again";
    M_OLDPROOF = 47, "refusal under a claim is proof although a newer claim exists";
    M_LATECLAIM = 48, "send under a claim later than V";
    M_CLAIMTOMB = 49, "claim and send under a tombstone";
    M_FENCEA = 50, "wait after the fence without A (a fence that lands late)";
    M_RETRY = 51, "the HTTP client retries inside a send under a claim";
    M_NOSTOP = 52, "a stored failure does not stop the sends (expect none: cost)";
    M_ADREC = 53, "outside refund adopted without looking whether it is recorded";
    M_ADROOM = 54, "outside refund adopted beside a pending refund without room";
    M_ADOWN = 55, "own refund adopted as an outside one";
    M_OLDLIST = 65, "refunds listed are compared with a view that is older than the list";
    M_IDENT = 56, "look-up by order id only (another deployment's payment is found)";
    M_KEYID = 57, "key without the deployment's identity";
    M_ACCT = 58, "absence in another account's key counts";
    M_ACCTPOST = 59, "sent with another account's key";
    M_LETTER = 60, "only the worker that remembers its review dead-letters; others acknowledge";
    M_NOCMP = 61, "no comparison after a refused refund";
    M_SERFAIL = 62, "PaymentFailed by absence without a search of the series (expect none)";
    M_LETTERLATE = 35, "review appended first, letter sent afterwards";
    M_LETTERKEPT = 64, "a letter whose review lost its race counts for the next review";
    M_FENCES = 37, "the close that a fence brings forward leaves out the look-up's delay";
    M_CLAIMAGE = 63, "claims also after sendUntil";
}
