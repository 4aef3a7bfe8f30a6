import { publishingFaults } from '../support/publishedEvents.ts';
import { isAtGateway, isDecided, type Standing } from './standing.ts';
import { CREDIT_NOTES, INVOICES } from './always.ts';
import { heldOf, paymentsThere, type PaymentThere } from './gatewayMoves.ts';
import { textOf, wholeOf, type Fact } from './log.ts';
import { createProcess } from './process.ts';
import type { World } from './world.ts';

type Order = {
  readonly orderId: string;
  readonly facts: readonly Fact[];
  readonly standing: Standing;
  /** A message of it lies in the dead-letter queue, where a person sees it. */
  readonly isInDeadLetters: boolean;
  /** The payments there that are the order's, by our reference or by its own word. */
  readonly there: readonly PaymentThere[];
  readonly heldMinor: number;
};

const factsOf = ({ facts }: Order, type: string): readonly Fact[] =>
  facts.filter((fact) => fact.type === type);

/** I5, I7, I11, I13, I16, I30, E1, E2 and E3: what is wrong when nothing is left to happen. */
export const problemsAtTheEnd = async (world: World): Promise<readonly string[]> => {
  const { log, watch, payments: queue } = world;
  const payments = await paymentsThere(world);
  const ids = [...new Set(queue.messages.flatMap(({ orderId = [] }) => orderId))];
  const problems = [...watch.violations, ...numbersWithoutDocument(world)];
  for (const orderId of ids) {
    const isInDeadLetters = queue.isInDeadLetters(orderId);
    const facts = log.order(orderId);
    const recorded = facts
      .filter(({ type }) => type === 'PaymentCaptured')
      .map((fact) => textOf(fact, 'reference'));
    const there = payments.filter(
      (payment) => payment.orderId === orderId || recorded.includes(payment.reference),
    );
    const heldMinor = there
      .filter(({ status }) => status === 'moved')
      .reduce((sum, payment) => sum + heldOf(payment), 0);
    const standing = watch.standing(orderId);
    const order = { orderId, facts, standing, isInDeadLetters, there, heldMinor };
    problems.push(...stuckIn(world, order), ...contradictionsIn(order));
    problems.push(...(await missingNotices(world, order)), ...(await standingIn(world, order)));
    const published = world.orderEvents.published().filter(({ groupId }) => groupId === orderId);
    problems.push(...publishingFaults(order, published));
  }
  return [...problems, ...(await wronglyNotified(world))];
};

/** S15: whatever was published can be reported, is true by then, and is reported once. */
const wronglyNotified = async (world: World): Promise<readonly string[]> => {
  const { slots } = createProcess(world, 'N');
  const bodies = new Set(world.notifications.dump().map(({ body }) => body));
  const problems: string[] = [];
  for (const body of bodies) {
    const outcome = await slots[0].notification({ id: 'n', body });
    if (outcome === 'crashed' || outcome.isErr()) problems.push(`S15: nobody can tell ${body}`);
  }
  const mails = world.notifier.sent().length;
  // That a payment is under way is over by now, and was mailed by whoever came in time.
  const passing = [...bodies].filter((body) => body.includes('PaymentUnderWay')).length;
  return mails <= bodies.size && mails >= bodies.size - passing
    ? problems
    : [...problems, `S15: ${mails} mails tell of ${bodies.size} facts`];
};

/** I5: every number ends in a document. */
const numbersWithoutDocument = ({ log }: World): readonly string[] =>
  [INVOICES, CREDIT_NOTES].flatMap((series) =>
    log.series(series).flatMap(({ id, number }) => {
      const [orderId = '', ...refund] = id.split('#');
      const type = series === INVOICES ? 'InvoiceIssued' : 'CreditNoteIssued';
      const documents = log
        .order(orderId)
        .filter((fact) => fact.type === type && wholeOf(fact, 'number') === number)
        .filter(({ data }) => refund.length === 0 || data['refundId'] === refund.join('#'));
      return documents.length === 1
        ? []
        : [`I5: ${series} ${number} of ${id} has ${documents.length} documents`];
    }),
  );

/** E1, E2, E3 and I7. */
const stuckIn = ({ payments }: World, order: Order): readonly string[] => {
  const { orderId, standing, isInDeadLetters, heldMinor } = order;
  const { payment, isPlaced, isCancellationRequested, isCancelled } = standing;
  const mine = payments.messages.filter((message) => message.orderId === orderId);
  const place = mine.filter(({ command }) => command.type === 'PlaceOrder');
  const rules: readonly (readonly [holds: boolean, problem: string])[] = [
    [place.length === 0 || isPlaced, `E2: ${orderId} is lost`],
    [isDecided(standing) || isInDeadLetters, `E3: ${orderId} is open and nobody knows`],
    [payment !== 'open', `E3: the payment of ${orderId} is open`],
    [
      !isCancellationRequested ||
        !isPlaced ||
        isCancelled ||
        isInDeadLetters ||
        payment === 'declined',
      `E3: the cancel of ${orderId} is never done`,
    ],
    [
      !isCancellationRequested || heldMinor <= 0 || isInDeadLetters,
      `I7: ${orderId} keeps the money`,
    ],
  ];
  return rules.flatMap(([holds, problem]) => (holds ? [] : [problem]));
};

