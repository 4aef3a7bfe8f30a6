import { expect } from 'chai';
import { describe, it } from 'mocha';
import { createMemoryTelemetry } from '../../../src/adapters/memory/telemetry.ts';
import { combineTelemetry } from '../../../src/adapters/telemetry/combine.ts';

describe('combineTelemetry', () => {
  it('gives every record to each sink and reports the worst', async () => {
    const [large, small] = [createMemoryTelemetry(), createMemoryTelemetry({ recordsMax: 1 })];
    const both = combineTelemetry([large, small]);
    both.record({ level: 'info', event: 'a' });
    both.record({ level: 'info', event: 'b' });

    expect(large.records().map(({ event }) => event)).to.deep.equal(['a', 'b']);
    expect(small.records().map(({ event }) => event)).to.deep.equal(['b']);
    expect(await both.flush(0)).to.deep.equal({ written: 1, dropped: 1, rejected: 0 });
  });
});
