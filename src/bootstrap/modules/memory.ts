import { okAsync } from 'neverthrow';
import { randomKey } from '../../adapters/encryption/aead.ts';
import { createCustomerKeys } from '../../adapters/encryption/customerKeys.ts';
import { createLocalKeyEncryption } from '../../adapters/encryption/keyEncryption.ts';
import { createKeyRings } from '../../adapters/encryption/keyRings.ts';
import { createPersonalData } from '../../adapters/encryption/personalData.ts';
import { createEventStore } from '../../adapters/eventStore/eventStore.ts';
import { createVirtualClock } from '../../adapters/memory/clock.ts';
import { createMemoryCommitTable } from '../../adapters/memory/commitTable.ts';
import { createMemoryIds } from '../../adapters/memory/ids.ts';
import { createMemoryInvoiceTables } from '../../adapters/memory/invoiceView.ts';
import { createMemoryKeyTable } from '../../adapters/memory/keyTable.ts';
import { createMemoryMessageQueue } from '../../adapters/memory/messageQueue.ts';
import { createMemoryNotifier } from '../../adapters/memory/notifier.ts';
import { createMemoryOrderEvents } from '../../adapters/memory/orderEvents.ts';
import {
  createMemoryPaymentGateway,
  type MemoryPaymentGateway,
} from '../../adapters/memory/paymentGateway.ts';
import { createMemoryTelemetry } from '../../adapters/memory/telemetry.ts';
import { readEvent } from '../../adapters/stripe/events.ts';
import { DEFAULT_ALLOCATOR_SETTINGS } from '../../application/series/settings.ts';
import { createHmacSeals } from '../../adapters/system/seals.ts';
import type { GatewayEvents } from '../../application/ports/gatewayEvents.ts';
import type { PaymentGateway } from '../../application/ports/paymentGateway.ts';
import type { WorkTracing } from '../../application/ports/tracing.ts';
import type { Probe } from '../../application/ports/failures.ts';
import type { PaymentRules } from '../../application/orders/dependencies.ts';
import { UTC_CALENDAR } from '../../domain/calendar.ts';
import type * as Series from '../../domain/series/index.ts';
import { DEFAULT_DELIVERY_SETTINGS } from '../../application/delivery/settings.ts';
import { NOTIFICATION_LEASE_MS } from '../config/timeBounds.ts';
import { createPdfRenderer } from './documents.ts';
import { from, type Module } from '../tokens.ts';

const FORMAT: Series.NumberFormat = [
  { type: 'Value', name: 'series' },
  { type: 'Text', text: '-' },
  { type: 'Value', name: 'year' },
  { type: 'Text', text: '-' },
  { type: 'Value', name: 'number', digitsMin: 6 },
];
/**
 * These times are shorter than any real gateway's: nothing in memory lags or outlives its caller.
 */
const RULES: PaymentRules = {
  resendHorizonMs: 1_800_000,
  closeMs: 1_900_000,
  settleMs: 0,
  requestLifeMs: 10_000,
  pendingMaxMs: 10 * 86_400_000,
  authenticationMaxMs: 86_400_000,
  clockSkewMs: 60_000,
  attemptsMax: 1,
  roundsToSteps: false,
  invoices: { series: 'INV', format: FORMAT },
  creditNotes: { series: 'CN', format: FORMAT },
  timeZone: UTC_CALENDAR.timeZone,
};
const RECONCILING = {
  intervalMs: 300_000,
  drainMs: DEFAULT_DELIVERY_SETTINGS.drainMs,
};
/** Nothing in memory is ever away. */
const answers: Probe = () => okAsync();
const queue = from(['clock', 'ids'], createMemoryMessageQueue);

/** A test's own gateway may have no events. */
const eventsOf = (
  gateway: PaymentGateway & Partial<Pick<MemoryPaymentGateway, 'gatewayEvents'>>,
): GatewayEvents => gateway.gatewayEvents ?? { list: () => okAsync([]) };

/**
 * Every port in memory, with the same limits and errors as AWS. Time passes only when a test
 * advances the clock.
 */
export const memory = () =>
  ({
    clock: from([], () => createVirtualClock()),
    ids: from([], () => createMemoryIds()),
    telemetry: from([], () => createMemoryTelemetry()),
    tracing: from([], (): WorkTracing | undefined => undefined),
    version: from([], () => 'memory'),
    delivery: from([], () => DEFAULT_DELIVERY_SETTINGS),
    roundsToSteps: from([], () => RULES.roundsToSteps),
    rules: from([], () => RULES),
    refundSenders: from([], () => 'anyone' as const),
    protocolSettings: from([], () => ({})),
    clockSkewMaxMs: from([], () => DEFAULT_ALLOCATOR_SETTINGS.skewMaxMs),
    calendar: from([], () => UTC_CALENDAR),
    claimLeaseMs: from([], () => NOTIFICATION_LEASE_MS),
    mailSettings: from([], () => ({
      defaultLanguage: 'en',
      delivery: 'none' as const,
      linkTemplate: '',
    })),
    pdfRenderer: from([], () => createPdfRenderer({ language: 'en', fontFiles: [] })),
    reconciling: from([], () => RECONCILING),
    seriesNames: from([], () => [RULES.invoices.series, RULES.creditNotes.series]),
    commitTable: from([], createMemoryCommitTable),
    store: from(['commitTable', 'clock'], ({ commitTable, clock }) =>
      createEventStore(commitTable, clock),
    ),
    keyTable: from([], createMemoryKeyTable),
    personalData: from(['keyTable', 'clock'], ({ keyTable: table, clock }) =>
      createPersonalData(
        createKeyRings({ table, encryption: createLocalKeyEncryption(randomKey()), clock }),
      ),
    ),
    customerKeys: from(['keyTable', 'clock'], ({ keyTable, clock }) =>
      createCustomerKeys(keyTable, clock),
    ),
    invoiceRetentionYears: from([], () => 10),
    invoiceTables: from([], createMemoryInvoiceTables),
    invoicesHome: from([], () => 'invoices'),
    payments: queue,
    paymentsDlq: queue,
    notifications: queue,
    notificationsDlq: queue,
    orderEvents: from([], createMemoryOrderEvents),
    gateway: from(['clock'], createMemoryPaymentGateway),
    gatewayEvents: from(['gateway'], ({ gateway }) => eventsOf(gateway)),
    gatewayEventReader: from([], () => ({ read: readEvent })),
    deployment: from(
      ['gateway'],
      ({ gateway }) =>
        () =>
          gateway.identify().map((account) => ({ id: 'memory', account, sealedSince: 0 })),
    ),
    knownDeployment: from(['deployment'], ({ deployment }) => deployment),
    seals: from([], () => createHmacSeals(['memory'])),
    requests: from(['gateway'], ({ gateway }) => gateway),
    notifier: from([], createMemoryNotifier),
    paymentProbes: from([], () => ({ MessageQueue: answers, PaymentGateway: answers })),
    notificationProbes: from([], () => ({ MessageQueue: answers, Notifier: answers })),
  }) satisfies Module;
