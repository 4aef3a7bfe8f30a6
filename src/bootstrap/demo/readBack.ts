import type * as Order from '../../domain/order/index.ts';
import { ok, ResultAsync, safeTry } from 'neverthrow';
import {
  createCloudWatchLogsClient,
  createSqsClient,
  createSqsReceiveClient,
} from '../../adapters/aws/clients.ts';
import { readLogEvents } from '../../adapters/cloudwatch/logGroup.ts';
import { readMailbox } from '../../adapters/embedded/index.ts';
import type { SandboxCharge, SandboxRefund } from '../../adapters/embedded/stripe/ledger.ts';
import { createSqsMessageQueue } from '../../adapters/sqs/messageQueue.ts';
import { countMessages, type QueueCounts } from '../../adapters/sqs/queues.ts';
import { fromStripeAmount } from '../../adapters/stripe/amounts.ts';
import type { InvoiceRow } from '../../application/ports/invoiceView.ts';
import type { ReceivedMessage } from '../../application/ports/messageQueue.ts';
import type { Mail } from '../../application/ports/notifier.ts';
import { failed, failureOf, type CliFailure } from '../cli/common/failure.ts';
import { awsSettings, type Config } from '../config.ts';
import { createContainer } from '../container.ts';
import { application } from '../modules/application.ts';
import { aws } from '../modules/aws.ts';
import type { Act } from './scenario.ts';
import { createGatewayCheck } from '../../application/audit/gateway/gatewayCheck.ts';
import { createLogChecks } from '../../application/audit/logChecks.ts';
import { giveUpMs } from '../config/paymentTimes.ts';

/** One order as each store has it; each is asked by itself. */
export type OrderFacts = {
  readonly act: Act;
  readonly state: Order.State;
  /** Captures in the gateway's own ledger, in ISO 4217 minor units. */
  readonly charges: readonly Amount[];
  /** Refunds there. */
  readonly refunds: readonly Amount[];
  readonly invoice: InvoiceRow | undefined;
  readonly mails: readonly Mail[];
  readonly records: readonly LogRecord[];
};

type Amount = { readonly amountMinor: number; readonly currency: string };

/** A structured record, as it lies in the log group. */
export type LogRecord = {
  readonly service: string;
  readonly event: string;
  readonly orderId?: string;
  readonly outcome?: string;
};

export type DemoFacts = {
  readonly orders: readonly OrderFacts[];
  readonly queues: readonly QueueCounts[];
  readonly deadLetters: readonly ReceivedMessage[];
  readonly audit: AuditSummary;
};

/**
 * Reads everything that the demo promises anything about from where it is kept: nobody's word is
 * taken.
 */
export type Reader = {
  orders(acts: readonly Act[]): ResultAsync<readonly OrderFacts[], CliFailure>;
  queues(): ResultAsync<readonly QueueCounts[], CliFailure>;
  all(acts: readonly Act[]): ResultAsync<DemoFacts, CliFailure>;
};

const LOG_EVENTS_MAX = 10_000;
/** The dead letters are looked at, not taken: they become visible again after this time. */
const LOOK_MS = 1_000;
const LEDGER_WITHIN_MS = 5_000;

