import { execFileSync } from 'node:child_process';
import { expect } from 'chai';
import fc from 'fast-check';
import stringWidth from 'string-width';
import {
  commandText,
  fit,
  shortened,
  wrapWords,
} from '../../../../src/bootstrap/cli/common/screen.ts';
import { tableOf } from '../../../../src/bootstrap/cli/common/table.ts';

const UUID = '243ee388-8dfd-4199-80dc-e5c1f6add557';

const widest = (text: string): number =>
  Math.max(...text.split('\n').map((line) => stringWidth(line)));

describe('a text on a screen', () => {
  it('goes on below its own beginning, and keeps amounts, units and ids whole', () => {
    expect(fit('sums      captured EUR 50.03, refunded EUR 4.82 within 12 ms', 40)).to.equal(
      ['sums      captured EUR 50.03, refunded', '          EUR 4.82 within 12 ms'].join('\n'),
    );
    expect(fit(`letter     ${UUID}, of payments`, 40)).to.equal(
      `letter\n  ${UUID},\n  of payments`,
    );
    expect(fit('\u001B[32mok \u001B[39m  a promise that is long', 20)).to.match(/\n {5}is long$/);
  });

  it('is a line in a pipe, however long', () => {
    const long = 'word '.repeat(500);
    expect(fit(long, Infinity)).to.equal(long);
  });

  it('parts what is wider than the screen between its parts', () => {
    const key = 'paidonce/fcnfg6td0n/01JD3M8A5W1P3X9T6K2V7Q4R0S/payment/1';
    expect(wrapWords(`under ${key}`, 38)).to.deep.equal([
      'under',
      'paidonce/fcnfg6td0n/',
      '01JD3M8A5W1P3X9T6K2V7Q4R0S/payment/1',
    ]);
  });

  it('loses nothing and is never wider, whatever it says', () => {
    const words = fc.array(fc.stringMatching(/^[ -~äö€漢]{0,30}$/), { maxLength: 12 });
    fc.assert(
      fc.property(words, fc.integer({ min: 20, max: 120 }), (some, columns) => {
        const text = some.join(' ');
        const fitted = fit(text, columns);
        expect(widest(fitted)).to.be.at.most(columns);
        expect(fitted.replaceAll(/\s/g, '')).to.equal(text.replaceAll(/\s/g, ''));
      }),
    );
  });

  it('says where it was shortened', () => {
    expect(shortened('366 commits read, 9 findings, 164/s', 20)).to.equal('366 commits read, 9…');
    expect(shortened('short', 20)).to.equal('short');
  });
});

describe('a command on a screen', () => {
  it('can be run as it is shown, on however many lines', () => {
    const command =
      'A=/tmp/some-where/that/is/long printf \'<%s>\' a "b c" --option=/with/a/long/path ' + UUID;
    for (const columns of [24, 40, 60, 200]) {
      const shown = commandText(command, columns);
      expect(widest(shown)).to.be.at.most(Math.max(columns, UUID.length + 6));
      expect(execFileSync('sh', ['-c', shown], { encoding: 'utf8' })).to.equal(
        `<a><b c><--option=/with/a/long/path><${UUID}>`,
      );
    }
  });
});

describe('a table on a screen', () => {
  const head = ['order', 'amount', 'key', 'why'];
  const rows = [
    ['01JD3M8A5W1P3X9T6K2V7Q4R0S', 'EUR 12.34', 'paidonce/x/1', 'the outcome is not known yet'],
    ['b', 'JPY 100', 'paidonce/x/2', ''],
  ];
  const options = { right: ['amount'], optional: ['key'] };

  it('has all its columns where there is room, as in a pipe', () => {
    const whole = tableOf(head, rows, options);
    expect(tableOf(head, rows, { ...options, columns: 90 })).to.equal(whole);
    expect(whole.split('\n')[1]).to.match(
      /^01JD\w+ {2}EUR 12\.34 {2}paidonce\/x\/1 {2}the outcome/,
    );
  });

  it('leaves out what is optional, and names it', () => {
    const table = tableOf(head, rows, { ...options, columns: 70 });
    expect(table)
      .to.match(/^order +amount {2}why\n/)
      .and.to.match(/\n… no room for: key$/);
    expect(widest(table)).to.be.at.most(70);
  });

  it('wraps texts, and not numbers', () => {
    const table = tableOf(head, rows, { ...options, columns: 56 });
    expect(table).to.match(/EUR 12\.34 {2}the outcome is\n {39}not known yet/);
  });

  it('is a list where a table has no room', () => {
    expect(tableOf(head, rows, { ...options, columns: 40 })).to.equal(
      [
        'order',
        '01JD3M8A5W1P3X9T6K2V7Q4R0S',
        '  amount: EUR 12.34   key: paidonce/x/1',
        '  why: the outcome is not known yet',
        'b',
        '  amount: JPY 100   key: paidonce/x/2',
      ].join('\n'),
    );
  });
});
