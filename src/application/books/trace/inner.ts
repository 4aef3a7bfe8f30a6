import type * as Notification from '../../../domain/notification/index.ts';
import type * as Order from '../../../domain/order/index.ts';
import type { RecordedCommit } from '../../ports/eventStore.ts';
import type { LoggedRecord } from '../../ports/recordLog.ts';
import { callDrafts } from './calls.ts';
import type { Collected, Entry, Wording } from './collected.ts';
import type { Draft } from './draft.ts';
import type { Handling } from './handlings.ts';

type OrderEntry = Entry<Order.StreamEvent>;

export const commitKey = ({ streamId, version }: RecordedCommit): string =>
  `${streamId}@${version}`;

/** Who did it, and for which receive of which message. */
export const whoOf = (
  handling: Handling | undefined,
): Pick<Draft, 'by' | 'messageId' | 'attempt'> => {
  if (handling === undefined) return {};
  const { by, messageId, end } = handling;
  return {
    messageId,
    ...(by === undefined ? {} : { by }),
    ...(end?.attempt === undefined ? {} : { attempt: end.attempt }),
  };
};

/** Events of which other steps tell: what the gateway said, and which number was taken. */
const TOLD_BESIDE: ReadonlySet<Order.StreamEvent['type']> = new Set([
  'PaymentRequested',
  'PaymentCaptured',
  'RefundSucceeded',
  'InvoiceIssued',
  'CreditNoteIssued',
  'OrderCancelled',
]);

const kindOf = ({ located }: OrderEntry): Draft['kind'] => {
  const types = located.map(({ event }) => event.type);
  if (types.includes('RefundRejected') || types.includes('OrderRefused')) return 'refused';
  return types.some((type) => type.endsWith('ReviewRequired')) ? 'waited' : 'done';
};

/** What people decide they have done themselves; a command is consumed, and everything else pays. */
const placeOf = ({ commit }: OrderEntry): Pick<Draft, 'from' | 'phase'> => {
  if (commit.causationId === 'person') return { from: 'operator', phase: 5 };
  const isCommand = !commit.idempotencyKey.startsWith('drive#');
  return { from: 'payment service', phase: isCommand ? 2 : 3 };
};

/** A commit of the order, and before it what it shows to have been asked and answered. */
export const orderDrafts = (
  entry: OrderEntry,
  { entries, state }: Pick<Collected, 'entries' | 'state'>,
  wording: Wording,
  handling?: Handling,
): readonly Draft[] => {
  const { commit, located } = entry;
  const events = located.map(({ event }) => event);
  const common = { key: commitKey(commit), at: commit.committedAt, ...whoOf(handling) };
  const previous = entries[entries.indexOf(entry) - 1]?.commit;
  const currency = state.placed?.currency ?? '';
  return [
    ...callDrafts(events, common),
    {
      ...common,
      ...placeOf(entry),
      to: 'event log',
      kind: kindOf(entry),
      what: events
        .map((event) =>
          TOLD_BESIDE.has(event.type)
            ? event.type
            : `${event.type} (${wording.event(event, currency)})`,
        )
        .join(' + '),
      versions: located.map(({ version }) => version),
      source: 'event',
      details: { correlationId: commit.correlationId },
      after: previous && commitKey(previous),
    },
  ];
};

/** A commit of one notice; before its confirmation the mail that it confirms. */
export const noticeDrafts = (
  { commit, located }: Entry<Notification.Event>,
  notice: Collected['notices'][number],
  handling?: Handling,
): readonly Draft[] => {
  const at = commit.committedAt;
  const base = { at, phase: 4, kind: 'done', source: 'event', ...whoOf(handling) } as const;
  const [key, service] = [commitKey(commit), 'notification service'] as const;
  const previous = notice.entries.find(
    (other) => other.commit.version + other.commit.events.length === commit.version,
  );
  const mails = located.flatMap(({ event }): readonly Draft[] => {
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

/** What a process said meanwhile: a call that proved nothing, or trouble with the queue. */
export const recordDraft = (record: LoggedRecord, handling: Handling): Draft => {
  const { id: key, at, event, outcome = '', durationMs = 0, facts = {} } = record;
  const isPayments = handling.queue === 'payments';
  const from = isPayments ? 'payment service' : 'notification service';
  const base = { key, from, source: 'record', ...whoOf(handling), by: record.logStream } as const;
  if (event !== 'gateway.unproven') {
    const to = isPayments ? 'payments queue' : 'notifications queue';
    const what = `${event}: ${outcome}`;
    return { ...base, at, phase: isPayments ? 2 : 4, to, kind: 'lost', what };
  }
  const { call = 'call', subject = '', cause } = facts;
  const { kind, words } = UNPROVEN[outcome] ?? { kind: 'lost', words: outcome };
  const why = cause === undefined ? '' : ` (${cause})`;
  return {
    ...base,
    // When it was asked.
    at: at - durationMs,
    phase: 3,
    to: 'gateway',
    kind,
    what: `${call} of ${subject}: ${words}${why}`,
    details: { durationMs },
  };
};

const UNPROVEN: Readonly<Record<string, { readonly kind: Draft['kind']; readonly words: string }>> =
  {
    Unknown: { kind: 'lost', words: 'outcome unknown' },
    NotExecuted: { kind: 'refused', words: 'not executed' },
    Absent: { kind: 'done', words: 'nothing there, which proves nothing yet' },
  };
