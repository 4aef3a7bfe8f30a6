import type { Result } from 'neverthrow';
import { causeOf, correlationOf } from '../messages/index.ts';
import type { ReceivedMessage } from '../ports/messageQueue.ts';
import { dispositionOf, type Disposition } from './disposition.ts';
import type { HandlerSuccess, Handler, HandlerError } from './handler.ts';
import type { OwnLetter } from './ownLetter.ts';
import type { DeliverySettings } from './settings.ts';

/** How a handler ended, in the words of records and of the dead-letter queue. */
export type HandlerResult = {
  readonly disposition: Disposition;
  /** The handler's own word, or the type of its error. */
  readonly outcome: string;
  readonly orderId?: string;
  readonly correlationId: string;
  /** The message that this one was sent for, where there was one. */
  readonly causationId?: string;
  readonly facts: Readonly<Record<string, string | number | boolean>>;
};

/** What the handler says of a chain it has read goes before what the message shows outside. */
type UntracedResult = Omit<HandlerResult, 'correlationId'> & { readonly correlationId?: string };

const TRY_AGAIN: Disposition = { type: 'Retry', delayClass: 'normal' };

/** What was received is not what was sent, so nothing may be read out of it. */
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
/** What a handler may do with its message while it is its own. */
type Hold = { readonly signal: AbortSignal; readonly letter: OwnLetter };

/**
 * What would be tried again, and is received for the last time but one: its queue would put it aside, and could not
 * say why. What arrives damaged is left to the queue, which alone has it whole.
 */
export const beforeGivenUp = (
  conclusion: HandlerResult,
  { receiveCount, damaged }: Pick<ReceivedMessage, 'receiveCount' | 'damaged'>,
  { receivesMax }: GiveUpLimits,
): HandlerResult => {
  const { disposition, outcome: last, facts } = conclusion;
  const isTriedAgain = disposition.type === 'Retry' || disposition.type === 'Pause';
  if (!isTriedAgain || damaged || receiveCount < receivesMax - 1) return conclusion;
  const details = Object.entries(facts).map(([name, value]) => `${name} ${value}`);
  const said = [last, ...details].join(', ');
  const reason = `${GIVEN_UP}; after ${receiveCount} receives; last: ${said}`;
  return {
    ...conclusion,
    disposition: { type: 'DeadLetter', reason },
    outcome: GIVEN_UP,
    facts: { ...facts, last },
  };
};

/** As the letters are classed that a queue has put aside. */
const GIVEN_UP = 'GivenUp';

/** It comes so often only where nobody said anything the time before: its handler may have ended its process. */
const neverEnded = ({ receiveCount }: ReceivedMessage): UntracedResult => ({
  disposition: {
    type: 'DeadLetter',
    reason: `${GIVEN_UP}; after ${receiveCount} receives; the last handling did not come to its end`,
  },
  outcome: GIVEN_UP,
  facts: {},
});

/**
 * Calls the handler, unless there is nothing that it could read, or the message is received for the last time.
 * Never rejects.
 */
export const handlerResult = async (
  handle: Handler,
  message: ReceivedMessage,
  { signal, letter, receivesMax }: GiveUpLimits & Hold,
): Promise<HandlerResult> => {
  const { correlationId } = correlationOf(message);
  const causationId = causeOf(message);
  const trace = { correlationId, ...(causationId === undefined ? {} : { causationId }) };
  if (!message.damaged && message.receiveCount >= receivesMax) {
    return { ...trace, ...neverEnded(message) };
  }
  return { ...trace, ...(await untracedResult(handle, message, { signal, letter })) };
};

const untracedResult = async (
  handle: Handler,
  { messageId, body, attributes, senderId, receiveCount, sentAt, damaged }: ReceivedMessage,
  { signal, letter }: Hold,
): Promise<UntracedResult> => {
  if (damaged) return DAMAGED;
  try {
    const sender = senderId === undefined ? {} : { senderId };
    const received = { messageId, body, attributes, ...sender, receiveCount, sentAt, signal };
    return resultOf(await handle({ ...received, deadLetter: letter.before }));
  } catch (thrown) {
    // It must not end the process, in which other messages are half done.
    return resultOfThrown(thrown);
  }
};

/** A broken invariant: told by its place alone, since its text may hold what must not be logged. */
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

const OF_THE_RECORD: ReadonlySet<string> = new Set(['type', 'orderId']);

const scalarsOf = (error: HandlerError): HandlerResult['facts'] =>
  Object.fromEntries(
    Object.entries(error).filter(
      (field): field is [string, string | number | boolean] =>
        !OF_THE_RECORD.has(field[0]) && ['string', 'number', 'boolean'].includes(typeof field[1]),
    ),
  );
