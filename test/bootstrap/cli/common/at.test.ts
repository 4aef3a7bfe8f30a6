import { expect } from 'chai';
import { createEventStore } from '../../../../src/adapters/eventStore/eventStore.ts';
import { createMemoryCommitTable } from '../../../../src/adapters/memory/commitTable.ts';
import { createMemoryIds } from '../../../../src/adapters/memory/ids.ts';
import {
  createNotificationStream,
  createOrderStream,
} from '../../../../src/application/log/eventStreams.ts';
import { asOfJson, asOfText, checkPast, parseAt } from '../../../../src/bootstrap/cli/common/at.ts';
import { loadHistoryAt, loadMails } from '../../../../src/bootstrap/cli/common/history.ts';
import type { CliFailure } from '../../../../src/bootstrap/cli/common/failure.ts';
import type { Event as Notice } from '../../../../src/domain/notification/events.ts';
import { must } from '../../../support/commits.ts';
import { NOON } from '../../../support/orderContext.ts';
import { orderLife } from '../../../support/orderLife.ts';

const SECOND = 1_000;
const TRACE = { idempotencyKey: 'k', correlationId: 'c', causationId: 'm' };

/** An order that is placed, paid, refunded and reported, a second after the other. */
const setUp = async () => {
  let now = NOON;
  const table = createMemoryCommitTable();
  const services = { store: createEventStore(table, { now: () => now }), ids: createMemoryIds() };
  const [orders, notices] = [createOrderStream(services), createNotificationStream(services)];
  const life = orderLife().placed().captured().asked('r-1').refunded('r-1');
  let held = orders.start;
  let history = notices.start;
  const record = async (event: Notice): Promise<void> => {
    history = await must(notices.append('o-1#receipt', history, { events: [event], ...TRACE }));
    now += SECOND;
  };
  for (const [index, events] of life.commits.entries()) {
    held = await must(orders.append('o-1', held, { events, ...TRACE }));
    now += SECOND;
    if (index !== 1) continue;
    await record({ type: 'NotificationClaimed', data: { claimId: 'x', at: now } });
    await record({ type: 'NotificationSent', data: { mailId: 'y' } });
  }
  const show = async (asked: string) => {
    const at = parseAt(asked);
    const found = await must(loadHistoryAt(services.store, 'o-1', at));
    return {
      ...found,
      mails: Object.fromEntries(await must(loadMails(services.store, found, at))),
    };
  };
  const failureOf = async (orderId: string, asked: string): Promise<CliFailure> =>
    (await loadHistoryAt(services.store, orderId, parseAt(asked))).match(
      () => expect.fail('there is one'),
      (failure) => failure,
    );
  return { show, failureOf };
};

describe('an order as it was', () => {
  it('at a version: whole commits, and mails as they were at the last of them', async () => {
    const { show } = await setUp();
    const first = await show('1');
    expect(first.history.state.payment.status).to.equal('requested');
    expect(first.history.entries.map(({ version }) => version)).to.deep.equal([1, 2]);
    const paid = await show('4');
    expect(paid.history.state.invoice.status).to.equal('issued');
    expect(paid.mails).to.include({ receipt: 'none' });
    const asked = await show('5');
    expect(asked.mails).to.include({ receipt: 'sent' });
    expect(asked.history.state.refunds.map(({ status }) => status)).to.deep.equal(['pending']);
  });

  it('at a time, to the millisecond, and of its mails too', async () => {
    const { show } = await setUp();
    const at = (ms: number): Promise<Awaited<ReturnType<typeof show>>> =>
      show(new Date(NOON + ms).toISOString());
    expect((await at(SECOND - 1)).history.state.version).to.equal(2);
    expect((await at(SECOND)).history.state.version).to.equal(4);
    expect((await at(2 * SECOND - 1)).mails).to.include({ receipt: 'none' });
    expect((await at(2 * SECOND)).mails).to.include({ receipt: 'claimed' });
    expect((await at(3 * SECOND)).mails).to.include({ receipt: 'sent' });
    expect((await show('2026-06-15')).history.state.version).to.equal(7);
    expect((await show('2026-06-15T14:00:00+02:00')).history.state.version).to.equal(2);
  });

  it('says as of when, and what it leaves out', async () => {
    const { show } = await setUp();
    const { shown } = await show('3');
    expect(shown && asOfText(parseAt('3'), shown)).to.equal(
      'as of 3: version 4, written at 2026-06-15 12:00:01.000Z; later events left out: 3',
    );
    expect(shown && asOfJson(parseAt('3'), shown)).to.deep.equal({
      asked: '3',
      version: 4,
      committedAt: '2026-06-15T12:00:01.000Z',
      latestVersion: 7,
      misdated: 0,
    });
  });

  it('fails before its beginning, behind its end, and where there is no order', async () => {
    const { failureOf } = await setUp();
    const failures = await Promise.all([
      failureOf('o-1', '2026-06-14'),
      failureOf('o-1', '8'),
      failureOf('o-2', '1'),
      failureOf('no id', '1'),
    ]);
    expect(failures.map(({ type, exitCode }) => [type, exitCode])).to.deep.equal([
      ['BeforeItsBeginning', 1],
      ['BeyondItsEnd', 1],
      ['UnknownOrder', 1],
      ['UnknownOrder', 1],
    ]);
    expect(failures[0]?.message).to.equal(
      'there was no order o-1 at 2026-06-14; its first events were written at 2026-06-15 12:00:00.000Z',
    );
    expect(failures[1]?.message).to.equal('the order o-1 has no version 8; its last is 7');
  });
});

describe('--at', () => {
  it('takes a version, a time with its zone, or a day, which means its end in UTC', () => {
    expect(parseAt('12').moment).to.deep.equal({ type: 'Version', version: 12 });
    expect(parseAt('2026-06-15T12:00:00+02:00').moment).to.deep.equal({
      type: 'Time',
      at: NOON - 2 * 3_600_000,
    });
    expect(parseAt('2026-06-15').moment).to.deep.equal({
      type: 'Time',
      at: Date.parse('2026-06-16T00:00:00Z') - 1,
    });
  });

  it('refuses anything else', () => {
    for (const text of [
      '',
      '0',
      '-1',
      '1.5',
      'yesterday',
      '2026-02-30',
      '2026-06-15T12:00:00',
      '15.6.2026',
    ]) {
      expect(() => parseAt(text), text).to.throw('It has to be a version');
    }
  });

  it('is not ahead of the clock, but for the end of today', () => {
    const ahead = (asked: string) =>
      checkPast(NOON, parseAt(asked)).match(
        () => undefined,
        ({ exitCode }) => exitCode,
      );
    expect(['2026-06-15T12:00:00Z', '2026-06-15', '999'].map(ahead)).to.deep.equal([
      undefined,
      undefined,
      undefined,
    ]);
    expect(['2026-06-15T12:00:01Z', '2026-06-16'].map(ahead)).to.deep.equal([2, 2]);
  });
});
