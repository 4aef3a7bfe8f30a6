import * as Invoice from '../../../domain/invoice/index.ts';
import type { OrderTotals } from '../../../domain/money/index.ts';
import * as Order from '../../../domain/order/index.ts';
import { NO_FINDINGS, type AuditCheck, type Finding } from '../check.ts';
import { orderIn, type DecodedOrder } from '../decodedStreams.ts';
import { addEvent, NO_SUMS } from '../totals.ts';

/** S2, S4: after each commit, money moved equals money on documents, which add up. */
export const createMoneyCheck = (): AuditCheck => ({
  proves: ['money'],
  visit: (stream) => {
    const order = orderIn(stream);
    const found = order && findingIn(order);
    if (found === undefined) return NO_FINDINGS;
    return [{ invariant: 'money', streamId: stream.streamId, ...found }];
  },
});

type MoneyFinding = Omit<Finding, 'invariant' | 'streamId'>;

const findingIn = ({ located, state }: DecodedOrder): MoneyFinding | undefined => {
  let sums = NO_SUMS;
  for (const [at, { event, version, commit }] of located.entries()) {
    const mistake = mistakeIn(event, state);
    if (mistake !== undefined) return { version, why: mistake, evidence: { event: event.type } };
    sums = addEvent(sums, event);
    // Events that belong together are in one commit.
    if (located[at + 1]?.commit === commit) continue;
    const { captured, refunded, invoiced, credited } = sums;
    const isDocumented = captured - refunded === invoiced - credited;
    if (isDocumented && refunded <= captured) continue;
    const why = isDocumented
      ? 'more was refunded than was captured'
      : 'what was captured and kept is not what was invoiced and not credited';
    return { version, why, evidence: { captured, refunded, invoiced, credited } };
  }
  return undefined;
};

/** The mistake in the amounts of one event, regardless of the events around it. */
const mistakeIn = (event: Order.StreamEvent, { placed }: Order.State): string | undefined => {
  if (event.type === 'OrderPlaced') {
    const expected = priced(event.data);
    const isTotal = expected !== undefined && isSame(expected, event.data);
    return isTotal ? undefined : 'the lines of the order are not its total';
  }
  if (event.type === 'InvoiceIssued') {
    if (!addsUp(event.data)) return 'the lines of the invoice are not its total';
    const expected = placed && priced(placed)?.lines;
    const isOfOrder = expected !== undefined && Invoice.isSameLines(expected, event.data.lines);
    return isOfOrder ? undefined : 'the lines of the invoice are not those of the order';
  }
  if (event.type === 'CreditNoteIssued') {
    return addsUp(event.data) ? undefined : 'the lines of the credit note are not its total';
  }
  if (!Order.isMovement(event)) return undefined;
  const isSameCurrency = event.data.currency === placed?.currency;
  return isSameCurrency ? undefined : 'it is in another currency than the order';
};

const priced = (placed: Order.Content) => Order.priceOf(placed).unwrapOr(undefined);

const isSame = (one: OrderTotals, other: OrderTotals): boolean => {
  const [mine, theirs] = [
    Object.values(Invoice.totalsIn(one)),
    Object.values(Invoice.totalsIn(other)),
  ];
  return mine.every((amount, at) => amount === theirs[at]);
};

type Amounts = { readonly netMinor: number; readonly taxMinor: number };

const addsUp = (document: OrderTotals & { readonly lines: readonly Amounts[] }): boolean => {
  const { lines, roundingMinor, prepaidMinor } = document;
  const sum = (part: keyof Amounts) => lines.reduce((all, line) => all + line[part], 0);
  const [netMinor, taxMinor] = [sum('netMinor'), sum('taxMinor')];
  const totalMinor = netMinor + taxMinor;
  const payableMinor = totalMinor + roundingMinor - prepaidMinor;
  const totals = { netMinor, taxMinor, totalMinor, roundingMinor, prepaidMinor, payableMinor };
  return isSame(document, totals);
};
