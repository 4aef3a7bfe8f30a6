import type * as Notification from '../../../domain/notification/index.ts';
import type * as Order from '../../../domain/order/index.ts';
import type { RecordedCommit } from '../../ports/eventStore.ts';
import type { LogLine } from '../../ports/logSearch.ts';
import { callSteps } from './calls.ts';
import type { TraceInput, TracedCommit, TraceTexts } from '../traceInput.ts';
import type { UnplacedStep } from '../unplacedStep.ts';
import type { TracedHandling } from '../handlings.ts';

type OrderEntry = TracedCommit<Order.StreamEvent>;

export const commitKey = ({ streamId, version }: RecordedCommit): string =>
  `${streamId}@${version}`;

/** Who did it, and for which receive of which message. */
export const whoOf = (
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

/** Events of which other steps tell: what the gateway said, and which number was taken. */
const TOLD_BESIDE: ReadonlySet<Order.StreamEvent['type']> = new Set([
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

/** What people decide they have done themselves; a command is consumed, and everything else pays. */
const placeOf = ({ commit }: OrderEntry): Pick<UnplacedStep, 'from' | 'phase'> => {
  if (commit.causationId === 'person') return { from: 'operator', phase: 5 };
  const isCommand = !commit.idempotencyKey.startsWith('drive#');
  return { from: 'payment service', phase: isCommand ? 2 : 3 };
};

/** A commit of the order, and before it what it shows to have been asked and answered. */
export const orderSteps = (
  entry: OrderEntry,
  { entries, state }: Pick<TraceInput, 'entries' | 'state'>,
  wording: TraceTexts,
  handling?: TracedHandling,
): readonly UnplacedStep[] => {
  const { commit, located } = entry;
  const events = located.map(({ event }) => event);
  const common = { key: commitKey(commit), at: commit.committedAt, ...whoOf(handling) };
  const previous = entries[entries.indexOf(entry) - 1]?.commit;
  const currency = state.placed?.currency ?? '';
  return [
    ...callSteps(events, common),
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
export const noticeSteps = (
  { commit, located }: TracedCommit<Notification.Event>,
  notice: TraceInput['notices'][number],
  handling?: TracedHandling,
): readonly UnplacedStep[] => {
  const at = commit.committedAt;
  const base = { at, phase: 4, kind: 'done', source: 'event', ...whoOf(handling) } as const;
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

/** What a process said meanwhile: a call that proved nothing, or trouble with the queue. */
export const recordStep = (record: LogLine, handling: TracedHandling): UnplacedStep => {
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

const UNPROVEN: Readonly<
  Record<string, { readonly kind: UnplacedStep['kind']; readonly words: string }>
> = {
  Unknown: { kind: 'lost', words: 'outcome unknown' },
  NotExecuted: { kind: 'refused', words: 'not executed' },
  Absent: { kind: 'done', words: 'nothing there, which proves nothing yet' },
};
