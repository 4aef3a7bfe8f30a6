import { expect } from 'chai';
import { errAsync, ok, okAsync } from 'neverthrow';
import { createMemoryCommitTable } from '../../../src/adapters/memory/commitTable.ts';
import { createMemoryInvoiceView } from '../../../src/adapters/memory/invoiceView.ts';
import { createVirtualClock } from '../../../src/adapters/memory/clock.ts';
import { createEventStore } from '../../../src/adapters/eventStore/eventStore.ts';
import {
  probeOfInvoices,
  probeOfStore,
  unlessForbidden,
} from '../../../src/application/delivery/probes.ts';
import type { Dependency } from '../../../src/application/ports/failures.ts';

const down = (dependency: Dependency) =>
  ({ type: 'Unavailable', dependency, cause: '503', throttled: false }) as const;
const refused = (cause: string) =>
  ({ type: 'Misconfigured', dependency: 'InvoiceView', cause }) as const;

describe('a probe', () => {
  it('reads a stream and a row that nobody can have, and is content with nothing', async () => {
    const store = createEventStore(createMemoryCommitTable(), createVirtualClock());
    const asked: string[] = [];
    const probe = probeOfStore({
      head: (streamId) => {
        asked.push(streamId);
        return store.head(streamId);
      },
    });
    expect(await probe()).to.deep.equal(ok(undefined));
    expect(asked).to.deep.equal(['order#']);
    expect(await probeOfInvoices(createMemoryInvoiceView())()).to.deep.equal(ok(undefined));
  });

  it('says what keeps the log or the invoices from serving anybody', async () => {
    const ofStore = await probeOfStore({ head: () => errAsync(down('EventStore')) })();
    expect(ofStore._unsafeUnwrapErr()).to.deep.equal(down('EventStore'));
    const ofInvoices = await probeOfInvoices({ get: () => errAsync(refused('missing')) })();
    expect(ofInvoices._unsafeUnwrapErr()).to.deep.equal(refused('missing'));
  });

  it('takes an answer that cannot be decoded for an answer', async () => {
    const streamId = 'order#';
    const corrupt = { type: 'CorruptStream', streamId, version: 1, why: 'any' } as const;
    expect(await probeOfStore({ head: () => errAsync(corrupt) })()).to.deep.equal(ok(undefined));
    const row = { type: 'CorruptRow', orderId: '#', why: 'any' } as const;
    expect(await probeOfInvoices({ get: () => errAsync(row) })()).to.deep.equal(ok(undefined));
  });

  it('that the role may not make does not keep the service from trying', async () => {
    for (const cause of [
      'AccessDeniedException: no',
      'AccessDenied: no',
      'AuthorizationError: no',
    ]) {
      expect(await unlessForbidden(() => errAsync(refused(cause)))(), cause).to.deep.equal(
        ok(undefined),
      );
    }
    const wrongKey = 'UnrecognizedClientException: AccessDenied';
    expect((await unlessForbidden(() => errAsync(refused(wrongKey)))()).isErr()).to.equal(true);
    expect(await unlessForbidden(() => okAsync())()).to.deep.equal(ok(undefined));
  });
});