/** I13 and I23: what the gateway did and what the stream says of it. */
const contradictionsIn = (order: Order): readonly string[] => {
  const { orderId, standing, there, heldMinor } = order;
  if (!isAtGateway(standing)) return [];
  const namesOf = (names: readonly string[]): string => names.toSorted().join();
  const recordedAs = (...types: readonly string[]): readonly string[] =>
    types.flatMap((type) => factsOf(order, type).map((fact) => textOf(fact, 'reference')));
  const charged = there
    .filter(({ status }) => status === 'moved')
    .map(({ reference }) => reference);
  const captured = recordedAs('PaymentCaptured');
  const refunds = there.flatMap((payment) => payment.refunds);
  const moved = refunds.filter(({ status }) => status === 'moved');
  const returned = recordedAs('RefundReturned');
  const refunded = recordedAs('RefundSucceeded', 'RefundAdopted').filter(
    (reference) => !returned.includes(reference),
  );
  const isInReview = [...standing.refunds.values()].some(({ status }) => status === 'review');
  // While one that came back is undecided, none that others made is adopted (R21).
  const left = returned.length === 0 ? [] : moved.filter(({ refundId }) => refundId === undefined);
  const isLeft = (reference: string): boolean =>
    left.some((refund) => refund.reference === reference) && !refunded.includes(reference);
  const made = moved.map(({ reference }) => reference).filter((name) => !isLeft(name));
  const leftMinor = left
    .filter(({ reference }) => isLeft(reference))
    .reduce((sum, { amountMinor }) => sum + amountMinor, 0);
  if (standing.payment === 'review') return [];
  return [
    ...(namesOf(charged) === namesOf(captured)
      ? []
      : [`I13: ${orderId} is charged as ${namesOf(charged)} and records ${namesOf(captured)}`]),
    ...(isInReview || namesOf(made) === namesOf(refunded)
      ? []
      : [`I13: ${orderId} is refunded as ${namesOf(made)} and records ${namesOf(refunded)}`]),
    ...(isInReview || recordedHeldOf(order) - leftMinor === heldMinor
      ? []
      : [`I23: ${heldMinor} are held for ${orderId}, which records ${recordedHeldOf(order)}`]),
  ];
};

/** Captured - refunded - withdrawn + reinstated, by the events alone. */
const recordedHeldOf = (order: Order): number => {
  const sum = (...types: readonly string[]): number =>
    types
      .flatMap((type) => factsOf(order, type))
      .reduce((all, fact) => all + wholeOf(fact, 'amountMinor'), 0);
  const back = [...order.standing.refunds.values()]
    .filter(({ status }) => status === 'succeeded')
    .reduce((all, { amountMinor }) => all + amountMinor, 0);
  return sum('PaymentCaptured', 'DisputeFundsReinstated') - back - sum('DisputeFundsWithdrawn');
};

/** I19: an order that was given up leaves no authorisation standing. */
const standingIn = async ({ gateway }: World, order: Order): Promise<readonly string[]> => {
  const { orderId, standing } = order;
  const [verified] = factsOf(order, 'PaymentVerified');
  const isGivenUp = standing.isCancelled || standing.payment === 'failed';
  if (verified === undefined || !isGivenUp) return [];
  const payment = textOf(verified, 'reference');
  const found = (await gateway.inspect({ payment }))._unsafeUnwrap();
  return found.type === 'Inspected' && found.status === 'authorised'
    ? [`I19: ${payment} of ${orderId} is authorised still`]
    : [];
};

/** I11: every fact is published, and the row is there. */
const missingNotices = async (
  { notifications, invoices }: World,
  order: Order,
): Promise<readonly string[]> => {
  const { orderId, standing } = order;
  const { payment, isCancelled, hasInvoice, credited } = standing;
  const published = new Set(notifications.dump().map(({ body }) => body));
  const settled = (outcome: string) =>
    JSON.stringify({ type: 'OrderSettled', v: 1, orderId, outcome });
  const wanted = [
    ...(hasInvoice ? [settled('paid')] : []),
    ...(isCancelled ? [settled('cancelled')] : []),
    ...(payment === 'declined' && !isCancelled ? [settled('declined')] : []),
    ...(payment === 'failed' && !isCancelled ? [settled('failed')] : []),
    ...[...credited].map((refundId) =>
      JSON.stringify({ type: 'RefundCredited', v: 1, orderId, refundId }),
    ),
  ];
  const row = (await invoices.get(orderId)).unwrapOr(undefined);
  const documents = row === undefined ? 0 : documentsIn(row.document);
  const expected = hasInvoice ? 1 + credited.size : 0;
  return [
    ...wanted.filter((body) => !published.has(body)).map((body) => `I11: nobody was told ${body}`),
    ...(documents === expected ? [] : [`I11: the row of ${orderId} shows ${documents} documents`]),
  ];
};

const documentsIn = (text: string): number => {
  const parsed: unknown = JSON.parse(text);
  const { creditNotes }: { creditNotes?: unknown } = Object(parsed);
  return 1 + (Array.isArray(creditNotes) ? creditNotes.length : 0);
};
