import { setTimeout as sleep } from 'node:timers/promises';
import { stripeAmountStep } from '../../src/adapters/stripe/amounts.ts';
import type {
  SandboxCharge,
  SandboxDispute,
  SandboxRefund,
} from '../../src/adapters/embedded/stripe/ledger.ts';
import type { Sandbox } from './sandbox.ts';

const LOOK_EVERY_MS = 2_000;
/** Of the payments that are seen in the ledger: refunded in the dashboard, and disputed. */
const REFUNDED = 0.15;
const DISPUTED = 0.1;
/** Of those refunded, how many are refunded whole; of those disputed, how many in part. */
const WHOLE = 0.4;
const IN_PART = 0.3;
const INQUIRIES = 0.3;
const WON = 0.5;
/** Of the refunds that are made: those that come back. Of those under way: those that fail. */
const COMES_BACK = 0.06;
const PENDING_ENDS = 0.5;
const PENDING_FAILS = 0.4;
const CLOSED_WITHIN_MS = 30_000;
const TRIES_MAX = 3;

type SandboxMoves = Pick<Sandbox, 'ledger' | 'refund' | 'dispute' | 'closeDispute' | 'settle'>;

/**
 * What customers, banks and people at the gateway's dashboard do by themselves: refunds, disputes
 * and their ends, refunds that come back. `random` gives fractions in [0, 1).
 */
export const createOutsideMoves = (sandbox: SandboxMoves, random: () => number) => {
  const seen = new Set<string>();
  const done = { refunds: 0, disputes: 0, won: 0, lost: 0, warnings: 0, returned: 0, ended: 0 };
  const closesAt = new Map<string, number>();

  /** The dashboard meets the same faults, and who sees an error tries again: it may become two. */
  const makeRefund = async (charge: SandboxCharge): Promise<void> => {
    const amount = random() < WHOLE ? undefined : partOf(charge, random());
    const tried = (): Promise<boolean> => isDone(sandbox.refund(charge.payment_intent, amount));
    for (let tries = 1; tries <= TRIES_MAX; tries += 1) {
      if (!(await tried())) continue;
      done.refunds += 1;
      return;
    }
  };

  const dispute = async (charge: SandboxCharge): Promise<void> => {
    const isInquiry = random() < INQUIRIES;
    const amount = random() < IN_PART ? partOf(charge, random()) : undefined;
    const opening = { isInquiry, ...(amount === undefined ? {} : { amount }) };
    if (await isDone(sandbox.dispute(charge.payment_intent, opening))) done.disputes += 1;
  };

  const meetCharge = async (charge: SandboxCharge): Promise<void> => {
    const chance = random();
    if (chance < REFUNDED) await makeRefund(charge);
    else if (chance < REFUNDED + DISPUTED) await dispute(charge);
  };

  const meetRefund = async ({ id, status }: SandboxRefund): Promise<void> => {
    if (status === 'pending') {
      const ends = random() < PENDING_ENDS;
      if (ends && (await isDone(sandbox.settle(id, random() < PENDING_FAILS)))) done.ended += 1;
    } else if (random() < COMES_BACK && (await isDone(sandbox.settle(id, true)))) {
      done.returned += 1;
    }
  };

  /** What is disputed in part is won: after a loss the gateway refunds nothing of the rest. */
  const close = async (
    { id, payment_intent: payment, amount, status }: SandboxDispute,
    charges: ReadonlyMap<string, SandboxCharge>,
  ): Promise<void> => {
    const { captured = 0, refunded = 0 } = charges.get(payment) ?? {};
    const isWhole = amount >= captured - refunded;
    const isWon = !isWhole || random() < WON;
    if (!(await isDone(sandbox.closeDispute(id, isWon)))) return;
    done[status.startsWith('warning') ? 'warnings' : isWon ? 'won' : 'lost'] += 1;
  };

  const look = async (isLast: boolean): Promise<boolean> => {
    const { charges, refunds, disputes } = await sandbox.ledger();
    const byPayment = new Map(charges.map((charge) => [charge.payment_intent, charge]));
    if (!isLast) {
      for (const charge of charges.filter(({ status }) => status === 'succeeded')) {
        if (isNew(seen, charge.payment_intent)) await meetCharge(charge);
      }
      for (const refund of refunds.filter(({ status }) => status !== 'failed')) {
        if (isNew(seen, `${refund.id} ${refund.status}`)) await meetRefund(refund);
      }
    }
    const open = disputes.filter(({ status }) => isOpen(status));
    for (const each of open) {
      const due = closesAt.get(each.id) ?? Date.now() + random() * CLOSED_WITHIN_MS;
      closesAt.set(each.id, due);
      if (isLast || Date.now() >= due) await close(each, byPayment);
    }
    return open.length > 0;
  };

  return {
    done: (): Readonly<typeof done> => done,
    goOn: async (over: AbortSignal): Promise<void> => {
      while (!over.aborted) {
        await sleep(LOOK_EVERY_MS, undefined, { signal: over }).catch(() => {});
        await look(false);
      }
    },
    /** Ends every dispute that is open; whether there was one. */
    closeAll: (): Promise<boolean> => look(true),
  };
};

const isNew = (seen: Set<string>, name: string): boolean => {
  const before = seen.size;
  return seen.add(name).size > before;
};

/** Whether a dispute with this word of the gateway's has not ended. */
export const isOpen = (status: string): boolean =>
  status.endsWith('needs_response') || status.endsWith('under_review');

/** What the gateway refuses does not happen. */
const isDone = (asked: Promise<unknown>): Promise<boolean> =>
  asked.then(
    () => true,
    () => false,
  );

/** Some of it that the gateway can move, at least one step; `fraction` is in [0, 1). */
const partOf = ({ amount, currency }: SandboxCharge, fraction: number): number => {
  const step = stripeAmountStep(currency) ?? 1;
  return step * (1 + Math.floor((fraction * amount) / (2 * step)));
};
