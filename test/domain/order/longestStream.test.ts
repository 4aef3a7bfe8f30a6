import { expect } from 'chai';
import { ITEM_BYTES_MAX } from '../../../src/adapters/eventStore/commitTable.ts';
import { itemBytes, encodeCommit } from '../../../src/adapters/eventStore/storedCommit.ts';
import { createMemoryCommitTable } from '../../../src/adapters/memory/commitTable.ts';
import { isChainId } from '../../../src/application/messages/index.ts';
import { orderStreamId } from '../../../src/application/log/eventStreams.ts';
import { settingSchemas } from '../../../src/bootstrap/config/settings.ts';
import * as Order from '../../../src/domain/order/index.ts';
import { readText, tableRows } from '../../docs/markdown.ts';
import { must } from '../../support/commits.ts';
import { loadCostOf, writeLife, type LoadCost } from '../../support/loadCost.ts';
import { NOON } from '../../support/orderContext.ts';
import {
  ATTEMPTS_MAX,
  LARGEST_ORDER,
  longestDeadLetterEvent,
  longestLife,
} from '../../support/longestLife.ts';
import { orderLife, type OrderLife } from '../../support/orderLife.ts';

/** us-east-1, on demand, September 2026. */
const DOLLARS_PER_MILLION_UNITS = 0.125;
const DEAD_LETTERS = 100;

const written = async (life: Pick<OrderLife, 'commits' | 'state'>) => {
  const table = createMemoryCommitTable();
  const orderId = life.state.placed?.orderId ?? '';
  const orders = await writeLife(table, orderId, life.commits);
  const { state } = await must(orders.load(orderId));
  expect(state).to.deep.equal(life.state);
  return loadCostOf(table, orderStreamId(orderId));
};

describe('the longest stream that the domain allows', () => {
  const life = longestLife();

  it('has met every bound there is', () => {
    expect(Order.parseV1(LARGEST_ORDER).isOk()).to.equal(true);
    expect(settingSchemas.PAYMENT_ATTEMPTS_MAX.safeParse(String(ATTEMPTS_MAX)).success).to.equal(
      true,
    );
    expect(
      settingSchemas.PAYMENT_ATTEMPTS_MAX.safeParse(String(ATTEMPTS_MAX + 1)).success,
    ).to.equal(false);
    expect(life.state.refunds).to.have.length(Order.REFUNDS_MAX + Order.CANCEL_REFUNDS_MAX);
    // Nothing more can be asked of it, and nothing is left to do.
    const { orderId } = LARGEST_ORDER;
    for (const command of [
      {
        type: 'RefundPayment',
        orderId,
        refundId: 'one-more',
        wanted: { type: 'Rest' },
        fingerprint: 'f',
      },
      { type: 'CancelOrder', orderId, reason: 'again' },
    ] as const) {
      const events = Order.decide(command, life.state, life.context).unwrapOr([]);
      expect(events).to.deep.equal([]);
    }
    expect(Order.nextStep(life.state, Order.NO_EVIDENCE, life.context)).to.deep.equal({
      type: 'Settled',
    });
  });

  it('fits, commit by commit, into one item each, whatever chain it belongs to (A5)', () => {
    const chain = { correlationId: '😀'.repeat(128), causationId: '😀'.repeat(128) };
    expect(isChainId(chain.correlationId)).to.equal(true);
    const sizes = life.commits.map(([first, ...rest]) => {
      if (first === undefined) return expect.fail('a commit without events');
      const events = [
        Order.codec.encode(first),
        ...rest.map((event) => Order.codec.encode(event)),
      ] as const;
      const named = { commitId: 'c'.repeat(26), idempotencyKey: 'k'.repeat(256), events, ...chain };
      const streamId = orderStreamId(LARGEST_ORDER.orderId);
      return itemBytes(encodeCommit(streamId, { version: 1e6, hash: '0'.repeat(64) }, named, NOON));
    });
    // The order with its intent, the capture with its invoice, and every refund: none comes near
    // the limit.
    expect(Math.max(...sizes)).to.be.within(100_000, ITEM_BYTES_MAX / 2);
  });

  it('is loaded whole, at ADR 0016’s price (F18, D11, S9)', async () => {
    const usual = orderLife().placed().captured();
    const deadLetters = Array.from({ length: DEAD_LETTERS }, (_, n) => [longestDeadLetterEvent(n)]);
    const commits = [...life.commits, ...deadLetters];
    const state = Order.fold(commits.flat());
    const costs = [await written(usual), await written(life), await written({ commits, state })];
    const rows = tableRows(readText('docs/adr/0016-no-snapshots.md'), 'One load');
    expect(rows).to.deep.equal(rowsOf(costs));
  });
});

const count = (value: number): string => value.toLocaleString('en-US');

/** Other builds of zlib pack the same text into a few bytes more or less. */
const about = (value: number): string => count(Number(value.toPrecision(2)));

const rowsOf = (costs: readonly LoadCost[]): readonly (readonly string[])[] => [
  ['events', ...costs.map(({ events }) => count(events))],
  ['commits', ...costs.map(({ commits }) => count(commits))],
  ['bytes, about', ...costs.map(({ bytes }) => about(bytes))],
  ['pages', ...costs.map(({ pages }) => count(pages))],
  ['read units, about', ...costs.map(({ readUnits }) => about(readUnits))],
  [
    'dollars for a million loads',
    ...costs.map(({ readUnits }) => about(readUnits * DOLLARS_PER_MILLION_UNITS)),
  ],
];
