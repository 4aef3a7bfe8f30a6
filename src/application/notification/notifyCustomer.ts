import { err, errAsync, ok, okAsync, safeTry, type ResultAsync } from 'neverthrow';
import * as Notification from '../../domain/notification/index.ts';
import * as Order from '../../domain/order/index.ts';
import type { Delivery, Handler, HandlerError } from '../delivery/handler.ts';
import {
  correlationOf,
  decodeNotificationMessage,
  unwrap,
  type Correlation,
  type NotificationMessage,
} from '../messages/index.ts';
import type { Clock } from '../ports/clock.ts';
import type { AbortedCall } from '../ports/failures.ts';
import type { AppendError, LoadError } from '../ports/eventStore.ts';
import type { Ids } from '../ports/ids.ts';
import { isNotTaken, type Mail, type Notifier, type NotifierError } from '../ports/notifier.ts';
import { retryConflicts } from '../log/retryConflicts.ts';
import type { LoadedHistory, NotificationStream, OrderStream } from '../log/eventStreams.ts';
import type { DocumentRenderer } from '../ports/documentRenderer.ts';
import type { NotificationLevel } from '../serviceLevel.ts';
import { attachedFiles } from './attachedFiles.ts';
import {
  isOrderOutcome,
  isWithheld,
  noticeOf,
  notYet,
  type Overtaken,
  type Notice,
} from './notice.ts';
import { documentOf, writeMail, type MailSettings } from './writeMail.ts';

type LoadedNotice = LoadedHistory<Notification.State, Notification.Event>;

export type NotificationDependencies = {
  readonly orders: Pick<OrderStream, 'load'>;
  readonly notices: NotificationStream;
  readonly notifier: Notifier;
  readonly clock: Clock;
  readonly ids: Ids;
  /** How long a process may take from its claim to its mail before another may send. */
  readonly claimLeaseMs: number;
  readonly mailSettings: MailSettings;
  /** Makes what is attached. */
  readonly renderer: Pick<DocumentRenderer, 'pdf'>;
  readonly notificationLevel: Pick<NotificationLevel, 'sent' | 'undeliverable'>;
};

/** Claim, conflict, claim after a lease, write, send: more mean that something is wrong. */
const ROUNDS_MAX = 6;

/**
 * `sent without its file`: the document could not be made or was too large to be attached.
 * `claimed before`: another delivery has claimed a courtesy, which is not sent again. `withheld`:
 * the customer was erased, and has no address any more.
 */
type NotifyOutcome =
  'sent' | 'sent without its file' | 'sent before' | 'claimed before' | 'withheld';
type WrittenMail = { readonly mail: Mail; readonly outcome: 'sent' | 'sent without its file' };
type NoticeCommit = Correlation & { readonly idempotencyKey: string };
type NoticeContext = Correlation & {
  readonly orderId: string;
} & Pick<Delivery, 'signal' | 'sentAt'>;

/** Phase 4: claim, send, confirm. The delivery engine deletes the message last of all. */
export const createNotificationHandler = (dependencies: NotificationDependencies): Handler => {
  const { orders, notices, notifier, clock, ids, claimLeaseMs } = dependencies;
  const { mailSettings, renderer, notificationLevel } = dependencies;

  const load = (message: NotificationMessage): ResultAsync<Notice, HandlerError | Overtaken> =>
    isOrderOutcome(message)
      ? orders
          .load(message.orderId)
          .mapErr((error): HandlerError | Overtaken => error)
          .andThen(({ state }) => noticeOf(message, state))
      : noticeOf(message, Order.initialState).asyncAndThen((notice) => okAsync(notice));

  /** Written when it is claimed, so that a copy of a message makes no PDF. */
  const written = (notice: Notice): ResultAsync<WrittenMail, never> => {
    const document = mailSettings.delivery === 'attach' ? documentOf(notice) : undefined;
    if (document === undefined) {
      return okAsync({ mail: writeMail(notice, mailSettings), outcome: 'sent' });
    }
    return attachedFiles(renderer, document).map((files) => ({
      mail: writeMail(notice, mailSettings, files),
      outcome: files.length > 0 ? 'sent' : 'sent without its file',
    }));
  };

  const notify = (
    notice: Notice,
    { orderId, signal, sentAt, ...correlation }: NoticeContext,
  ): ResultAsync<NotifyOutcome, HandlerError> =>
    safeTry(async function* () {
      const { kind } = notice;
      const id = `${orderId}#${notice.id}`;
      const commit = { idempotencyKey: `notify#${id}`, ...correlation };
      const myClaimId = ids.create();
      let loaded = notices.start;
      let toSend: WrittenMail | undefined;
      for (let round = 0; round < ROUNDS_MAX; round += 1) {
        const now = clock.now();
        const step = Notification.nextStep(loaded.state, {
          kind,
          myClaimId,
          now,
          leaseMs: claimLeaseMs,
        });
        switch (step.type) {
          case 'Claim': {
            const data = { claimId: myClaimId, at: now };
            const events = [{ type: 'NotificationClaimed' as const, data }];
            const claimed = await notices.append(id, loaded, { ...commit, events });
            if (claimed.isErr() && claimed.error.type !== 'Conflict') return err(claimed.error);
            loaded = claimed.isOk() ? claimed.value : yield* notices.load(id);
            break;
          }
          case 'Send': {
            // The claim is asked for again when the mail is written, which may have taken long.
            if (toSend === undefined) {
              toSend = yield* written(notice);
              break;
            }
            const sent = await send(notifier, toSend.mail, signal);
            if (sent.isOk()) {
              const { messageId: mailId } = sent.value;
              notificationLevel.sent({ sentAt, now: clock.now() });
              yield* confirm(notices, id, loaded, { ...commit, mailId });
              return ok(toSend.outcome);
            }
            const { error } = sent;
            if (error.type === 'Aborted' || isNotTaken(error)) {
              yield* release(notices, id, loaded, { ...commit, claimId: myClaimId });
            }
            if (error.type !== 'Undeliverable') return err(error);
            notificationLevel.undeliverable();
            return err({ ...error, orderId });
          }
          case 'Wait':
            return err(notYet(orderId, 'another process holds the claim', step.ms));
          case 'Done':
            return ok(step.sent ? ('sent before' as const) : ('claimed before' as const));
        }
      }
      return err<never, HandlerError>({ type: 'ConflictsExhausted', orderId });
    });

  return (received) =>
    safeTry(async function* () {
      const delivery = yield* unwrap(received);
      const message = yield* decodeNotificationMessage(delivery.body);
      const { orderId } = message;
      const correlation = correlationOf(delivery);
      const found = await load(message);
      const { correlationId } = correlation;
      if (found.isErr() && found.error.type === 'Overtaken') {
        return ok({ orderId, correlationId, outcome: `${found.error.id}: overtaken` });
      }
      const notice = yield* found.mapErr((error) => error as HandlerError);
      const { signal, sentAt } = delivery;
      const context = { ...correlation, orderId, signal, sentAt };
      const outcome = yield* isWithheld(notice)
        ? withhold(dependencies, notice, context)
        : notify(notice, context);
      return ok({ orderId, correlationId, outcome: `${notice.kind}: ${outcome}` });
    });
};

