import { expect } from 'chai';
import type { Env } from '../support/cli.ts';
import { BY_ADA, openRestoreDrill, type RestoreDrill } from '../support/restoreDrill.ts';

const ALL = ['drill-2', 'drill-3', 'drill-4', 'drill-5', 'drill-6'];
const MOVED = [
  'drill-1: 2379 refunded',
  'drill-2: 2379 refunded',
  'drill-3: 2379 refunded',
  'drill-4: 0 refunded',
  'drill-5: 0 refunded',
  'drill-6: 0 refunded',
];

/** With what careless workers were sent. */
const PAID = [...MOVED, 'drill-7: 0 refunded'];

type Numbered = { readonly series: string; readonly number: number };

/** The steps of docs/operations.md, one after the other (C11, D16). */
describe('a log that is restored to an hour ago, beside a gateway that is ahead', function () {
  this.timeout(300_000);
  let drill: RestoreDrill;
  let back: Env = {};
  let keysBefore: Awaited<ReturnType<RestoreDrill['keysNow']>> = [];
  let moment = 0;

  before(async () => {
    drill = await openRestoreDrill();
    const { env } = drill;
    drill.startWorkers(env);
    await drill.submit([1, 2, 3], env);
    await drill.refund(1, 'r-1', env);
    await drill.emptied();
    keysBefore = await drill.keysNow();
    moment = Date.now();
    await drill.submit([4, 5, 6], env);
    await drill.refund(2, 'r-2', env);
    await drill.refund(3, 'r-3', env);
    await drill.paidonce(['erase', 'c-1', '--yes', ...BY_ADA], env);
    await drill.emptied();
    await drill.stopWorkers();
    expect(await drill.findings(env, 0)).to.deep.equal({});
    expect(await drill.moved()).to.have.members(MOVED);
    back = await drill.restoreEvents(moment);
  });
  after(() => drill.close());

  it('is sound by itself: its rows and the gateway show what it lacks', async () => {
    const { rows, gateway, ...others } = await drill.findings(back);
    expect(others).to.deep.equal({});
    expect(rows).to.have.members(ALL);
    expect(gateway).to.have.members(ALL);
    const lost = 'lacks order drill-';
    expect(await drill.problems(back)).to.include(lost);
    expect(await drill.problems(drill.env)).to.not.include(lost);
  });

  it('gives a number that a customer holds to another one, where no floor is set', async () => {
    const careless = await drill.restoreEvents(moment);
    drill.startWorkers(careless);
    await drill.submit([7], careless);
    await drill.stopWorkers();

    const twice = await numbersOf([7], careless);
    expect(twice).to.have.length(1);
    expect(await numbersOf([4, 5, 6], drill.env)).to.include.members([...twice]);
    // No invariant of the log is broken by it, so that no audit can find it later.
    expect(Object.keys(await drill.findings(careless))).to.have.members(['rows', 'gateway']);
  });

  it('goes on behind the highest number in the old rows, in rows of its own', async () => {
    await drill.paidonce(['restored', ...BY_ADA], back);
    expect(await drill.problems(back)).to.not.include('lacks order');
    const highest = await highestNumbers(back);
    expect(highest).to.deep.equal({ INV: 6, CN: 3 });
    for (const [series, number] of Object.entries(highest)) {
      const above = ['--above', String(number)];
      await drill.paidonce(['series', 'floor', series, ...above, ...BY_ADA], back);
    }
    const into = ['--into', `${drill.prefix}-invoices-2`, '--switch', '--wait', '0'];
    await drill.paidonce(['replay', 'invoices', ...into, ...BY_ADA], back);
    const { gateway, ...others } = await drill.findings(back);
    expect(others).to.deep.equal({});
    expect(gateway).to.have.members([...ALL, 'drill-7']);
  });

  it('takes what the shop sends again for what was paid and refunded', async () => {
    drill.startWorkers(back);
    await drill.submit([4, 5, 7], back);
    await drill.refund(2, 'r-2', back);
    await drill.emptied();

    const { gateway, ...others } = await drill.findings(back);
    expect(others).to.deep.equal({});
    expect(gateway).to.have.members(['drill-3', 'drill-6']);
  });

  it('has what the shop does not send again adopted, and agrees with the gateway', async () => {
    await drill.paidonce(['review', 'adopt', 'drill-3', '--wait', ...BY_ADA], back);
    await drill.submit([6], back);
    await drill.emptied();

    expect(await drill.findings(back, 0)).to.deep.equal({});
    expect(await drill.moved()).to.have.members(PAID);
    const numbers = (await numbersOf([1, 2, 3, 4, 5, 6, 7], back)).map((label) =>
      Number(String(label).split('-').at(-1)),
    );
    expect(numbers.toSorted((a, b) => a - b)).to.deep.equal([1, 2, 3, 7, 8, 9, 10]);
  });

  it('neither refunds nor credits again what was adopted, and is sent again then', async () => {
    await drill.refund(3, 'r-3', back, 1);
    await drill.emptied();
    await drill.json(['reconcile', '--from-start'], back);

    expect(await drill.moved()).to.have.members(PAID);
    expect(await drill.findings(back, 0)).to.deep.equal({});
  });

  it('mails documents of another number once more, and nothing of what it had', async () => {
    await drill.stopWorkers();
    const twice = ['We have received your', 'Your receipt for'];
    expect(await drill.mails(4)).to.have.members([...twice, ...twice]);
    expect(await drill.mails(1)).to.have.members([...twice, 'Your refund for']);
  });

  it('keeps an erasure while the keys are not restored, and loses it with them', async () => {
    const shown = await drill.paidonce(['order', 'drill-1'], back);
    expect(shown).to.include('<erased>');
    const both = await drill.restoreKeys(back, keysBefore);
    expect(await drill.paidonce(['order', 'drill-1'], both)).to.include('c1@shop.example');
    // The log that knew of the erasure is gone, too.
    const again = ['erase', '--reapply', '--dry-run', ...BY_ADA];
    expect(await drill.paidonce(again, both)).to.include('0 erased persons');
  });

  /** What is printed on their invoices. */
  const numbersOf = async (orders: readonly number[], of: Env): Promise<readonly unknown[]> => {
    const shown = orders.map((number) => drill.json(['invoice', `drill-${number}`], of));
    return (await Promise.all(shown)).map(([invoice]) => invoice?.['label']);
  };

  /** By series, of the rows that the log does not account for: what customers may hold. */
  const highestNumbers = async (of: Env): Promise<Readonly<Record<string, number>>> => {
    const highest: Record<string, number> = {};
    for (const { found } of await drill.json(['replay', 'invoices', '--dry-run'], of, 1)) {
      if (found === undefined) continue;
      // Where the recipe of the page has them, for jq.
      const { issued, creditNotes } = JSON.parse((found as { document: string }).document) as {
        readonly issued: Numbered;
        readonly creditNotes: readonly Numbered[];
      };
      for (const { series, number } of [issued, ...creditNotes]) {
        highest[series] = Math.max(number, highest[series] ?? 0);
      }
    }
    return highest;
  };
});
