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
import type { NotificationStream, OrderStream } from '../log/eventStreams.ts';
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
import {
  attemptOf,
  claim,
  confirm,
  release,
  ROUNDS_MAX,
  type LoadedNotice,
  type NoticeAttempt,
} from './noticeClaim.ts';
import { documentOf, writeMail, type MailSettings } from './writeMail.ts';

export type NotificationDependencies = {
  readonly orders: Pick<OrderStream, 'load'>;
  readonly notices: NotificationStream;
  readonly notifier: Notifier;
  readonly clock: Clock;
  readonly ids: Ids;
  /**
   * The time that a process has from its claim to its mail before another may send, in
   * milliseconds.
   */
  readonly claimLeaseMs: number;
  readonly mailSettings: MailSettings;
  /** The renderer of the attached file. */
  readonly renderer: Pick<DocumentRenderer, 'pdf'>;
  readonly notificationLevel: Pick<NotificationLevel, 'sent' | 'undeliverable'>;
};

/**
 * `sent without its file`: the document could not be made or was too large to be attached.
 * `claimed before`: another delivery has claimed a courtesy, which is not sent again. `withheld`:
 * the customer was erased, and has no address any more.
 */
type NotifyOutcome =
  'sent' | 'sent without its file' | 'sent before' | 'claimed before' | 'withheld';
type WrittenMail = { readonly mail: Mail; readonly outcome: 'sent' | 'sent without its file' };
type NoticeContext = Correlation & {
  readonly orderId: string;
} & Pick<Delivery, 'signal' | 'sentAt'>;

/** Phase 4: claim, send, confirm. The delivery engine deletes the message last of all. */
export const createNotificationHandler =
  (dependencies: NotificationDependencies): Handler =>
  (received) =>
    safeTry(async function* () {
      const delivery = yield* unwrap(received);
      const message = yield* decodeNotificationMessage(delivery.body);
      const { orderId } = message;
      const correlation = correlationOf(delivery);
      const { correlationId } = correlation;
      const found = await load(message, dependencies);
      if (found.isErr() && found.error.type === 'Overtaken') {
        return ok({ orderId, correlationId, outcome: `${found.error.id}: overtaken` });
      }
      const notice = yield* found.mapErr((error) => error as HandlerError);
      const { signal, sentAt } = delivery;
      const context = { ...correlation, orderId, signal, sentAt };
      const outcome = yield* isWithheld(notice)
        ? withhold(notice, context, dependencies)
        : notify(notice, context, dependencies);
      return ok({ orderId, correlationId, outcome: `${notice.kind}: ${outcome}` });
    });

const load = (
  message: NotificationMessage,
  { orders }: NotificationDependencies,
): ResultAsync<Notice, HandlerError | Overtaken> =>
  isOrderOutcome(message)
    ? orders
        .load(message.orderId)
        .mapErr((error): HandlerError | Overtaken => error)
        .andThen(({ state }) => noticeOf(message, state))
    : noticeOf(message, Order.initialState).asyncAndThen((notice) => okAsync(notice));

const notify = (
  notice: Notice,
  context: NoticeContext,
  dependencies: NotificationDependencies,
): ResultAsync<NotifyOutcome, HandlerError> =>
  safeTry(async function* () {
    const { notices, clock, ids, claimLeaseMs: leaseMs } = dependencies;
    const { kind } = notice;
    const { orderId } = context;
    const attempt = attemptOf(`${orderId}#${notice.id}`, context, ids.create());
    let loaded = notices.start;
    let toSend: WrittenMail | undefined;
    for (let round = 0; round < ROUNDS_MAX; round += 1) {
      const now = clock.now();
      const mine = { kind, myClaimId: attempt.claimId, now, leaseMs };
      const step = Notification.nextStep(loaded.state, mine);
      switch (step.type) {
        case 'Claim':
          loaded = yield* claim(attempt, loaded, now, notices);
          break;
        case 'Send':
          if (toSend !== undefined) {
            return sendAndConfirm(toSend, { attempt, loaded }, context, dependencies);
          }
          // The claim is asked for again when the mail is written, which may have taken long.
          toSend = yield* written(notice, dependencies);
          break;
        case 'Wait':
          return err(notYet(orderId, 'another process holds the claim', step.ms));
        case 'Done':
          return ok(step.sent ? ('sent before' as const) : ('claimed before' as const));
      }
    }
    return err<never, HandlerError>({ type: 'ConflictsExhausted', orderId });
  });

/** Writes the mail once it is claimed, so that a copy of a message makes no PDF. */
const written = (
  notice: Notice,
  { mailSettings, renderer }: NotificationDependencies,
): ResultAsync<WrittenMail, never> => {
  const document = mailSettings.delivery === 'attach' ? documentOf(notice) : undefined;
  if (document === undefined) {
    return okAsync({ mail: writeMail(notice, mailSettings), outcome: 'sent' });
  }
  return attachedFiles(renderer, document).map((files) => ({
    mail: writeMail(notice, mailSettings, files),
    outcome: files.length > 0 ? 'sent' : 'sent without its file',
  }));
};

/** Sends the mail and confirms it. A mail that was certainly not sent frees the claim. */
const sendAndConfirm = (
  { mail, outcome }: WrittenMail,
  { attempt, loaded }: { readonly attempt: NoticeAttempt; readonly loaded: LoadedNotice },
  { orderId, signal, sentAt }: NoticeContext,
  { notices, notifier, clock, notificationLevel }: NotificationDependencies,
): ResultAsync<NotifyOutcome, HandlerError> =>
  safeTry(async function* () {
    const sent = await send(notifier, mail, signal);
    if (sent.isOk()) {
      notificationLevel.sent({ sentAt, now: clock.now() });
      yield* confirm(attempt, loaded, sent.value.messageId, notices);
      return ok(outcome);
    }
    const { error } = sent;
    if (error.type === 'Aborted' || isNotTaken(error)) yield* release(attempt, loaded, notices);
    if (error.type !== 'Undeliverable') return err(error);
    notificationLevel.undeliverable();
    return err({ ...error, orderId });
  });

/** Records that nobody was notified, unless the mail was sent before the address was erased. */
const withhold = (
  { id: noticeId }: Notice,
  { orderId, correlationId, causationId }: NoticeContext,
  { notices, clock }: NotificationDependencies,
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

const send = (
  notifier: Notifier,
  mail: Mail,
  signal: AbortSignal,
): ResultAsync<{ readonly messageId: string }, NotifierError | AbortedCall> =>
  signal.aborted ? errAsync(ABORTED) : notifier.send(mail);

const ABORTED: AbortedCall = { type: 'Aborted', dependency: 'Notifier' };
