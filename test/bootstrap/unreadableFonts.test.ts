import { expect } from 'chai';
import { createMemoryTelemetry } from '../../src/adapters/memory/telemetry.ts';
import { parseConfig, SETTING_NAMES } from '../../src/bootstrap/config.ts';
import { createService, runServices, type ServiceName } from '../../src/bootstrap/worker.ts';
import { COMPLETE } from './completeEnvironment.ts';

const DRAIN = { finished: 0, handedBack: 0, abandoned: 0, pollsCut: 0, durationMs: 0 };

describe('A worker whose fonts cannot be read', () => {
  const recorded = async (
    name: ServiceName,
    env: Readonly<Record<string, string>>,
  ): Promise<readonly object[]> => {
    const settings = { ...COMPLETE, ...env };
    const config = parseConfig(settings, { needs: SETTING_NAMES })._unsafeUnwrap();
    const telemetry = createMemoryTelemetry();
    const service = createService(name, config, createMemoryTelemetry());
    const consumer = { ...service.consumer, run: () => Promise.resolve(DRAIN) };
    await runServices([{ ...service, consumer, telemetry }], AbortSignal.abort());
    return telemetry.records().filter(({ event }) => event === 'documents.font_unreadable');
  };

  const INVOICE_FONTS = '/nowhere/a.ttf,package.json';
  const attaching = { INVOICE_DELIVERY: 'attach', INVOICE_FONTS };

  it('says so when it starts, for each font, and runs', async () => {
    const [missing, noFont, ...others] = await recorded('notifications', attaching);
    const service = 'notifications';
    expect(missing).to.deep.include({ level: 'error' });
    expect(missing).to.deep.nested.include({ 'facts.service': service, 'facts.font': 1 });
    expect(noFont).to.deep.nested.include({
      'facts.font': 2,
      'facts.cause': 'Unknown font format',
    });
    expect(others).to.deep.equal([]);
  });

  it('reads none where it makes no document', async () => {
    expect(await recorded('payments', attaching)).to.deep.equal([]);
    expect(await recorded('notifications', { INVOICE_FONTS })).to.deep.equal([]);
    expect(await recorded('notifications', { INVOICE_DELIVERY: 'attach' })).to.deep.equal([]);
  });
});
