import type { Result } from 'neverthrow';
import { causeOf, correlationOf } from '../messages/index.ts';
import type { ReceivedMessage } from '../ports/messageQueue.ts';
import { dispositionOf, type Disposition } from './disposition.ts';
import type { HandlerSuccess, Handler, HandlerError } from './handler.ts';
import type { OwnDeadLetter } from './ownDeadLetter.ts';
import type { DeliverySettings } from './settings.ts';

export type HandlerResult = {
  readonly disposition: Disposition;
  readonly outcome: string;
  readonly orderId?: string;
  readonly correlationId: string;
  readonly causationId?: string;
  readonly facts: Readonly<Record<string, string | number | boolean>>;
};

/** Ids that the handler has read in the body take precedence over those of the attributes. */
type UntracedResult = Omit<HandlerResult, 'correlationId'> & { readonly correlationId?: string };

const TRY_AGAIN: Disposition = { type: 'Retry', delayClass: 'normal' };

/** The bytes received are not the bytes sent, so nothing may be read out of them. */
const DAMAGED: UntracedResult = { disposition: TRY_AGAIN, outcome: 'Damaged', facts: {} };

const resultOf = (result: Result<HandlerSuccess, HandlerError>): UntracedResult =>
  result.match(
    (handled) => ({ disposition: { type: 'Acknowledge' }, ...handled, facts: {} }),
    (error) => ({
      disposition: dispositionOf(error),
      outcome: error.type,
      ...('orderId' in error ? { orderId: error.orderId } : {}),
      facts: scalarsOf(error),
    }),
  );

type GiveUpLimits = Pick<DeliverySettings, 'receivesMax'>;
type HandlerMeans = {
  readonly signal: AbortSignal;
  readonly deadLetter: Pick<OwnDeadLetter, 'before'>;
};

/**
 * Makes a dead letter of a message that would be tried again on its last receive but one. After
 * that its queue would move it without a reason. A message that arrived damaged is left to the
 * queue, which alone has it whole.
 */
export const beforeGivenUp = (
  result: HandlerResult,
  { receiveCount, damaged }: Pick<ReceivedMessage, 'receiveCount' | 'damaged'>,
  { receivesMax }: GiveUpLimits,
): HandlerResult => {
  const { disposition, outcome: last, facts } = result;
  const isTriedAgain = disposition.type === 'Retry' || disposition.type === 'Pause';
  if (!isTriedAgain || damaged || receiveCount < receivesMax - 1) return result;
  const details = Object.entries(facts).map(([name, value]) => `${name} ${value}`);
  const said = [last, ...details].join(', ');
  const reason = `${GIVEN_UP}; ${receivesText(receiveCount)}; last: ${said}`;
  return {
    ...result,
    disposition: { type: 'DeadLetter', reason },
    outcome: GIVEN_UP,
    facts: { ...facts, last },
  };
};

/** This is also the class of dead letters that a queue has moved by itself. */
const GIVEN_UP = 'GivenUp';

const receivesText = (count: number): string => `after ${count} receives`;

/**
 * The result where nothing was recorded the time before: its handler may have ended its process.
 */
const neverEnded = ({ receiveCount }: ReceivedMessage): UntracedResult => ({
  disposition: {
    type: 'DeadLetter',
    reason: `${GIVEN_UP}; ${receivesText(receiveCount)}; the last handling did not come to its end`,
  },
  outcome: GIVEN_UP,
  facts: {},
});

/** Calls the handler, unless the message is damaged or came for the last time. Never rejects. */
export const handlerResult = async (
  handle: Handler,
  message: ReceivedMessage,
  { signal, deadLetter, receivesMax }: GiveUpLimits & HandlerMeans,
): Promise<HandlerResult> => {
  const { correlationId } = correlationOf(message);
  const causationId = causeOf(message);
  const trace = { correlationId, ...(causationId === undefined ? {} : { causationId }) };
  if (!message.damaged && message.receiveCount >= receivesMax) {
    return { ...trace, ...neverEnded(message) };
  }
  return { ...trace, ...(await untracedResult(handle, message, { signal, deadLetter })) };
};

const untracedResult = async (
  handle: Handler,
  { messageId, body, attributes, senderId, receiveCount, sentAt, damaged }: ReceivedMessage,
  { signal, deadLetter }: HandlerMeans,
): Promise<UntracedResult> => {
  if (damaged) return DAMAGED;
  try {
    const sender = senderId === undefined ? {} : { senderId };
    const received = { messageId, body, attributes, ...sender, receiveCount, sentAt, signal };
    return resultOf(await handle({ ...received, deadLetter: deadLetter.before }));
  } catch (thrown) {
    // A throw must not end the process, in which other messages are half done.
    return resultOfThrown(thrown);
  }
};

/** The place of a broken invariant is recorded alone, since its text may hold secrets. */
export const placeOf = (thrown: unknown): { readonly error: string; readonly where: string } => {
  const { name, stack = '' } = thrown instanceof Error ? thrown : new Error('not an Error');
  const where = stack.split('\n').find((line) => /^\s+at /u.test(line)) ?? 'unknown';
  return { error: name, where: where.trim() };
};

const resultOfThrown = (thrown: unknown): UntracedResult => ({
  disposition: TRY_AGAIN,
  outcome: 'HandlerThrew',
  facts: placeOf(thrown),
});

const RECORD_FIELDS: ReadonlySet<string> = new Set(['type', 'orderId']);

const scalarsOf = (error: HandlerError): HandlerResult['facts'] =>
  Object.fromEntries(
    Object.entries(error).filter(
      (field): field is [string, string | number | boolean] =>
        !RECORD_FIELDS.has(field[0]) && ['string', 'number', 'boolean'].includes(typeof field[1]),
    ),
  );