/** Records that nobody was notified, unless the mail was sent before the address was erased. */
const withhold = (
  { notices, clock }: Pick<NotificationDependencies, 'notices' | 'clock'>,
  { id: noticeId }: Notice,
  { orderId, correlationId, causationId }: NoticeContext,
): ResultAsync<NotifyOutcome, HandlerError> =>
  retryConflicts<NotifyOutcome, AppendError | LoadError>(() =>
    safeTry<NotifyOutcome, AppendError | LoadError>(async function* () {
      const id = `${orderId}#${noticeId}`;
      const loaded = yield* notices.load(id);
      if (loaded.state.status === 'sent') return ok('sent before' as const);
      if (loaded.state.status === 'withheld') return ok('withheld' as const);
      const data = { why: 'erased' as const, at: clock.now() };
      const events = [{ type: 'NotificationWithheld' as const, data }];
      const about = { idempotencyKey: `notify#${id}`, correlationId, causationId };
      yield* notices.append(id, loaded, { ...about, events });
      return ok('withheld' as const);
    }),
  ).mapErr((error) => (error.type === 'ConflictsExhausted' ? { ...error, orderId } : error));

/** A mail cannot be undone: the confirmation is appended behind whatever is there. */
const confirm = (
  notices: NotificationStream,
  id: string,
  loaded: LoadedNotice,
  commit: NoticeCommit & { readonly mailId: string },
): ResultAsync<void, HandlerError> =>
  safeTry(async function* () {
    const { mailId, ...rest } = commit;
    const events = [{ type: 'NotificationSent' as const, data: { mailId } }];
    let current = loaded;
    for (let round = 0; round < ROUNDS_MAX && current.state.status !== 'sent'; round += 1) {
      const confirmed = await notices.append(id, current, { ...rest, events });
      if (confirmed.isErr() && confirmed.error.type !== 'Conflict') return err(confirmed.error);
      current = confirmed.isOk() ? confirmed.value : yield* notices.load(id);
    }
    return ok();
  });

const send = (
  notifier: Notifier,
  mail: Mail,
  signal: AbortSignal,
): ResultAsync<{ readonly messageId: string }, NotifierError | AbortedCall> =>
  signal.aborted ? errAsync(ABORTED) : notifier.send(mail);

/**
 * Frees the claim, so that the next delivery sends at once. If this fails, nothing else is lost:
 * the message ends with the original error, and the claim expires with its lease.
 */
const release = (
  notices: NotificationStream,
  id: string,
  loaded: LoadedNotice,
  { claimId, ...rest }: NoticeCommit & { readonly claimId: string },
): ResultAsync<void, never> => {
  const events = [{ type: 'NotificationReleased' as const, data: { claimId } }];
  const done = () => okAsync(undefined);
  return notices
    .append(id, loaded, { ...rest, events })
    .andThen(done)
    .orElse(done);
};

const ABORTED: AbortedCall = { type: 'Aborted', dependency: 'Notifier' };
