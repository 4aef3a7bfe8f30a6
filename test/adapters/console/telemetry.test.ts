import { expect } from 'chai';
import { describe, it } from 'mocha';
import { createConsoleTelemetry } from '../../../src/adapters/console/telemetry.ts';
import { createVirtualClock } from '../../../src/adapters/memory/clock.ts';
import { describeTelemetry } from '../../contracts/telemetry.contract.ts';

const captureStream = (options: { readonly writableLength?: number } = {}) => {
  const lines: string[] = [];
  const stream = {
    writableLength: options.writableLength ?? 0,
    write: (line: string) => {
      lines.push(line);
      return true;
    },
  };
  return { lines, stream };
};

describeTelemetry('console', () => {
  const { lines, stream } = captureStream();
  return Promise.resolve({
    telemetry: createConsoleTelemetry(createVirtualClock(), stream),
    read: () => Promise.resolve(lines),
    close: () => Promise.resolve(),
  });
});

describe('createConsoleTelemetry', () => {
  it('writes one plain line where there is no terminal', () => {
    const { lines, stream } = captureStream();
    createConsoleTelemetry(createVirtualClock(1_500), stream).record({
      level: 'info',
      event: 'message.handled',
      orderId: 'order-1',
      outcome: 'Captured',
      durationMs: 12.4,
      facts: { queue: 'payments' },
    });
    expect(lines).to.deep.equal([
      '00:00:01.500 info  message.handled order-1 Captured 12 ms queue=payments\n',
    ]);
  });

  it('shows numbers shortly, and none that are zero', () => {
    const { lines, stream } = captureStream();
    createConsoleTelemetry(createVirtualClock(1_500), stream).record({
      level: 'info',
      event: 'consumer.metrics',
      metrics: {
        polls: { unit: 'Count', values: [12] },
        retries: { unit: 'Count', values: [0] },
        dead: { unit: 'Count', values: [] },
        handlerMs: { unit: 'Milliseconds', values: [31.4, 4, 250] },
      },
    });
    expect(lines).to.deep.equal(['00:00:01.500 info  consumer.metrics polls=12 handlerMs=4…250\n']);
  });

  it('lets no text from outside break a line or steer the terminal', () => {
    const { lines, stream } = captureStream();
    createConsoleTelemetry(createVirtualClock(), stream).record({
      level: 'error',
      event: 'message.refused',
      facts: { why: 'a\nb\u001b[2Jc\u009bd\u202ee' },
    });
    expect(lines).to.have.lengthOf(1);
    expect(lines[0]).to.match(/^[^\p{C}]+\n$/u);
  });

  it('drops and counts records while nobody reads the pipe', async () => {
    const { lines, stream } = captureStream({ writableLength: 2 ** 21 });
    const telemetry = createConsoleTelemetry(createVirtualClock(), stream);
    telemetry.record({ level: 'info', event: 'message.handled' });
    expect(await telemetry.flush(0)).to.deep.equal({ written: 0, dropped: 1, rejected: 0 });
    expect(lines).to.deep.equal([]);
  });
});
