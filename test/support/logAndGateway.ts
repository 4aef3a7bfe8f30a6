import { expect } from 'chai';
import type { CommitTable } from '../../src/adapters/eventStore/commitTable.ts';
import { createEventStore } from '../../src/adapters/eventStore/eventStore.ts';
import { createVirtualClock } from '../../src/adapters/memory/clock.ts';
import { createMemoryCommitTable } from '../../src/adapters/memory/commitTable.ts';
import { createMemoryIds } from '../../src/adapters/memory/ids.ts';
import { createMemoryInvoiceView } from '../../src/adapters/memory/invoiceView.ts';
import { createMemoryPaymentGateway } from '../../src/adapters/memory/paymentGateway.ts';
import type { InvoiceView } from '../../src/application/ports/invoiceView.ts';
import type { ChargeRequest, MoneyMovement } from '../../src/domain/order/index.ts';
import { createOrderStream } from '../../src/application/log/eventStreams.ts';
import { must } from './commits.ts';
import { NOON, numbered } from './orderContext.ts';
import { storeOrder } from './history.ts';
import { anOrder, orderLife, type OrderLife } from './orderLife.ts';

const AMOUNT = { amountMinor: 4_758, currency: 'EUR' };
const REFUND_MINOR = 1_000;
/** Of orders that are as they may be, one in so many is each of the unusual kinds. */
const EVERY = 10;

type Charge = Partial<ChargeRequest> & { readonly key?: string };
type Refund = {
  readonly paymentReference: string;
  readonly orderId?: string;
  readonly refundId?: string;
  readonly deployment?: string;
  readonly amountMinor?: number;
};

/** A log and a gateway, both in memory, and orders that both know. */
export const createLogAndGateway = () =>
  createLogAndGatewayOn({ table: createMemoryCommitTable(), invoices: createMemoryInvoiceView() });

/** The same with its log and its rows in these tables. */
export const createLogAndGatewayOn = <T extends CommitTable>({
  table,
  invoices,
}: {
  readonly table: T;
  readonly invoices: InvoiceView;
}) => {
  const clock = createVirtualClock(NOON);
  const store = createEventStore(table, clock);
  const ids = createMemoryIds();
  const gateway = createMemoryPaymentGateway({ clock });
  const orders = createOrderStream({ store, ids });
  let numbers = 0;
  let keys = 0;

  const charge = async ({ key, ...changes }: Charge): Promise<MoneyMovement | undefined> => {
    const wanted = {
      deployment: 'dep1',
      orderId: 'o-1',
      attempt: 1,
      ...AMOUNT,
      paymentMethod: 'pm_card_visa',
    };
    const body = await must(gateway.prepare({ ...wanted, ...changes }));
    const outcome = await must(
      gateway.charge({ key: key ?? `k-${(keys += 1)}`, body, notAfter: Infinity }),
    );
    return outcome.type === 'Captured' ? outcome : undefined;
  };

  const refund = async (changes: Refund): Promise<string> => {
    const of = { deployment: 'dep1', orderId: 'dashboard', refundId: 'by hand' };
    const wanted = { ...of, amountMinor: REFUND_MINOR };
    const { currency } = AMOUNT;
    const body = await must(gateway.prepareRefund({ ...wanted, ...changes, currency }));
    const outcome = await must(
      gateway.refund({ key: `k-${(keys += 1)}`, body, notAfter: Infinity }),
    );
    return outcome.type === 'Refunded' ? outcome.reference : expect.fail('not refunded');
  };

  const placed = (orderId: string): OrderLife => orderLife().placed(anOrder({ orderId }));
  const keep = (life: OrderLife) => storeOrder({ orders, invoices }, life);

  const paid = async (orderId: string): Promise<{ life: OrderLife; reference: string }> => {
    const { reference = '' } = (await charge({ orderId })) ?? {};
    return { life: placed(orderId).captured((numbers += 1), reference), reference };
  };

  const refunded = async (orderId: string, refundId = 'r-1') => {
    const { life, reference: paymentReference } = await paid(orderId);
    const reference = await refund({ orderId, refundId, paymentReference });
    const { currency } = AMOUNT;
    const moved = { type: 'MoneyMoved', source: 'answer', reference, currency } as const;
    const number = numbered((numbers += 1), { series: 'CN' });
    const asked = life.asked(refundId, { type: 'Amount', amountMinor: REFUND_MINOR });
    const answer = { ...moved, amountMinor: REFUND_MINOR };
    const back = asked.learned(`refund#${refundId}`, { answer, number });
    return { life: back, paymentReference, reference };
  };

  /** So many orders of every kind that the gateway and the log agree about. */
  const agree = async (count: number): Promise<void> => {
    for (let n = 0; n < count; n += 1) {
      const orderId = `o-${n}`;
      switch (n % EVERY) {
        case 1:
          await keep((await refunded(orderId)).life);
          break;
        case 2:
          await charge({ orderId, paymentMethod: 'pm_card_visa_chargeDeclined' });
          await keep(placed(orderId).declined());
          break;
        case 3:
          await keep(placed(orderId).unresolved());
          break;
        case 4:
          await keep(orderLife().cancelled().placed(anOrder({ orderId })));
          break;
        default:
          await keep((await paid(orderId)).life);
      }
    }
  };

  return {
    clock,
    table,
    store,
    ids,
    gateway,
    invoices,
    orders,
    charge,
    refund,
    placed,
    keep,
    paid,
    refunded,
    agree,
  };
};

export type LogAndGateway = ReturnType<typeof createLogAndGateway>;

/** Writes every part of the stream's first commit as text, so that it can be read no more. */
export const makeUnreadable = async (
  { table }: LogAndGateway,
  stream: `order#${string}`,
): Promise<void> => {
  const item = (await must(table.read({ streamId: stream, version: 1 }))) ?? {};
  const { streamId, version, ...rest } = item;
  table.overwrite({
    ...Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, String(value)])),
    streamId: String(streamId),
    version: Number(version),
  });
};
/** Of any technology. */
export type AnyLogAndGateway = ReturnType<typeof createLogAndGatewayOn<CommitTable>>;
