import type { TimelinePhase } from '../../application/trace/timeline.ts';
import { PHASES } from '../cli/trace/picture.ts';
import type { Output } from '../cli/common/output.ts';
import type { WorkerRecord } from './workers.ts';

/** The steps of the demo, one after the other. */
const STEPS = {
  servers: 'starting servers that stand in for SQS, DynamoDB, CloudWatch Logs, SES and Stripe',
  services: 'starting the payment service and the notification service, as processes',
  checkout: 'checking out at the gateway: one customer authorises a payment, one saves a card',
  orders: 'sending orders, one of them twice at the same moment, and a malformed message',
  cancel: 'cancelling an order while the gateway is charging it',
  settle: 'taking the gateway’s calls from here on, and settling a slow payment there',
  refund: 'refunding one piece of a paid order',
  dashboard: 'refunding a part of a paid order in the gateway’s dashboard',
  dispute: 'having a customer dispute a payment, which the bank takes back: a chargeback',
  lost: 'ending the dispute, which is lost',
  again: 'sending one order a third time, now that it is settled',
  kill: 'killing the payment service while charges are on their way, without those calls',
  restart: 'starting it again: the charges go on',
  stop: 'stopping the services',
  compare: 'comparing every store with what was expected, and auditing all of it',
} as const;

type DemoStep = keyof typeof STEPS;

const NAMES = Object.keys(STEPS);

const stepText = (step: DemoStep): string =>
  `${NAMES.indexOf(step) + 1} of ${NAMES.length}: ${STEPS[step]}`;

export type MomentLines = {
  step(step: DemoStep): void;
  note(text: string): void;
  show(moment: DemoMoment): void;
};

export const createMomentLines = (output: Output, startedAt = Date.now()): MomentLines => {
  const time = () => `${((Date.now() - startedAt) / 1000).toFixed(1)} s`.padStart(7);
  return {
    step: (step) => output.line(output.colours.bold(`${time()}  ${stepText(step)}`)),
    note: (text) => output.line(`${time()}  ${text}`),
    show: ({ phase, orderId, text }) =>
      output.line(`${time()}  ${PHASES[phase].padEnd(9)}  ${orderId.padEnd(15)}  ${text}`),
  };
};

/** Something that happened to an order, in the words of the picture. */
type DemoMoment = {
  readonly phase: TimelinePhase;
  readonly orderId: string;
  readonly text: string;
};

/** The moment that a worker's record is about; undefined if it is about no order. */
export const momentOf = (record: WorkerRecord): DemoMoment | undefined => {
  const { event, orderId, service } = record;
  if (orderId === undefined) return undefined;
  if (event === 'order.committed') return committed(record, orderId);
  if (event !== 'message.handled') return undefined;
  return service === 'payments' ? paymentHandled(record, orderId) : noticeHandled(record, orderId);
};

/** Matches the commit of a request, which is durable before anything is asked of the gateway. */
const REQUEST = /^(OrderPlaced|CancellationRequested|RefundRequested)/;

const committed = ({ outcome = '' }: WorkerRecord, orderId: string): DemoMoment => ({
  phase: REQUEST.test(outcome) ? 2 : 3,
  orderId,
  text: outcome.replaceAll('+', ' + '),
});

const paymentHandled = (record: WorkerRecord, orderId: string): DemoMoment => {
  const { outcome, disposition, delayMs = 0 } = record;
  if (disposition === 'Acknowledge') {
    return { phase: 3, orderId, text: `${outcome}, message deleted` };
  }
  if (disposition === 'DeadLetter') {
    return { phase: 2, orderId, text: `dead letter: ${outcome}` };
  }
  const seconds = Math.ceil(delayMs / 1000);
  return { phase: 3, orderId, text: `${outcome}, again in ${seconds} s` };
};

const noticeHandled = (record: WorkerRecord, orderId: string): DemoMoment => ({
  phase: 4,
  orderId,
  text: record.disposition === 'Acknowledge' ? String(record.outcome) : `later: ${record.outcome}`,
});
