import { err, ok, type Result } from 'neverthrow';
import { checkClock, type Clock } from '../ports/clock.ts';
import type { EventStore } from '../ports/eventStore.ts';
import type { Probe, Probes, DependencyError } from '../ports/failures.ts';
import type { InvoiceView } from '../ports/invoiceView.ts';
import type { OrderEvents } from '../ports/orderEvents.ts';
import type { PersonalData } from '../ports/personalData.ts';

/** No order has this id, so that no order is read. */
const NO_STREAM = 'order#';
const NO_ORDER = '#';

/** A stream that cannot be decoded is an answer too. */
export const probeOfStore =
  (store: Pick<EventStore, 'head'>): Probe =>
  () =>
    store
      .head(NO_STREAM)
      .map(() => undefined)
      .orElse((error) => (error.type === 'CorruptStream' ? ok() : err(error)));

export const probeOfInvoices =
  (invoices: Pick<InvoiceView, 'get'>): Probe =>
  () =>
    invoices
      .get(NO_ORDER)
      .map(() => undefined)
      .orElse((error) =>
        error.type === 'Unavailable' || error.type === 'Misconfigured' ? err(error) : ok(),
      );

export const probeOfKeys =
  (personalData: Pick<PersonalData, 'check'>): Probe =>
  () =>
    personalData.check().map(() => undefined);

/** The probe of the topic of order events; there is none where nothing is published. */
export const probeOfTopic = (topic: Pick<OrderEvents, 'check'> | 'none'): Probes =>
  topic === 'none' ? {} : { OrderEvents: unlessForbidden(() => topic.check()) };

/**
 * Makes a probe succeed where a right is missing. It is for a read that only a probe makes. A role
 * that is older than its policy may lack the right to it, and must not stop for ever because of
 * that: then the next order is the test.
 */
export const unlessForbidden =
  (probe: Probe): Probe =>
  () =>
    probe().orElse((error): Result<void, DependencyError> =>
      error.type === 'Misconfigured' && FORBIDDEN.test(error.cause) ? ok() : err(error),
    );

/** A cause begins with the name that the service gives the error. */
const FORBIDDEN = /^(AccessDenied|AuthorizationError)/u;

/** The probe of the clock is a read whose answer is dated. */
export const probeOfClock =
  (clock: Pick<Clock, 'check'>, dated: Probe): Probe =>
  () =>
    dated().andThen(() => checkClock(clock));
