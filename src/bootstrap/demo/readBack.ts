import type * as Order from '../../domain/order/index.ts';
import { ok, ResultAsync, safeTry } from 'neverthrow';
import { readLogEvents } from '../../adapters/cloudwatch/logGroup.ts';
import { readMailbox } from '../../adapters/embedded/index.ts';
import { countMessages } from '../../adapters/sqs/queues.ts';
import { fromStripeAmount } from '../../adapters/stripe/amounts.ts';
import type { InvoiceRow } from '../../application/ports/invoiceView.ts';
import type { ReceivedMessage } from '../../application/ports/messageQueue.ts';
import type { QueueCounts } from '../../application/ports/queueCount.ts';
import type { Mail } from '../../application/ports/notifier.ts';
import { failed, failureOf, misconfigured, type CliFailure } from '../cli/common/failure.ts';
import { createSandboxApi, type SandboxLedger } from '../cli/sandbox/sandboxApi.ts';
import { createReadConfig } from '../readConfig.ts';
import type { EmbeddedStack } from '../embedded.ts';
import { aws } from '../modules/aws.ts';
import { openServices } from '../openServices.ts';

/** One order as each store has it; each is asked by itself. */
export type OrderFacts = {
  readonly orderId: string;
  readonly state: Order.State;
  /** Captures in the gateway's own ledger, in ISO 4217 minor units. */
  readonly charges: readonly LedgerAmount[];
  readonly refunds: readonly LedgerAmount[];
  readonly invoice: InvoiceRow | undefined;
  readonly mails: readonly Mail[];
  readonly records: readonly LogRecord[];
};

type LedgerAmount = { readonly amountMinor: number; readonly currency: string };

type LogRecord = {
  readonly service: string;
  readonly event: string;
  readonly orderId?: string;
  readonly outcome?: string;
};

type DemoOrder = Pick<Order.SentOrder, 'orderId' | 'customer'>;

/** Reads orders, queues and dead letters from where they are kept: no worker's word is taken. */
export type Reader = {
  orders(orders: readonly DemoOrder[]): ResultAsync<readonly OrderFacts[], CliFailure>;
  queues(): ResultAsync<readonly QueueCounts[], CliFailure>;
  deadLetters(): ResultAsync<readonly ReceivedMessage[], CliFailure>;
};

const LOG_EVENTS_MAX = 10_000;
/** The dead letters are looked at, not taken: they become visible again after this time. */
const LOOK_MS = 1_000;

const USES = {
  services: ['orders', 'invoices', 'paymentsDlq', 'sqs', 'cloudWatchLogs'],
  settings: ['PAYMENTS_QUEUE_URL', 'NOTIFICATIONS_QUEUE_URL', 'LOG_GROUP'],
} as const;

export const createReader = (embedded: EmbeddedStack) =>
  openServices(aws({ service: 'demo' }), USES, createReadConfig({}, { embedded }))
    .mapErr(misconfigured)
    .map((opened): Reader => {
      const { orders, invoices, paymentsDlq, sqs, cloudWatchLogs, config } = opened;
      const sandbox = createSandboxApi(embedded.addresses.stripe);
      const readRecords = () =>
        readLogEvents(cloudWatchLogs, { logGroup: config.LOG_GROUP, eventsMax: LOG_EVENTS_MAX })
          .mapErr(failureOf)
          .map((events) => events.map(({ message }): LogRecord => JSON.parse(message)));
      return {
        orders: (placed) =>
          safeTry(async function* () {
            const mailbox = yield* mailsAt(embedded.addresses.ses);
            const { charges, refunds } = yield* sandbox.ledger();
            const records = yield* readRecords();
            const found: OrderFacts[] = [];
            for (const { orderId, customer } of placed) {
              found.push({
                orderId,
                state: (yield* orders.load(orderId).mapErr(failureOf)).state,
                charges: moved(charges.filter((charge) => charge.order_id === orderId)),
                refunds: moved(refunds.filter(isOf(orderId, charges))),
                invoice: yield* invoices.get(orderId).mapErr(failureOf),
                mails: mailbox.filter(({ to }) => to === customer.email),
                records: records.filter((record) => record.orderId === orderId),
              });
            }
            return ok(found);
          }),
        queues: () =>
          ResultAsync.combine(
            [config.PAYMENTS_QUEUE_URL, config.NOTIFICATIONS_QUEUE_URL].map((queueUrl) =>
              countMessages(sqs.client, queueUrl).mapErr(failureOf),
            ),
          ),
        deadLetters: () =>
          paymentsDlq.receive({ max: 10, waitMs: 0, visibilityMs: LOOK_MS }).mapErr(failureOf),
      };
    });

type Entry = SandboxLedger['charges' | 'refunds'][number];

/** What is refunded in the dashboard names no order; its payment does. */
const isOf =
  (orderId: string, charges: SandboxLedger['charges']) =>
  ({ payment_intent: payment }: Entry): boolean =>
    charges.some((charge) => charge.order_id === orderId && charge.payment_intent === payment);

/** Movements in the gateway's own account, in amounts of the domain. */
const moved = (entries: readonly Entry[]): readonly LedgerAmount[] =>
  entries
    .filter(({ status }) => status === 'succeeded')
    .map(({ amount, currency }) => {
      const money = fromStripeAmount({ amount, currency });
      return money ?? { amountMinor: Number.NaN, currency };
    });

const mailsAt = ResultAsync.fromThrowable(readMailbox, (error) =>
  failed('EmbeddedServers', String(error)),
);
