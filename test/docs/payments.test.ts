import { expect } from 'chai';
import { dispositionOf } from '../../src/application/delivery/disposition.ts';
import { deliverySettings, parseConfig, SETTING_NAMES } from '../../src/bootstrap/config.ts';
import {
  closeMs,
  giveUpMs,
  paymentRules,
  requestLifeMs,
} from '../../src/bootstrap/config/paymentRules.ts';
import { RECEIVES_MAX, receivesUntil } from '../../src/bootstrap/config/queueSettings.ts';
import { NOTIFICATION_LEASE_MS } from '../../src/bootstrap/config/timeBounds.ts';
import * as Invoice from '../../src/domain/invoice/index.ts';
import { formatAmount } from '../../src/domain/money/index.ts';
import { PAYMENT_WAYS, REVIEW_REASONS } from '../../src/domain/order/events.ts';
import * as Order from '../../src/domain/order/index.ts';
import { closeMsOf } from '../../src/domain/order/ways.ts';
import { formatNumber } from '../../src/domain/series/index.ts';
import { COMPLETE } from '../bootstrap/completeEnvironment.ts';
import { OUTCOME_ROWS } from '../adapters/stripe/outcomeRows.ts';
import { formatOf } from '../support/orderContext.ts';
import { fenced, readText, tableRows } from './markdown.ts';
import {
  DRIVING_PAYMENT,
  DRIVING_REFUNDS,
  NOTIFICATIONS,
  RECORDING,
  RESOLVED,
  type TableRow,
} from './paymentTables.ts';
import { BY_THE_SHOP, CAPTURING, VERIFYING } from './wayTables.ts';
import { invoiceLine, totalsOf } from '../support/documents/versionOne.ts';

const page = readText('docs/payments.md');

