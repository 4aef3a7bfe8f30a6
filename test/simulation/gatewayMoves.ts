import type {
  LedgerDispute,
  LedgerPayment,
  LedgerRefund,
} from '../../src/application/ports/gatewayLedger.ts';
import type { Move } from '../support/movingGateway.ts';
import type { World } from './world.ts';

/** One payment, with everything at the gateway that is of it. */
export type PaymentThere = LedgerPayment & {
  readonly refunds: readonly LedgerRefund[];
  readonly dispute: LedgerDispute | undefined;
};

export const paymentsThere = async ({ gateway }: World): Promise<readonly PaymentThere[]> => {
  const payments: LedgerPayment[] = [];
  const refunds: LedgerRefund[] = [];
  const disputes: LedgerDispute[] = [];
  for await (const page of gateway.list()) {
    for (const entry of page._unsafeUnwrap()) {
      if (entry.kind === 'payment') payments.push(entry);
      if (entry.kind === 'refund') refunds.push(entry);
      if (entry.kind === 'dispute') disputes.push(entry);
    }
  }
  return payments.map((payment) => {
    const isOfIt = (entry: LedgerRefund | LedgerDispute): boolean =>
      entry.paymentReference === payment.reference;
    return { ...payment, refunds: refunds.filter(isOfIt), dispute: disputes.find(isOfIt) };
  });
};

/** What the gateway holds of a payment, in minor units. */
export const heldOf = ({ amountMinor, refunds, dispute }: PaymentThere): number => {
  const back = refunds.reduce((sum, refund) => sum + refund.amountMinor, 0);
  const { withdrawnMinor = 0, reinstatedMinor = 0 } = dispute ?? {};
  return amountMinor - back - withdrawnMinor + reinstatedMinor;
};

const OUTSIDE_MINOR = 700;
/** How many turns of others a bank waits for at most, until there is something to be returned. */
const WAITS_MAX = 100;

/**
 * The gateway, the customer's bank, or somebody in the dashboard does it to one of the payments; to
 * none where it cannot be.
 */
export const make = async (world: World, what: Move, pick: number): Promise<void> => {
  const { gateway } = world;
  if (what === 'come back') await untilRefunded(world);
  const all = await paymentsThere(world);
  if (what === 'settle') {
    for (const { reference } of all) gateway.settle(reference);
    world.watch.moved();
    return;
  }
  const payments = all.filter(({ status }) => status === 'moved');
  const payment = payments[pick % Math.max(payments.length, 1)];
  if (payment === undefined) return;
  const { reference, refunds, dispute, amountMinor } = payment;
  const isOpenIn = (stage: string): boolean =>
    dispute?.status === 'open' && dispute.stage === stage;
  const chargeBack = { stage: 'chargeback', withdrawnMinor: amountMinor } as const;
  const end = (status: 'open' | 'moved', as: 'moved' | 'failed'): void => {
    const refund = refunds.find((one) => one.status === status);
    if (refund !== undefined) gateway.endRefund(refund.reference, as);
  };
  switch (what) {
    case 'refund outside':
    case 'refund outside, later': {
      const left = heldOf(payment);
      const part = pick % 2 === 0 ? left : Math.min(left, OUTSIDE_MINOR);
      if (part > 0) gateway.refundByHand(reference, part);
      break;
    }
    case 'move':
      end('open', 'moved');
      break;
    case 'fail':
      end('open', 'failed');
      break;
    case 'come back':
      end('moved', 'failed');
      break;
    case 'inquire':
      if (dispute === undefined) gateway.dispute(reference, { stage: 'inquiry' });
      break;
    case 'charge back':
      if (dispute === undefined) gateway.dispute(reference);
      else if (isOpenIn('inquiry')) gateway.changeDispute(dispute.reference, chargeBack);
      break;
    case 'reinstate':
      if (dispute?.status === 'won') {
        const { withdrawnMinor: reinstatedMinor } = dispute;
        gateway.changeDispute(dispute.reference, { reinstatedMinor });
      }
      break;
    case 'win':
    case 'lose':
      if (dispute !== undefined && isOpenIn('chargeback')) {
        gateway.changeDispute(dispute.reference, { status: what === 'win' ? 'won' : 'lost' });
      }
      break;
    case 'close':
      if (dispute !== undefined && isOpenIn('inquiry')) {
        gateway.changeDispute(dispute.reference, { status: 'warning closed' });
      }
  }
  world.watch.moved();
};

/** It may come back while whoever has asked for it still handles it. */
const untilRefunded = async ({ gateway, surroundings }: World): Promise<void> => {
  for (let waits = 0; gateway.ledger().refunds.length === 0 && waits < WAITS_MAX; waits += 1) {
    await surroundings.turn('the bank waits');
  }
};

/** What is under way, or open, comes to its end: nobody waits for it in vain. */
export const endAll = async (world: World): Promise<void> => {
  const { gateway } = world;
  for (const { reference, refunds, dispute } of await paymentsThere(world)) {
    gateway.settle(reference);
    for (const refund of refunds) {
      if (refund.status === 'open') gateway.endRefund(refund.reference, 'moved');
    }
    if (dispute?.status === 'open') {
      gateway.closeDispute(dispute.reference, refunds.length % 2 === 0);
    }
    if (dispute?.status === 'won' && dispute.reinstatedMinor < dispute.withdrawnMinor) {
      const { withdrawnMinor: reinstatedMinor } = dispute;
      gateway.changeDispute(dispute.reference, { reinstatedMinor });
    }
  }
  world.watch.moved();
};
