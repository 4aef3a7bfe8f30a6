import { expect } from 'chai';
import { DISPUTE_TABLE } from '../../src/adapters/stripe/disputes.ts';
import { MAPPED_INTENT_STATUSES } from '../../src/adapters/stripe/intents.ts';
import { MAPPED_REFUND_STATUSES } from '../../src/adapters/stripe/refunds.ts';
import { AWAITED_PAYMENTS } from './authenticationTable.ts';
import {
  FOUND_DISPUTES,
  FOUND_PAYMENTS,
  FOUND_REFUNDS,
  OTHER_WORDS,
  WHILE_DISPUTED,
} from './gatewayTables.ts';
import { readText, tableRows } from './markdown.ts';

const page = readText('docs/protocol.md');
const section = page.slice(page.indexOf('## What a finding by id means'));

describe('docs/protocol.md, “What a finding by id means”', () => {
  for (const [heading, rows] of [
    ['Payment at the gateway', FOUND_PAYMENTS],
    ['Known', AWAITED_PAYMENTS],
    ['Refund at the gateway', FOUND_REFUNDS],
    ['Dispute at the gateway', FOUND_DISPUTES],
    ['Message', WHILE_DISPUTED],
  ] as const) {
    it(`decides as the code does, row by row (table "${heading}")`, () =>
      expect(tableRows(section, heading)).to.deep.equal(
        rows.map(({ cells, says }) => [...cells, says]),
      ));
  }

  it('has a row for every word of the gateway', () => {
    const wordsOf = (rows: typeof FOUND_PAYMENTS) =>
      new Set(
        rows.flatMap(({ cells: [found] }) => [...found.matchAll(/`(\w+)`/g)].map(([, w]) => w)),
      );
    expect([...wordsOf(FOUND_PAYMENTS)]).to.include.members(
      MAPPED_INTENT_STATUSES.filter((word) => !OTHER_WORDS.includes(word)),
    );
    expect([...wordsOf(FOUND_REFUNDS)]).to.have.members(MAPPED_REFUND_STATUSES);
    expect([...wordsOf(FOUND_DISPUTES)]).to.have.members(DISPUTE_TABLE.map(({ word }) => word));
  });
});