describe('docs/payments.md', () => {
  for (const [heading, rows] of [
    ['Message', RECORDING],
    ['Known of the payment', DRIVING_PAYMENT],
    ['Known of the refund', DRIVING_REFUNDS],
    ['Known of the shop’s payment', VERIFYING],
    ['Known of the verified payment', CAPTURING],
    ['Said by the shop', BY_THE_SHOP],
    ['Notice', NOTIFICATIONS],
  ] as const) {
    it(`decides as the code does, row by row (table "${heading}")`, () =>
      expect(tableRows(page, heading)).to.deep.equal(cellsOf(rows)));
  }

  it('draws exactly the states and steps that the tables and decisions of people lead to', () => {
    const [drawn = ''] = fenced(page, 'mermaid');
    const arrows = [...drawn.matchAll(/^ +(\S+) --> (\w+): \S/gm)].map(
      ([, from, to]) => `${from} --> ${to}`,
    );
    const ofWays = [...VERIFYING, ...CAPTURING, ...BY_THE_SHOP];
    const rows = [...RECORDING, ...DRIVING_PAYMENT, ...DRIVING_REFUNDS, ...ofWays];
    const steps = [
      ...rows.flatMap(({ transitions }) => transitions),
      ...RESOLVED.map(([from, to]) => [from.state, to.state] as const),
    ].map(([from, to]) => `${stateOf(from)} --> ${stateOf(to)}`);

    expect(arrows.toSorted()).to.deep.equal([...new Set(steps)].toSorted());
  });

  it('explains each way to pay', () => {
    const [rows = ''] = /<!-- table: Way \|[^]*?\n\n(?=\*\*)/.exec(page) ?? [];
    const ways = [...rows.matchAll(/^- `(\w+)`:/gm)].map(([, way]) => way);
    expect(ways).to.deep.equal(PAYMENT_WAYS);
  });

  it('explains each status of an order', () =>
    expect(tableRows(page, 'Status').map(([status]) => status)).to.deep.equal(
      Order.ORDER_STATUSES.map((status) => `\`${status}\``),
    ));

  it('shows what each answer of Stripe’s says, as the adapter has it', () =>
    expect(tableRows(page, 'Stripe says')).to.deep.equal(
      OUTCOME_ROWS.map(({ when, outcome, source }) => [when, `\`${outcome}\``, linked(source)]),
    ));

  it('gives the times of the defaults', () => {
    const { GATEWAY_RESEND_HORIZON_MS: horizonMs, ...others } = config;
    const lifeMs = requestLifeMs(config);
    const assumed = tableRows(page, 'Assumption').map(([, preset]) => preset);
    const times = [
      others.GATEWAY_KEY_WINDOW_MS,
      lifeMs,
      others.GATEWAY_SETTLE_DELAY_MS,
      others.CLOCK_SKEW_MAX_MS,
    ];

    expect(assumed.slice(0, -1)).to.deep.equal(times.map(lasting));
    expect(
      tableRows(page, 'Until')
        .slice(0, -1)
        .map(([, is]) => is),
    ).to.deep.equal(
      [horizonMs, horizonMs + lifeMs, closeMs(config), giveUpMs(config)].map(lasting),
    );
    const { settleMs } = paymentRules(config);
    const sent = tableRows(page, 'Way to pay').slice(0, -1);
    expect(sent.map(([, , close, end]) => [close, end])).to.deep.equal(
      (['method', 'saved', 'paid'] as const).map((way) => {
        const closesMs = closeMsOf({ way }, { closeMs: closeMs(config), settleMs });
        return [closesMs, closesMs + horizonMs].map(lasting);
      }),
    );
    const receives = receivesUntil(giveUpMs(config), deliverySettings(config));
    expect(page).to.include(`about ${receives} of ${RECEIVES_MAX} with the defaults`);
    expect(page).to.include(`lease of ${lasting(NOTIFICATION_LEASE_MS)}`);
  });

  it('names no setting that there is not', () => {
    const named = [...page.matchAll(/`([A-Z]+(?:_[A-Z]+)+)`/g)].map(([, name]) => name);
    expect(named).to.have.length.greaterThan(5);
    expect(SETTING_NAMES).to.include.members(named);
  });

  it('prints numbers as their formats do', () => {
    const place = { series: 'INV', year: 2026, number: 42 };
    const rows = tableRows(page, 'Format');
    expect(rows).to.have.length.greaterThan(2);
    for (const [format = '', printed] of rows) {
      expect(printed).to.equal(`\`${formatNumber(formatOf(format.replaceAll('`', '')), place)}\``);
    }
  });

  it('splits its example as the domain does, to the last minor unit', () =>
    expect(tableRows(page, 'Refunded')).to.deep.equal(splits()));

  it('states the bounds of the code', () => {
    expect(page).to.include(`under the next name, ${Order.CANCEL_REFUNDS_MAX} times at most`);
    expect(page).to.include(`could not be refunded, ${Order.CANCEL_REFUNDS_MAX} times`);
    expect(page).to.include(`takes ${Order.REFUNDS_MAX} refunds`);
  });

  it('says what to do for every reason of a review, of payments and of refunds', () =>
    expect(tableRows(page, 'Review').map(([review]) => review)).to.deep.equal(
      ['payment', 'refund'].flatMap((what) =>
        REVIEW_REASONS.map((reason) => `${what}: \`${reason}\``),
      ),
    ));

  it('says what to do for every dead letter that an order can lead to', () => {
    const documented = tableRows(page, 'Reason').flatMap(([cell = '']) =>
      [...cell.matchAll(/`([^`]+)`/g)].map(([, reason = '']) => reason),
    );
    const reasons = [...RECORDING, ...DRIVING_PAYMENT, ...DRIVING_REFUNDS].flatMap(
      ({ says }) => /^dead-letter queue: `([^`:]+?)(?:#|`|:)/.exec(says)?.[1] ?? [],
    );

    for (const reason of reasons) {
      expect(
        documented.some((known) => known.includes(reason)),
        reason,
      ).to.equal(true);
    }
    // Each begins with the type of an error that is dead-lettered.
    for (const reason of documented) {
      const type = reason.split(';')[0] ?? '';
      expect(DEAD_LETTERED, reason).to.include(type);
    }
  });
});

const config = parseConfig(COMPLETE, { needs: SETTING_NAMES })._unsafeUnwrap();

const cellsOf = (rows: readonly TableRow[]): readonly (readonly string[])[] =>
  rows.map(({ cells, says }) => [...cells, says]);

const linked = (source: string): string => {
  if (source.startsWith('https://')) return `[${source.slice('https://'.length)}](${source})`;
  return source === 'ADR 0003' ? '[ADR 0003](adr/0003-four-gateway-outcomes.md)' : source;
};

/** By its name in the picture. */
const stateOf = ({ placed, payment, cancellation, cancelled, refused }: Order.State): string => {
  if (cancelled) return 'Cancelled';
  if (placed === undefined) {
    if (cancellation !== undefined) return 'CancelledBefore';
    return refused === undefined ? '[*]' : 'Refused';
  }
  switch (payment.status) {
    case 'requested':
      return cancellation === undefined ? 'Open' : 'Stopping';
    case 'review':
      return cancellation === undefined ? 'Review' : 'Stopping';
    case 'captured':
      return cancellation === undefined ? 'Paid' : 'Refunding';
    case 'declined':
      return 'Declined';
    case 'failed':
      return 'Failed';
    case 'none':
      return 'placed without a payment, which cannot be';
  }
};

/** `1 h 33 min 10 s` */
const lasting = (ms: number): string =>
  [
    [Math.floor(ms / 3_600_000), 'h'],
    [Math.floor(ms / 60_000) % 60, 'min'],
    [(ms / 1_000) % 60, 's'],
  ]
    .flatMap(([count, unit]) => (count === 0 ? [] : [`${count} ${unit}`]))
    .join(' ');

/** EUR 10.00 in two pieces and 19 %, EUR 5.00 and 7 %, refunded bit by bit. */
const splits = (): readonly (readonly string[])[] => {
  const line = { sku: 's', description: 'd', unitPrice: '5.00' };
  const invoiced = {
    lines: [
      invoiceLine({ ...line, quantity: 2, rate: '19', netMinor: 1_000, taxMinor: 190 }),
      invoiceLine({ ...line, quantity: 1, rate: '7', netMinor: 500, taxMinor: 35 }),
    ],
    ...totalsOf(1_500, 225),
  };
  const taken: Invoice.Credit[] = [];
  const amount = (minor = 0): string => formatAmount(minor, 'EUR');
  const give = (what: string, wanted: Invoice.CreditRequest): readonly string[] => {
    const credit = Invoice.credit(Invoice.creditable(invoiced, taken), wanted)._unsafeUnwrap();
    taken.push(credit);
    const parts = [1, 2].flatMap((number) => {
      const part = credit.lines.find((credited) => credited.line === number);
      return [amount(part?.netMinor), amount(part?.taxMinor)];
    });
    return [what, ...parts, amount(Invoice.totalsOf(credit).payableMinor)];
  };
  const rows = [
    give('EUR 1.00', { type: 'Amount', amountMinor: 100 }),
    give('EUR 0.01', { type: 'Amount', amountMinor: 1 }),
    give('one piece of line 1', { type: 'Lines', lines: [{ line: 1, quantity: '1' }] }),
    give('all that is left', { type: 'Rest' }),
  ];
  const together = (isMeant: (line: Invoice.CreditLine) => boolean) =>
    Invoice.totalsOf({
      lines: taken.flatMap(({ lines }) => lines).filter(isMeant),
      roundingMinor: 0,
      prepaidMinor: 0,
    });
  const of = (number: number) => together(({ line: credited }) => credited === number);
  const sums = [of(1), of(2)].flatMap(({ netMinor, taxMinor }) => [netMinor, taxMinor]);
  return [...rows, ['together', ...sums.map(amount), amount(together(() => true).totalMinor)]];
};

const orderId = 'o-1';
const DEAD_LETTERED: readonly string[] = (
  [
    { type: 'ReviewRequired', orderId, reason: '' },
    { type: 'PayloadConflict', orderId },
    { type: 'DisputeUnknown', dispute: '', payment: '' },
    { type: 'NotAllowed', orderId, command: '' },
    { type: 'Unchargeable', orderId, reason: '' },
    { type: 'InvalidOrder', orderId, reasons: [] },
    { type: 'MalformedMessage', reasons: [] },
    { type: 'CommitTooLarge', streamId: 'order#o-1', bytes: 0 },
    { type: 'StepsExhausted', orderId },
  ] as const
)
  .filter((error) => dispositionOf(error).type === 'DeadLetter')
  .map(({ type }): string => type)
  // What would be tried again, and was too often.
  .concat('GivenUp');
