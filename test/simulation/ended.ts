import { unheardOf } from '../support/heard.ts';
import { isAtGateway, isDecided, type Standing } from './legality.ts';
import { CREDIT_NOTES, INVOICES } from './always.ts';
import { textOf, wholeOf, type Fact } from './log.ts';
import { createProcess } from './process.ts';
import type { World } from './world.ts';

type Order = {
  readonly orderId: string;
  readonly facts: readonly Fact[];
  readonly standing: Standing;
  /** A message of it lies in the dead-letter queue, where a person sees it. */
  readonly isInDeadLetters: boolean;
};

const factsOf = ({ facts }: Order, type: string): readonly Fact[] =>
  facts.filter((fact) => fact.type === type);

/** I5, I7, I11, I13, I16, I30, E1, E2 and E3: what is wrong when nothing is left to happen. */
export const problemsAtTheEnd = async (world: World): Promise<readonly string[]> => {
  const { log, watch, payments } = world;
  const ids = [...new Set(payments.messages.map(({ command }) => command.orderId))];
  const problems = [...watch.violations, ...numbersWithoutDocument(world)];
  for (const orderId of ids) {
    const isInDeadLetters = payments.isInDeadLetters(orderId);
    const facts = log.order(orderId);
    const order = { orderId, facts, standing: watch.standing(orderId), isInDeadLetters };
    problems.push(...stuckIn(world, order), ...contradictionsIn(world, order));
    problems.push(...(await untoldOf(world, order)), ...(await standingIn(world, order)));
    const published = world.orderEvents.published().filter(({ groupId }) => groupId === orderId);
    problems.push(...unheardOf(order, published));
  }
  return [...problems, ...(await wronglyToldOf(world))];
};

/** S15: whatever was published can be reported, is true by then, and is reported once. */
const wronglyToldOf = async (world: World): Promise<readonly string[]> => {
  const { slots } = createProcess(world, 'N');
  const bodies = new Set(world.notifications.dump().map(({ body }) => body));
  const problems: string[] = [];
  for (const body of bodies) {
    const outcome = await slots[0].notification({ id: 'n', body });
    if (outcome === 'crashed' || outcome.isErr()) problems.push(`S15: nobody can tell ${body}`);
  }
  const mails = world.notifier.sent().length;
  return mails === bodies.size
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
const stuckIn = ({ payments, gateway }: World, order: Order): readonly string[] => {
  const { orderId, standing, isInDeadLetters } = order;
  const { payment, isPlaced, isCancellationRequested, isCancelled } = standing;
  const mine = payments.messages.filter(({ command }) => command.orderId === orderId);
  const place = mine.filter(({ command }) => command.type === 'PlaceOrder');
  const { charges, refunds } = gateway.ledger();
  const sum = (moved: readonly { readonly orderId: string; readonly amountMinor: number }[]) =>
    moved
      .filter((entry) => entry.orderId === orderId)
      .reduce((total, { amountMinor }) => total + amountMinor, 0);
  const recorded = factsOf(order, 'PaymentCaptured').map((fact) => textOf(fact, 'reference'));
  const byShop = charges.filter(
    (entry) => entry.orderId === '' && recorded.includes(entry.reference),
  );
  const heldMinor = byShop.reduce((total, { amountMinor }) => total + amountMinor, 0);
  const isPaidBack = sum(charges) + heldMinor === sum(refunds);
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
    [!isCancellationRequested || isPaidBack || isInDeadLetters, `I7: ${orderId} keeps the money`],
  ];
  return rules.flatMap(([holds, problem]) => (holds ? [] : [problem]));
};

/** I13: what the gateway did and what the stream says of it. */
const contradictionsIn = ({ gateway }: World, order: Order): readonly string[] => {
  const { orderId, standing } = order;
  const referencesIn = (facts: readonly Fact[]) =>
    facts
      .map((fact) => textOf(fact, 'reference'))
      .toSorted()
      .join();
  const moved = (entries: readonly { readonly orderId: string; readonly reference: string }[]) =>
    entries
      .filter((entry) => entry.orderId === orderId)
      .map(({ reference }) => reference)
      .toSorted()
      .join();
  const { charges, refunds } = gateway.ledger();
  if (!isAtGateway(standing)) return [];
  const captured = referencesIn(factsOf(order, 'PaymentCaptured'));
  const refunded = referencesIn(factsOf(order, 'RefundSucceeded'));
  const isInReview = [...standing.refunds.values()].some(({ status }) => status === 'review');
  return [
    ...(standing.payment === 'review' || moved(charges) === captured || standing.way === 'paid'
      ? []
      : [`I13: ${orderId} is charged as ${moved(charges)} and records ${captured}`]),
    ...(isInReview || moved(refunds) === refunded
      ? []
      : [`I13: ${orderId} is refunded as ${moved(refunds)} and records ${refunded}`]),
  ];
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
const untoldOf = async (
  { notifications, invoices }: World,
  order: Order,
): Promise<readonly string[]> => {
  const { orderId, standing } = order;
  const { payment, isCancelled, hasInvoice, credited } = standing;
  const told = new Set(notifications.dump().map(({ body }) => body));
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
    ...wanted.filter((body) => !told.has(body)).map((body) => `I11: nobody was told ${body}`),
    ...(documents === expected ? [] : [`I11: the row of ${orderId} shows ${documents} documents`]),
  ];
};

const documentsIn = (text: string): number => {
  const parsed: unknown = JSON.parse(text);
  const { creditNotes }: { creditNotes?: unknown } = Object(parsed);
  return 1 + (Array.isArray(creditNotes) ? creditNotes.length : 0);
};
