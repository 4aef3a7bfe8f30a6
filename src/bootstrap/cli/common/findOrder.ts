import { err, type Err } from 'neverthrow';
import { mayBeMessage } from '../../../application/findOrder/byDeadLetter.ts';
import type { LogScan } from '../../../application/findOrder/byScan.ts';
import {
  createFindOrder,
  type FindOrderSources,
} from '../../../application/findOrder/findOrder.ts';
import type { FoundOrder, OrderMatch } from '../../../application/findOrder/foundOrder.ts';
import { formatAmount } from '../../../domain/money/index.ts';
import * as Order from '../../../domain/order/index.ts';
import type { Services, Token } from '../../tokens.ts';
import type { Session } from './command.ts';
import { failed, failureOf, type CliFailure } from './failure.ts';
import { ambiguous, foundText, matchText, notFound, otherText } from './findOrderText.ts';
import { loadHistory, type History } from './history.ts';
import { SCAN_COMMITS, type FindOptions } from './orderArgument.ts';
import type { Output } from './output.ts';
import { mayReveal } from './people.ts';
import { tableOf } from './table.ts';

/** `isKnown`: the log has it. Otherwise the text can be the id of an order that is yet to come. */
export type NamedOrder = FoundOrder & { readonly isKnown: boolean };

type Naming = FindOptions & {
  /**
   * Whether the text may be an id that nobody knows. That is no failure, as the order may come
   * later.
   */
  readonly mayBeNew?: 'never' | 'unless it looks like another name' | 'anything';
  /**
   * The services that the command opens afterwards, so that every mistake in the settings shows at
   * once.
   */
  readonly needs?: readonly Token[];
};

/** The number of matches of one text that are listed, each with what became of it. */
const LISTED_MAX = 20;

type Found<T> = AsyncGenerator<Err<never, CliFailure>, T>;

/** The order that a command is about. It says how it was found unless by its own id. */
export const findOrder = async function* (
  session: Session,
  named: string,
  { scan, mayBeNew = 'never', needs = [] }: Naming,
): Found<NamedOrder> {
  const text = named.trim();
  const { output } = session;
  const opened = yield* session.open({
    services: ['store', 'clock', 'requests', 'knownDeployment'],
    also: needs,
  });
  const { store, clock, requests: references, knownDeployment: deployment } = opened;
  const sources = yield* sourcesFor(session, text, { references, scan });
  const found = await createFindOrder({ store, clock, references, deployment })(text, sources);
  sources.stop();
  if (found.isOk()) {
    const { by, others } = found.value;
    if (by.type !== 'Id') output.note(foundText(text, found.value));
    for (const other of others) output.note(otherText(text, other));
    return { ...found.value, isKnown: true };
  }
  if (sources.signal?.aborted === true) return yield* err(failed('Aborted', STOPPED));
  const { error } = found;
  switch (error.type) {
    case 'OrderNotFound':
      // A text that is no id at all is refused with the rest of what is wrong in the request.
      if (mayBeNew === 'never' || (mayBeNew !== 'anything' && error.looksLike !== undefined)) {
        return yield* err(notFound(text, error));
      }
      return { orderId: text, by: { type: 'Id' }, others: [], isKnown: false };
    case 'OrderAmbiguous':
      await list(output, store, error.matches);
      return yield* err(ambiguous(text, error));
    case 'CorruptStream':
    case 'Unavailable':
    case 'Misconfigured':
    case 'Aborted':
      return yield* err(failureOf(error));
  }
};

const STOPPED = 'stopped before the order was found; nothing was done';

/**
 * The sources that the text may need, and no others, so that no command asks for the settings of
 * the others.
 */
const sourcesFor = async function* (
  session: Session,
  text: string,
  {
    references,
    scan = text.includes('@') ? SCAN_COMMITS : undefined,
  }: { readonly references: Services['requests']; readonly scan: number | undefined },
): Found<FindOrderSources & { readonly stop: () => void }> {
  const { open, isGiven, untilStopped, output } = session;
  const isAddress = text.includes('@');
  const isReference = references.kindOf(text) !== undefined && isGiven('STRIPE_SECRET_KEY');
  const isMessage =
    mayBeMessage(text) && isGiven('PAYMENTS_DLQ_URL') && isGiven('NOTIFICATIONS_DLQ_URL');
  const { gateway, paymentsDlq, notificationsDlq, personalData } = yield* open({
    services: [],
    also: [
      isReference && 'gateway',
      isMessage && 'paymentsDlq',
      isMessage && 'notificationsDlq',
      isAddress && mayReveal(session) && 'personalData',
    ],
  });
  if (isAddress && personalData === undefined) output.note(ENCRYPTED);
  const reading = scan === undefined ? undefined : await createScan(output, scan);
  return {
    ...(gateway && { gateway }),
    ...(paymentsDlq &&
      notificationsDlq && {
        deadLetters: { payments: paymentsDlq, notifications: notificationsDlq },
      }),
    ...(reading && { scan: reading.scan }),
    ...(personalData && { reveal: (commits) => personalData.reveal(commits) }),
    // Where nothing takes long, a signal ends the command as it ends any other program.
    ...((isMessage || reading !== undefined) && { signal: untilStopped() }),
    stop: () => reading?.stop(),
  };
};

const ENCRYPTED =
  'Addresses are encrypted, and PERSONAL_DATA_KEY with KEYS_TABLE is not given: only an order ' +
  'from before is found by its address.';

const createScan = async (
  output: Output,
  commitsMax: number,
): Promise<{ readonly scan: LogScan; readonly stop: () => void }> => {
  // Most commands read no log, and start the sooner for it.
  const { createProgress } = await import('./progress.ts');
  const progress = createProgress(output, {
    unit: 'commits read',
    speed: { from: 0, rough: true },
  });
  return {
    scan: {
      commitsMax,
      onProgress: ({ commits, commitsTotal: total }) =>
        progress.update(commits, total === undefined ? {} : { total }),
    },
    stop: () => progress.stop(),
  };
};

/** Each order with its status, so that a person can pick one. No mail address is repeated. */
const list = async (
  output: Output,
  store: Services['store'],
  matches: readonly OrderMatch[],
): Promise<void> => {
  const orders = await Promise.all(
    matches.slice(0, LISTED_MAX).map(async (match) => {
      const { state, entries } = (await loadHistory(store, match.orderId)).unwrapOr(NO_HISTORY);
      const { placed } = state;
      return {
        ...match,
        status: Order.statusOf(state),
        since: entries[0]?.at,
        ...(placed && {
          totalMinor: placed.totalMinor + placed.roundingMinor,
          currency: placed.currency,
        }),
      };
    }),
  );
  output.data({ orders }, (columns) =>
    tableOf(
      ['order', 'status', 'total', 'first event', 'found by'],
      orders.map(({ orderId, by, status, since = '', ...total }) => [
        orderId,
        status,
        total.currency === undefined ? '' : formatAmount(total.totalMinor ?? 0, total.currency),
        since,
        matchText(by),
      ]),
      { right: [2], columns },
    ),
  );
};

const NO_HISTORY: Pick<History, 'state' | 'entries'> = { state: Order.initialState, entries: [] };
