import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import stringWidth from 'string-width';
import { createLiveSummary } from '../../../../src/bootstrap/cli/worker/live.ts';
import type { HeldMessages } from '../../../../src/application/delivery/consumer.ts';
import type { TelemetryRecord } from '../../../../src/application/ports/telemetry.ts';

const AT = 1_795_941_583_795;

const handled = (disposition: string): TelemetryRecord => ({
  level: disposition === 'DeadLetter' ? 'error' : 'info',
  event: 'message.handled',
  orderId: 'o-1',
  outcome: 'paid',
  facts: { disposition },
});

const ESC = '\u001B';
/** The cursor goes up or left, what is below it is erased, a line ends; or it is text. */
const PARTS = new RegExp(`${ESC}\\[(\\d+)A|${ESC}\\[\\d*[JDm]|\\n|[^${ESC}\\n]+`, 'g');

/** What stands on the terminal in the end. */
const screenOf = (written: string): readonly string[] => {
  const lines: string[] = [''];
  for (const [part, up] of written.matchAll(PARTS)) {
    if (up !== undefined) lines.splice(lines.length - 1 - Number(up), Infinity, '');
    else if (part === '\n') lines.push('');
    else if (!part.startsWith(ESC)) lines[lines.length - 1] += part;
  }
  return lines;
};

const watching = (columns: number) => {
  let held: HeldMessages = { inFlight: 0, waiting: 0, oldestSentAt: undefined };
  let written = '';
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns });
  stream.on('data', (part) => (written += String(part)));
  const summary = createLiveSummary(stream, () => AT);
  const consumer = {
    run: () => Promise.reject(new Error('it is not run')),
    health: () => ({ ready: true, live: true, reason: 'ok' }),
    held: () => held,
  };
  return {
    summary,
    start: () => summary.start([{ name: 'payments', consumer }]),
    holds: (now: HeldMessages) => (held = now),
    screen: () => screenOf(written),
  };
};

describe('the summary of a worker on a terminal', () => {
  it('says how many are in flight, settled, retried and failed, and how fast', async () => {
    const { summary, start, holds, screen } = watching(80);
    const telemetry = summary.telemetryOf('payments');
    start();
    for (let count = 0; count < 25; count += 1) telemetry.record(handled('Acknowledge'));
    telemetry.record(handled('Retry'));
    holds({ inFlight: 3, waiting: 1, oldestSentAt: AT - 12_000 });
    telemetry.record(handled('DeadLetter'));
    summary.stop();

    const [first, head, row, ...rest] = screen();
    expect(first).to.match(/error message\.handled o-1 paid disposition=DeadLetter$/);
    expect(head).to.match(
      /^service +per second +in flight +waiting +settled +retried +failed +oldest$/,
    );
    expect(row).to.match(/^payments +2\.5 +3 +1 +25 +1 +1 +12 s$/);
    expect(rest).to.deep.equal(['']);
    // Every record counts as written, whether it is a line or not.
    expect((await telemetry.flush(0)).written).to.equal(27);
  });

  it('draws itself again in the same place, below the lines that come meanwhile', () => {
    const { summary, start, screen } = watching(80);
    start();
    summary.note('stopping: SIGTERM');
    summary.note('a second note');
    summary.stop();

    const shown = screen();
    expect(shown.slice(0, 2)).to.deep.equal(['stopping: SIGTERM', 'a second note']);
    expect(shown.filter((line) => line.startsWith('service'))).to.have.length(1);
  });

  for (const columns of [40, 80, 160]) {
    it(`fits ${columns} columns`, () => {
      const { summary, start, screen } = watching(columns);
      start();
      summary.telemetryOf('payments').record(handled('DeadLetter'));
      summary.note(`receives from http://127.0.0.1:30667/000000000000/paidonce-payments`);
      summary.stop();

      expect(Math.max(...screen().map((line) => stringWidth(line)))).to.be.at.most(columns);
    });
  }
});
