import { createNotificationLevel } from '../../../src/application/serviceLevel.ts';
import { expect } from 'chai';
import { errAsync, type ResultAsync } from 'neverthrow';
import { createEventStore } from '../../../src/adapters/eventStore/eventStore.ts';
import { createVirtualClock, type VirtualClock } from '../../../src/adapters/memory/clock.ts';
import { createMemoryCommitTable } from '../../../src/adapters/memory/commitTable.ts';
import { createMemoryIds } from '../../../src/adapters/memory/ids.ts';
import { createMemoryNotifier } from '../../../src/adapters/memory/notifier.ts';
import type { Delivery, HandlerError } from '../../../src/application/delivery/handler.ts';
import type { NotificationMessage } from '../../../src/application/messages/index.ts';
import {
  createNotificationHandler,
  type NotificationDependencies,
} from '../../../src/application/notification/notifyCustomer.ts';
import type { AppendError } from '../../../src/application/ports/eventStore.ts';
import type { Notifier, NotifierError } from '../../../src/application/ports/notifier.ts';
import {
  createNotificationStream,
  createOrderStream,
  type NotificationStream,
} from '../../../src/application/log/eventStreams.ts';
import type * as Notification from '../../../src/domain/notification/index.ts';
import { MAILING } from '../../support/mailing.ts';
import type { OrderLife } from '../../support/orderLife.ts';

/** Nobody has to look at an order because of a mail. */
const deadLetter: Delivery['deadLetter'] = () => expect.fail('a letter was sent');

export const LEASE_MS = 120_000;

type Append = NotificationStream['append'];
type Send = Notifier['send'];

/**
 * What stands between the handler and the log or the mail, once for each call, in order; then
 * nothing.
 */
export type Faults = {
  readonly appends?: readonly ((append: () => ReturnType<Append>) => ReturnType<Append>)[];
  readonly sends?: readonly ((send: () => ReturnType<Send>) => ReturnType<Send>)[];
};

/** One customer's order in a log, and as many notification workers at it as are wanted. */
export const createNotificationWorld = async (
  life?: OrderLife,
  mailing: Pick<NotificationDependencies, 'mailSettings' | 'renderer'> = MAILING,
) => {
  const clock: VirtualClock = createVirtualClock(1_000_000);
  const ids = createMemoryIds();
  const store = createEventStore(createMemoryCommitTable(), clock);
  const orders = createOrderStream({ store, ids });
  const notices = createNotificationStream({ store, ids });
  const notifier = createMemoryNotifier();
  const link = { correlationId: 'c', causationId: 'm' };
  let held = orders.start;
  for (const events of life?.commits ?? []) {
    const commit = { events, idempotencyKey: 'test', ...link };
    held = (await orders.append('o-1', held, commit))._unsafeUnwrap();
  }

  /** Hands the message to a worker; another call is another worker. */
  const handle = (
    message: NotificationMessage,
    faults: Faults = {},
    signal = new AbortController().signal,
  ): ResultAsync<{ readonly outcome?: string }, HandlerError> => {
    const appends = [...(faults.appends ?? [])];
    const sends = [...(faults.sends ?? [])];
    const handler = createNotificationHandler({
      notificationLevel: createNotificationLevel({ ids }),
      orders,
      notices: {
        ...notices,
        append: (...args) => (appends.shift() ?? passes)(() => notices.append(...args)),
      },
      notifier: { send: (mail) => (sends.shift() ?? passes)(() => notifier.send(mail)) },
      clock,
      ids,
      claimLeaseMs: LEASE_MS,
      ...mailing,
    });
    const body = JSON.stringify(message);
    const received = { messageId: 'm-1', body, attributes: {}, receiveCount: 1, sentAt: 0 };
    return handler({ ...received, signal, deadLetter });
  };

  /** What stands in a notice's stream, by the names of its events. */
  const recorded = async (id: string): Promise<readonly string[]> => {
    const { commits } = (await store.load(`notification#o-1#${id}`))._unsafeUnwrap();
    return commits.flatMap(({ events }) => events.map(({ type }) => type));
  };

  /** A worker that is not here any more claimed it now. */
  const claimOfAnother = async (id: string): Promise<void> => {
    const data = { claimId: 'another', at: clock.now() };
    const claim: Notification.Event = { type: 'NotificationClaimed', data };
    const now = (await notices.load(`o-1#${id}`))._unsafeUnwrap();
    const commit = { events: [claim], idempotencyKey: 'test', ...link };
    (await notices.append(`o-1#${id}`, now, commit))._unsafeUnwrap();
  };

  const mails = () => notifier.sent().map(({ dedupeKey }) => dedupeKey);
  return { clock, notices, notifier, handle, recorded, claimOfAnother, mails };
};

const passes = <T>(call: () => T): T => call();

/** It is written, and the answer says that another was first. */
export const landsAsConflict = (append: () => ReturnType<Append>): ReturnType<Append> =>
  append().andThen(() => errAsync<never, AppendError>(CONFLICT));

const CONFLICT: AppendError = { type: 'Conflict', streamId: 'notification#o-1#any', version: 1 };

export const UNAVAILABLE = {
  type: 'Unavailable',
  dependency: 'EventStore',
  cause: 'down',
  throttled: false,
} as const satisfies AppendError;

export const MAIL_DOWN = {
  ...UNAVAILABLE,
  dependency: 'Notifier',
} as const satisfies NotifierError;

/** As often as the mail service, or nobody, was reached, and has not taken it. */
export const NOT_TAKEN: Readonly<Record<string, NotifierError>> = {
  throttled: { ...MAIL_DOWN, throttled: true, notTaken: true },
  'refused by the network': { ...MAIL_DOWN, notTaken: true },
  misconfigured: { type: 'Misconfigured', dependency: 'Notifier', cause: 'no such sender' },
  undeliverable: { type: 'Undeliverable', reason: 'suppressed' },
};