export const createReader = (
  config: Config,
  addresses: { readonly ses: string; readonly stripe: string },
): Reader => {
  const { get } = createContainer(application, aws({ service: 'demo' }), config);
  const logs = createCloudWatchLogsClient(awsSettings(config, 'CLOUDWATCH_LOGS'));
  const sqs = awsSettings(config, 'SQS');
  const clients = { client: createSqsClient(sqs), receiveClient: createSqsReceiveClient(sqs) };
  const deadLetterQueue = createSqsMessageQueue(clients, { queueUrl: config.PAYMENTS_DLQ_URL });

  const readRecords = () =>
    readLogEvents(logs, { logGroup: config.LOG_GROUP, eventsMax: LOG_EVENTS_MAX })
      .mapErr(failureOf)
      .map((events) => events.map(({ message }): LogRecord => JSON.parse(message)));

  const orders: Reader['orders'] = (acts) =>
    safeTry(async function* () {
      const mailbox = yield* fetched(() => readMailbox(addresses.ses));
      const { charges, refunds } = yield* fetched(() => readLedger(addresses.stripe));
      const records = yield* readRecords();
      const found: OrderFacts[] = [];
      for (const act of acts) {
        const { orderId, customer } = act.order;
        found.push({
          act,
          state: (yield* get('orders').load(orderId).mapErr(failureOf)).state,
          charges: charges.filter((charge) => charge.orderId === orderId),
          refunds: refunds.filter((refund) => refund.orderId === orderId),
          invoice: yield* get('invoices').get(orderId).mapErr(failureOf),
          mails: mailbox.filter(({ to }) => to === customer.email),
          records: records.filter((record) => record.orderId === orderId),
        });
      }
      return ok(found);
    });

  const queues: Reader['queues'] = () =>
    ResultAsync.combine(
      [config.PAYMENTS_QUEUE_URL, config.NOTIFICATIONS_QUEUE_URL].map((queueUrl) =>
        countMessages(clients.client, queueUrl).mapErr(failureOf),
      ),
    );

  const all: Reader['all'] = (acts) =>
    safeTry(async function* () {
      return ok({
        orders: yield* orders(acts),
        queues: yield* queues(),
        deadLetters: yield* deadLetterQueue
          .receive({ max: 10, waitMs: 0, visibilityMs: LOOK_MS })
          .mapErr(failureOf),
        audit: yield* auditEverything(config),
      });
    });

  return { orders, queues, all };
};

/** Movements in the gateway's own account, in amounts of the domain. */
const readLedger = async (stripe: string) => {
  const signal = AbortSignal.timeout(LEDGER_WITHIN_MS);
  const answer = await fetch(new URL('/sandbox/ledger', stripe), { signal });
  const ledger = (await answer.json()) as {
    readonly charges: readonly SandboxCharge[];
    readonly refunds: readonly SandboxRefund[];
  };
  return { charges: moved(ledger.charges), refunds: moved(ledger.refunds) };
};

const moved = (entries: readonly (SandboxCharge | SandboxRefund)[]) =>
  entries
    .filter(({ status }) => status === 'succeeded')
    .map(({ order_id: orderId, amount, currency }) => {
      const money = fromStripeAmount({ amount, currency });
      return { orderId, ...(money ?? { amountMinor: Number.NaN, currency }) };
    });

const fetched = <T>(read: () => Promise<T>): ResultAsync<T, CliFailure> =>
  ResultAsync.fromThrowable(read, (error) => failed('EmbeddedServers', String(error)))();

/**
 * How many invariants an audit of the log and of the gateway's own list has checked, and what it
 * found.
 */
type AuditSummary = { readonly proved: number; readonly findings: number };

const auditEverything = (config: Config): ResultAsync<AuditSummary, CliFailure> => {
  const { get } = createContainer(application, aws({ service: 'demo' }), config);
  const log = { store: get('store'), clock: get('clock') };
  const afterMs = giveUpMs(config);
  // Everything has come to its end, so that nothing counts as in progress.
  const { checks } = createLogChecks(
    { ...log, ids: get('ids'), invoices: get('invoices') },
    { graceMs: 0, giveUpMs: afterMs },
  );
  const gateway = createGatewayCheck(
    { ...log, ledger: get('gatewayLedger') },
    { foreign: 'apart', openMs: afterMs },
  );
  return new ResultAsync(get('audit')({ segments: 2, checks: [...checks, gateway] }))
    .mapErr(failureOf)
    .map(({ findings }) => ({
      proved: Object.keys(findings).length,
      findings: Object.values(findings).reduce((sum, count) => sum + count, 0),
    }));
};
