import type { SeriesDeclaration } from '../../domain/registry/index.ts';
import type { NumberFormat } from '../../domain/series/index.ts';
import type { Delivery, NotAllowed } from '../delivery/handler.ts';
import type { CurrentDeployment } from '../deployment/deployment.ts';
import type { Correlation, PaymentCommand } from '../messages/index.ts';
import type { Allocator } from '../series/allocator.ts';
import type { Clock } from '../ports/clock.ts';
import type { GatewayEventReader } from '../ports/gatewayEvents.ts';
import type { Ids } from '../ports/ids.ts';
import type { InvoiceView } from '../ports/invoiceView.ts';
import type { MessageQueue } from '../ports/messageQueue.ts';
import type { OrderEvents } from '../ports/orderEvents.ts';
import type { PaymentGateway } from '../ports/paymentGateway.ts';
import type { Seals } from '../ports/seals.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import type { PaymentLevel } from '../serviceLevel.ts';
import type * as Order from '../../domain/order/index.ts';
import type { ClaimStream, LoadedHistory, OrderStream } from '../log/eventStreams.ts';
import { err, ok, type Result } from 'neverthrow';

type Series = { readonly series: string; readonly format: NumberFormat };

/** The settings of the protocol, times in milliseconds, as `Order.DecisionContext` explains. */
export type PaymentRules = {
  readonly resendHorizonMs: number;
  readonly closeMs: number;
  readonly settleMs: number;
  readonly requestLifeMs: number;
  readonly pendingMaxMs: number;
  readonly authenticationMaxMs: number;
  readonly clockSkewMs: number;
  readonly attemptsMax: number;
  readonly roundsToSteps: boolean;
  readonly invoices: Series;
  readonly creditNotes: Series;
} & Pick<Order.DecisionContext, 'timeZone' | 'seller'>;

export const declaredSeries = ({
  invoices,
  creditNotes,
}: Pick<PaymentRules, 'invoices' | 'creditNotes'>): readonly SeriesDeclaration[] => [
  { ...invoices, documents: 'invoices' },
  { ...creditNotes, documents: 'credit notes' },
];

export type PaymentDependencies = {
  readonly orders: OrderStream;
  readonly claims: ClaimStream;
  readonly allocator: Allocator;
  readonly gateway: PaymentGateway;
  readonly gatewayEventReader: GatewayEventReader;
  readonly deployment: CurrentDeployment;
  readonly seals: Seals;
  readonly invoices: InvoiceView;
  readonly notifications: MessageQueue;
  /** `none`: no order events are published. */
  readonly orderEvents: OrderEvents | 'none';
  readonly clock: Clock;
  readonly ids: Ids;
  readonly telemetry: Telemetry;
  readonly rules: PaymentRules;
  readonly refundSenders: RefundSenders;
  readonly paymentLevel: Pick<PaymentLevel, 'appended' | 'unknown'>;
};

export type OrderContext = Correlation & {
  readonly orderId: string;
  readonly signal: AbortSignal;
  readonly deployment: Order.DeploymentIdentity;
  /** When the message was sent, in milliseconds since the epoch. */
  readonly sentAt: number;
  /** The message as it was first sent: a copy that comes out of the dead-letter queue keeps it. */
  readonly letter: string;
  /** Sends that message to the dead letters before the review that names it is appended (R11). */
  readonly deadLetter: Delivery['deadLetter'];
} & Pick<Order.DecisionContext, 'hint' | 'asksPending'>;

export type LoadedOrder = LoadedHistory<Order.State, Order.StreamEvent>;

/** V: a request is written to the socket within this time after its order was read, or never. */
export const SEND_WITHIN_MS = 10_000;

/**
 * The senders whose commands may refund money: principals, each by its id. A role may also be named
 * by one of its sessions (ADR 0029). `anyone`: whoever the queue's policy lets send.
 */
export type RefundSenders = 'anyone' | readonly string[];

/**
 * Checks whether this sender may give this command. The message alone decides, before anything is
 * read.
 */
export const admit = (
  command: PaymentCommand,
  { senderId }: Pick<Delivery, 'senderId'>,
  senders: RefundSenders,
): Result<void, NotAllowed> => {
  if (senders === 'anyone' || !isRefund(command) || isAmong(senderId, senders)) {
    return ok(undefined);
  }
  const { type, orderId } = command;
  const sender = senderId === undefined ? {} : { senderId };
  return err({ type: 'NotAllowed', orderId, command: type, ...sender });
};

/** A cancellation refunds all that was paid: it is a refund under another name. */
const isRefund = (command: PaymentCommand): boolean => {
  switch (command.type) {
    case 'RefundPayment':
    case 'CancelOrder':
      return true;
    // These ask for no refund: ResumeOrder continues what was recorded before.
    case 'PlaceOrder':
    case 'CorrectEmail':
    case 'ResumeOrder':
      return false;
  }
};

/** Whoever takes on a role chooses the name behind the colon, but not the id before it. */
const isAmong = (senderId: string | undefined, ids: readonly string[]): boolean => {
  if (senderId === undefined) return false;
  const [principalId = ''] = senderId.split(':');
  return ids.some((id) => id === senderId || id === principalId);
};
