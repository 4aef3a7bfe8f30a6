import { setImmediate } from 'node:timers/promises';
import { expect } from 'chai';
import { errAsync, ok, okAsync } from 'neverthrow';
import { createEventStore } from '../../../src/adapters/eventStore/eventStore.ts';
import { createMemoryCommitTable } from '../../../src/adapters/memory/commitTable.ts';
import { createMemoryIds } from '../../../src/adapters/memory/ids.ts';
import { createMemoryTelemetry } from '../../../src/adapters/memory/telemetry.ts';
import {
  createRecordingSettings,
  createRecordSettings,
  differences,
  loadUsedSettings,
  type ProtocolSettings,
} from '../../../src/application/registry/usedSettings.ts';
import { must } from '../../support/commits.ts';

const SHORT = { GATEWAY_TIMEOUT_MS: '10000', INVOICE_SERIES: 'INV' };
const LONG = { ...SHORT, GATEWAY_TIMEOUT_MS: '20000' };

describe('the settings that workers use', () => {
  const createLog = () => {
    const store = createEventStore(createMemoryCommitTable(), { now: () => 7 });
    let workers = 0;
    return {
      store,
      /** A worker that begins with these. */
      begin: (protocolSettings: ProtocolSettings, at = 7) => {
        workers += 1;
        const ids = createMemoryIds(workers);
        return createRecordSettings({ store, ids, clock: { now: () => at }, protocolSettings });
      },
      commits: async () => (await must(store.load('registry#settings'))).commits.length,
    };
  };

  it('are in the log once for all workers with the same, and once for each other set', async () => {
    const { store, begin, commits } = createLog();
    expect(await must(loadUsedSettings(store))).to.equal(undefined);
    for (const each of [begin(SHORT), begin(SHORT), begin(SHORT)]) await must(each());
    expect(await commits()).to.equal(1);
    expect(await must(loadUsedSettings(store))).to.deep.equal({ settings: SHORT, at: 7 });
    const changed = begin(LONG, 9);
    for (let times = 0; times < 3; times += 1) await must(changed());
    expect(await commits()).to.equal(2);
    expect(await must(loadUsedSettings(store))).to.deep.equal({ settings: LONG, at: 9 });
  });

  it('are recorded by workers that begin at once', async () => {
    const { begin, commits } = createLog();
    const workers = [SHORT, SHORT, SHORT, SHORT].map((settings) => begin(settings));
    expect(await Promise.all(workers.map((record) => record()))).to.deep.equal(Array(4).fill(ok()));
    expect(await commits()).to.equal(1);
  });

  it('are compared name by name', () => {
    expect(differences(SHORT, SHORT)).to.deep.equal([]);
    expect(differences(SHORT, LONG)).to.deep.equal(['GATEWAY_TIMEOUT_MS']);
    expect(differences(SHORT, { ...SHORT, NEW: '1' })).to.deep.equal(['NEW']);
  });

  it('stop no message where they cannot be recorded, and are tried again', async () => {
    const { store, commits } = createLog();
    let isAway = true;
    const unavailable = {
      type: 'Unavailable',
      dependency: 'EventStore',
      cause: 'away',
      throttled: false,
    } as const;
    const recordSettings = createRecordSettings({
      store: { ...store, head: (id) => (isAway ? errAsync(unavailable) : store.head(id)) },
      ids: createMemoryIds(),
      clock: { now: () => 7 },
      protocolSettings: SHORT,
    });
    const telemetry = createMemoryTelemetry();
    const handled = { orderId: 'o', correlationId: 'c', outcome: 'paid' };
    const handle = createRecordingSettings({ recordSettings, telemetry }, () => okAsync(handled));
    expect(await handle({} as never)).to.deep.equal(ok(handled));
    // Nothing of the message waited for it.
    await setImmediate();
    expect(telemetry.records().map(({ event, outcome }) => [event, outcome])).to.deep.equal([
      ['settings.unrecorded', 'Unavailable'],
    ]);
    isAway = false;
    await handle({} as never);
    await must(recordSettings());
    expect(await commits()).to.equal(1);
    expect(telemetry.records()).to.have.length(1);
  });
});
