import { err, ok, okAsync, type Result, type ResultAsync, safeTry } from 'neverthrow';
import * as Order from '../../domain/order/index.ts';
import type { CurrentDeployment } from '../deployment/deployment.ts';
import { orderStreamId } from '../log/eventStreams.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventStore, LoadError } from '../ports/eventStore.ts';
import type { PersonalData } from '../ports/personalData.ts';
import type { QueueError } from '../ports/messageQueue.ts';
import type { PaymentGateway } from '../ports/paymentGateway.ts';
import { findByDeadLetter, mayBeMessage, type DeadLetterQueues } from './byDeadLetter.ts';
import { findByNumber, mayBeNumber } from './byNumber.ts';
import { findByReference } from './byReference.ts';
import { findByScan, type LogScan } from './byScan.ts';
import type {
  FindAttempt,
  FindOrderError,
  FoundOrder,
  OrderAmbiguous,
  OrderMatch,
  OrderNotFound,
} from './foundOrder.ts';

/** By their types these only read: nothing can be charged, sent, appended or deleted. */
export type FindOrderDependencies = {
  readonly store: Pick<EventStore, 'head' | 'load' | 'scan' | 'size'>;
  readonly clock: Clock;
  readonly references: Pick<PaymentGateway, 'kindOf'>;
  readonly deployment: CurrentDeployment;
};

/** Further sources besides the log. The answer says where one was needed and is missing. */
export type FindOrderSources = {
  readonly gateway?: Pick<PaymentGateway, 'retrieve'> | undefined;
  readonly deadLetters?: DeadLetterQueues | undefined;
  /** Reads the log, where nothing cheaper finds an order. */
  readonly scan?: LogScan | undefined;
  /** Decrypts the addresses in it. */
  readonly reveal?: PersonalData['reveal'] | undefined;
  readonly signal?: AbortSignal | undefined;
};

export type FindOrder = (
  text: string,
  sources?: FindOrderSources,
) => ResultAsync<FoundOrder, FindOrderError>;

/**
 * The one order that a text names: first as its own id, then as the number of a document, the
 * gateway's name of its money, a dead letter of it and, from a scan, a mail address, a refund's id
 * or a message's. A text that names more than one order finds none.
 */
export const createFindOrder =
  (dependencies: FindOrderDependencies): FindOrder =>
  (text, sources = {}) =>
    safeTry(async function* () {
      const { store } = dependencies;
      if (Order.isOrderId(text) && (yield* store.head(orderStreamId(text))) !== undefined) {
        const { matches } = yield* findByNumber(store, text);
        const others = matches.filter(({ orderId }) => orderId !== text);
        return ok<FoundOrder>({ orderId: text, by: { type: 'Id' }, others });
      }
      const attempts: FindAttempt[] = [];
      for (const find of waysTo(dependencies, sources)) {
        const tried = yield* find(text);
        if (tried.count > 0) return chosen(tried);
        attempts.push(...tried.attempts);
      }
      return err(notFound(dependencies, text, attempts));
    });

/** The result of one way: orders or, where there are none, why not. */
type Tried = Pick<OrderAmbiguous, 'matches' | 'count' | 'reading'> & {
  readonly attempts: readonly FindAttempt[];
};

type Way = (text: string) => ResultAsync<Tried, LoadError | QueueError>;

/** The ways to try, the cheapest first. Each is tried only for a text that it can lead from. */
const waysTo = (
  { store, clock, references, deployment }: FindOrderDependencies,
  { gateway, deadLetters: queues, scan, reveal, signal }: FindOrderSources,
): readonly Way[] => [
  (text) =>
    mayBeNumber(text)
      ? findByNumber(store, text).map(({ matches, isPrinted }) =>
          matches.length > 0 ? several(matches) : failedBy({ type: 'Number', isPrinted }),
        )
      : okAsync(NOT_TRIED),
  (text) => {
    const kind = references.kindOf(text);
    return kind === undefined
      ? okAsync(NOT_TRIED)
      : findByReference({ gateway, store, deployment }, { kind, reference: text }).map(triedOne);
  },
  (text) =>
    mayBeMessage(text)
      ? findByDeadLetter({ queues, clock, signal }, text).map(triedOne)
      : okAsync(NOT_TRIED),
  (text) =>
    scan === undefined
      ? okAsync(failedBy({ type: 'LogNotRead' }))
      : findByScan({ store, clock, reveal }, text, { ...scan, signal }).map(
          ({ reading, matches, count }) => ({
            matches,
            count,
            reading,
            attempts: [{ type: 'Log' as const, ...reading }],
          }),
        ),
];

const several = (matches: readonly OrderMatch[]): Tried => ({
  matches,
  count: matches.length,
  attempts: [],
});

const failedBy = (attempt: FindAttempt): Tried => ({ matches: [], count: 0, attempts: [attempt] });

const triedOne = (found: OrderMatch | FindAttempt): Tried =>
  'type' in found ? failedBy(found) : several([found]);

const NOT_TRIED: Tried = { matches: [], count: 0, attempts: [] };

/** The one order of a result. A part of the log cannot show that no other order has the text. */
const chosen = ({ matches, count, reading }: Tried): Result<FoundOrder, OrderAmbiguous> => {
  const [only] = matches;
  const isOnly = new Set(matches.map(({ orderId }) => orderId)).size === 1;
  const isSure = reading === undefined || (reading.isWhole && reading.unreadable === 0);
  return only !== undefined && isOnly && count === matches.length && isSure
    ? ok({ ...only, others: [] })
    : err({ type: 'OrderAmbiguous', matches, count, ...(reading && { reading }) });
};

const notFound = (
  { references }: Pick<FindOrderDependencies, 'references'>,
  text: string,
  attempts: readonly FindAttempt[],
): OrderNotFound => {
  const isNumber = attempts.some((attempt) => attempt.type === 'Number' && attempt.isPrinted);
  const looksLike = text.includes('@')
    ? 'mail address'
    : references.kindOf(text) === undefined
      ? isNumber && 'number'
      : 'reference';
  return { type: 'OrderNotFound', attempts, ...(looksLike && { looksLike }) };
};
