import { openBundle, type Problem } from '../../src/adapters/evidence/bundle.ts';
import type { Manifest } from '../../src/adapters/evidence/format.ts';
import {
  recordHeads,
  recordLedger,
  recordTable,
  recordView,
} from '../../src/adapters/evidence/tee.ts';
import { createBundleWriter, type WrittenBundle } from '../../src/adapters/evidence/writer.ts';
import { createEventStore } from '../../src/adapters/eventStore/eventStore.ts';
import { createMemoryIds } from '../../src/adapters/memory/ids.ts';
import { createAudit, type AuditReport } from '../../src/application/audit/audit.ts';
import type { Finding } from '../../src/application/audit/check.ts';
import { createGatewayCheck } from '../../src/application/audit/gateway/gatewayCheck.ts';
import { createLogChecks } from '../../src/application/audit/logChecks.ts';
import type { Clock } from '../../src/application/ports/clock.ts';
import type { EventStore } from '../../src/application/ports/eventStore.ts';
import type { GatewayLedger } from '../../src/application/ports/gatewayLedger.ts';
import type { InvoiceView } from '../../src/application/ports/invoiceView.ts';
import { must } from './commits.ts';
import { GIVE_UP_MS } from './orderContext.ts';
import type { AnyLogAndGateway } from './logAndGateway.ts';

type Audited = { readonly findings: readonly Finding[]; readonly report: AuditReport };

type Sources = {
  readonly store: EventStore;
  readonly invoices: Pick<InvoiceView, 'get' | 'list'>;
  readonly ledger: GatewayLedger;
  readonly clock: Clock;
  readonly write?: Parameters<typeof recordHeads>[0];
};

/** Every check that a bundle can carry. */
const auditAll = async (sources: Sources): Promise<Audited> => {
  const { store, clock, ledger, write } = sources;
  const options = { graceMs: 0, giveUpMs: GIVE_UP_MS };
  const { checks } = createLogChecks({ ...sources, ids: createMemoryIds() }, options);
  const gateway = { foreign: 'report', openMs: GIVE_UP_MS } as const;
  const findings: Finding[] = [];
  const done = await createAudit({ store, clock })({
    segments: 3,
    checks: [...checks, createGatewayCheck({ ledger, store, clock }, gateway)],
    ...(write && { observers: [recordHeads(write)] }),
    onFinding: (finding) => {
      findings.push(finding);
      void write?.('findings.jsonl', finding);
    },
  });
  return { findings, report: await must(done) };
};

/** Audits the records, and writes down what the audit reads. */
export const exportEvidence = async (
  world: AnyLogAndGateway,
  folder: string,
): Promise<Audited & { readonly written: WrittenBundle }> => {
  const writer = await must(createBundleWriter(folder));
  const { write } = writer;
  const { clock } = world;
  const audited = await auditAll({
    store: createEventStore(recordTable(world.table, write), clock),
    invoices: recordView(world.invoices, write),
    ledger: recordLedger(world.gateway, write),
    clock,
    write,
  });
  const at = new Date(clock.now()).toISOString();
  const made = { software: 'test', startedAt: at, endedAt: at, about: {} };
  const { findings } = audited.report;
  return { ...audited, written: await must(writer.finish({ ...made, report: { findings } })) };
};

type Offline = Audited & { readonly problems: readonly Problem[]; readonly manifest: Manifest };

/** The same audit over nothing but the files. */
export const auditBundle = async (folder: string, manifestSha256?: string): Promise<Offline> => {
  const bundle = await must(openBundle(folder, { manifestSha256 }));
  const { manifest, problems, table, invoices, ledger } = bundle;
  const now = Date.parse(manifest.endedAt);
  const clock = { now: () => now, sleep: async () => {} };
  try {
    const store = createEventStore(table, clock);
    return { manifest, problems, ...(await auditAll({ store, invoices, ledger, clock })) };
  } finally {
    await bundle.close();
  }
};
