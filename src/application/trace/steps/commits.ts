import { PERSON } from '../../causes.ts';
import type * as Notification from '../../../domain/notification/index.ts';
import type * as Order from '../../../domain/order/index.ts';
import type { RecordedCommit } from '../../ports/eventStore.ts';
import { callSteps } from './calls.ts';
import type { TraceInput, TracedCommit, TraceTexts } from '../traceInput.ts';
import type { UnplacedStep } from '../timeline.ts';
import type { TracedHandling } from '../handlings.ts';

type OrderEntry = TracedCommit<Order.StreamEvent>;

export const commitKey = ({ streamId, version }: RecordedCommit): string =>
  `${streamId}@${version}`;

/** The process that acted, and the receive of the message that it acted for. */
export const actorOf = (
  handling: TracedHandling | undefined,
): Pick<UnplacedStep, 'by' | 'messageId' | 'attempt'> => {
  if (handling === undefined) return {};
  const { by, messageId, end } = handling;
  return {
    messageId,
    ...(by === undefined ? {} : { by }),
    ...(end?.attempt === undefined ? {} : { attempt: end.attempt }),
  };
};

/** Events that other steps show: answers of the gateway, and numbers allocated. */
const SHOWN_AS_CALLS: ReadonlySet<Order.StreamEvent['type']> = new Set([
  'PaymentRequested',
  'PaymentCaptured',
  'RefundSucceeded',
  'InvoiceIssued',
  'CreditNoteIssued',
  'OrderCancelled',
]);

const kindOf = ({ located }: OrderEntry): UnplacedStep['kind'] => {
  const types = located.map(({ event }) => event.type);
  if (types.includes('RefundRejected') || types.includes('OrderRefused')) return 'refused';
  return types.some((type) => type.endsWith('ReviewRequired')) ? 'waited' : 'done';
};

/**
 * The actor and phase of a commit: a person's decision is the operator's own, a command belongs to
 * phase 2, and everything else to phase 3.
 */
const partyOf = ({ commit }: OrderEntry): Pick<UnplacedStep, 'from' | 'phase'> => {
  if (commit.causationId === PERSON) return { from: 'operator', phase: 5 };
  const isCommand = !commit.idempotencyKey.startsWith('drive#');
  return { from: 'payment service', phase: isCommand ? 2 : 3 };
};

/** A commit of the order, after the calls that it shows to have been made. */
export const orderCommitSteps = (
  entry: OrderEntry,
  { entries, state }: Pick<TraceInput, 'entries' | 'state'>,
  texts: TraceTexts,
  handling?: TracedHandling,
): readonly UnplacedStep[] => {
  const { commit, located } = entry;
  const events = located.map(({ event }) => event);
  const common = { key: commitKey(commit), at: commit.committedAt, ...actorOf(handling) };
  const previous = entries[entries.indexOf(entry) - 1]?.commit;
  const currency = state.placed?.currency ?? '';
  return [
    ...callSteps(events, common),
    {
      ...common,
      ...partyOf(entry),
      to: 'event log',
      kind: kindOf(entry),
      what: events
        .map((event) =>
          SHOWN_AS_CALLS.has(event.type)
            ? event.type
            : `${event.type} (${texts.event(event, currency)})`,
        )
        .join(' + '),
      versions: located.map(({ version }) => version),
      source: 'event',
      details: { correlationId: commit.correlationId },
      after: previous && commitKey(previous),
    },
  ];
};

/** A commit of one notice; a confirmation comes after the mail that it confirms. */
export const noticeCommitSteps = (
  { commit, located }: TracedCommit<Notification.Event>,
  notice: TraceInput['notices'][number],
  handling?: TracedHandling,
): readonly UnplacedStep[] => {
  const at = commit.committedAt;
  const base = { at, phase: 4, kind: 'done', source: 'event', ...actorOf(handling) } as const;
  const [key, service] = [commitKey(commit), 'notification service'] as const;
  const previous = notice.entries.find(
    (other) => other.commit.version + other.commit.events.length === commit.version,
  );
  const mails = located.flatMap(({ event }): readonly UnplacedStep[] => {
    if (event.type !== 'NotificationSent') return [];
    const what = `mail: ${notice.id}`;
    const details = { mailId: event.data.mailId };
    return [{ ...base, key: `${key} mail`, from: service, to: 'customer', what, details }];
  });
  return [
    ...mails,
    {
      ...base,
      key,
      from: service,
      to: 'event log',
      what: `${located.map(({ event }) => event.type).join(' + ')} (${notice.id})`,
      versions: located.map(({ version }) => version),
      after: previous && commitKey(previous.commit),
    },
  ];
};

/** The row as it is now. It has no time of its own, so that its version's commit provides one. */
export const rowSteps = ({ row, entries }: TraceInput): readonly UnplacedStep[] => {
  if (row === undefined) return [];
  const written = entries.findLast(({ commit }) => commit.version <= row.version);
  if (written === undefined) return [];
  return [
    {
      key: 'row',
      at: written.commit.committedAt,
      phase: 3,
      from: 'payment service',
      to: 'invoice table',
      kind: 'done',
      what: `row of version ${row.version}`,
      source: 'row',
      cause: commitKey(written.commit),
    },
  ];
};
