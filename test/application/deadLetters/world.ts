import { expect } from 'chai';
import { fingerprint } from '../../../src/adapters/system/ids.ts';
import { deadLetterOf } from '../../../src/application/delivery/deadLetterMessage.ts';
import type { ActionOptions, ActionResult } from '../../../src/application/deadLetters/act.ts';
import type { ListOptions, ListedDeadLetter } from '../../../src/application/deadLetters/list.ts';
import type { DecisionVerb } from '../../../src/application/deadLetters/appendDecision.ts';
import { decodeCommits, orderStreamId } from '../../../src/application/log/eventStreams.ts';
import { createContainer } from '../../../src/bootstrap/container.ts';
import { application } from '../../../src/bootstrap/modules/application.ts';
import { memory } from '../../../src/bootstrap/modules/memory.ts';
import type { Services } from '../../../src/bootstrap/tokens.ts';
import { DEAD_LETTER_QUEUES, type DeadLetterQueue } from '../../../src/domain/deadLetter/events.ts';
import * as Order from '../../../src/domain/order/index.ts';
import { must } from '../../support/commits.ts';
import { createReconcileWorld, its } from '../reconcile/world.ts';

export const ADA = { by: 'ada', because: 'the cause is mended' } as const;
/** Of everything. */
const LOOK: ListOptions = {
  queues: DEAD_LETTER_QUEUES,
  selection: {},
  deadLettersMax: 1_000,
  onKept: () => undefined,
};

export type Shared = Pick<
  Services,
  | 'store'
  | 'personalData'
  | 'payments'
  | 'paymentsDlq'
  | 'notifications'
  | 'notificationsDlq'
  | 'clock'
  | 'ids'
  | 'requests'
>;

export type Ended = { readonly acted: readonly ActionResult[]; readonly sums: unknown };

/**
 * The services of the reconciler's world, with what lets people decide about its dead letters.
 */
export const createDeadLetterWorld = () => {
  const world = createReconcileWorld();
  const { store, payments, paymentsDlq, notifications, notificationsDlq, clock, ids } = world;
  const queues = { payments, paymentsDlq, notifications, notificationsDlq };
  const { personalData } = world;
  const requests = world.gateway;
  const shared: Shared = { store, personalData, ...queues, clock, ids, requests };

  /** A process of its own: nothing is shared but what lasts. */
  const dlq = (changes: Partial<Shared> = {}) => {
    const { get } = createContainer(application, {
      ...memory(),
      ...given({ ...shared, ...changes }),
    });
    const act = async (
      verb: DecisionVerb,
      options: Partial<ActionOptions> = {},
    ): Promise<Ended> => {
      const acted: ActionResult[] = [];
      const result = await get(verb === 'redrive' ? 'redriveDeadLetters' : 'discardDeadLetters')({
        ...LOOK,
        ...ADA,
        rate: 500,
        isForced: false,
        ...options,
        onActed: (one) => {
          acted.push(one);
          options.onActed?.(one);
        },
      });
      const sums = result.match(
        (value): unknown => value,
        (error) => error,
      );
      return { acted, sums };
    };
    return {
      act,
      redrive: (options?: Partial<ActionOptions>) => world.through(act('redrive', options)),
      discard: (options?: Partial<ActionOptions>) => world.through(act('discard', options)),
      list: async (options: Partial<ListOptions> = {}): Promise<readonly ListedDeadLetter[]> => {
        const seen: ListedDeadLetter[] = [];
        const onDeadLetter = (deadLetter: ListedDeadLetter): void => void seen.push(deadLetter);
        await must(
          await world.through(get('listDeadLetters')({ ...LOOK, ...options, onDeadLetter })),
        );
        return seen;
      },
    };
  };

  /** A dead letter of either queue, as a service puts it there. */
  const deadLetter = async (
    queue: DeadLetterQueue,
    message: unknown,
    { reason = 'ReviewRequired; a person must look', attributes = {} } = {},
  ): Promise<string> => {
    const body = typeof message === 'string' ? message : JSON.stringify(message);
    const received = {
      messageId: `m-${reason}`,
      receipt: '',
      body,
      attributes,
      sentAt: clock.now(),
    };
    const to = queue === 'payments' ? paymentsDlq : notificationsDlq;
    const before = new Set(to.dump().map(({ messageId }) => messageId));
    const failure = {
      reason,
      errorType: reason.split(';')[0] ?? '',
      orderId: undefined,
      failedAt: clock.now(),
      service: { name: queue, version: '0.1.0' },
    };
    const about = { ...received, groupId: 'c-1', receiveCount: 3, damaged: false };
    await must(to.send([deadLetterOf(about, failure, { fingerprint })]));
    return to.dump().find(({ messageId }) => !before.has(messageId))?.messageId ?? '';
  };

  /** The notification service handles all there is. */
  const notifyAll = async (): Promise<void> => {
    const { get } = createContainer(application, { ...memory(), ...given(shared) });
    const stop = new AbortController();
    const running = get('notificationConsumer').run(stop.signal);
    await clock.advance(5_000);
    stop.abort();
    await clock.advance(30_000);
    await running;
  };

  const history = async (orderId: string): Promise<readonly Order.StreamEvent[]> =>
    must(decodeCommits((await must(store.load(orderStreamId(orderId)))).commits, Order.codec));

  return {
    ...world,
    dlq,
    deadLetter,
    notifyAll,
    history,
    types: async (orderId: string) => (await history(orderId)).map(({ type }) => type),
    /** Everything that lasts, to see that nothing changed. */
    everything: async () => ({
      charges: world.gateway.ledger(),
      commits: await allCommits(store),
      messages: [payments, notifications].map((queue) => queue.dump().map(({ body }) => body)),
      deadLetters: [paymentsDlq, notificationsDlq].map((queue) => ({
        bodies: queue
          .dump()
          .map(({ body }) => body)
          .toSorted(),
        inFlight: queue.counts().inFlight,
      })),
    }),
  };
};

export type DeadLetterWorld = ReturnType<typeof createDeadLetterWorld>;

const given = ({
  store,
  payments,
  paymentsDlq,
  notifications,
  notificationsDlq,
  ...rest
}: Shared) => ({
  store: its(store),
  personalData: its(rest.personalData),
  payments: its(payments),
  paymentsDlq: its(paymentsDlq),
  notifications: its(notifications),
  notificationsDlq: its(notificationsDlq),
  clock: its(rest.clock),
  ids: its(rest.ids),
  requests: its(rest.requests),
});

const allCommits = async (store: Services['store']): Promise<readonly string[]> => {
  const ids: string[] = [];
  for await (const page of store.scan({ segment: 0, segments: 1 })) {
    ids.push(...(await must(page)).commits.map(({ commitId }) => commitId));
  }
  return ids.toSorted();
};

export const outcomesOf = ({ acted }: Ended) =>
  acted.map(({ outcome }) =>
    outcome.match(
      ({ isNew }) => (isNew ? 'done' : 'done, recorded before'),
      ({ type }) => type,
    ),
  );

export const only = <T>(list: readonly T[]): T => {
  expect(list).to.have.length(1);
  const [one] = list;
  return one ?? expect.fail('there is none');
};
