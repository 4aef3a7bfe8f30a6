import { expect } from 'chai';
import { createMemoryTelemetry } from '../../../src/adapters/memory/telemetry.ts';
import { loadLastAudit } from '../../../src/application/registry/auditRecords.ts';
import { parseConfig, SETTING_NAMES } from '../../../src/bootstrap/config.ts';
import { createContainer } from '../../../src/bootstrap/container.ts';
import { openEmbedded, type EmbeddedStack } from '../../../src/bootstrap/embedded.ts';
import type { Surroundings } from '../../../src/bootstrap/lambda/functions.ts';
import {
  createAuditFunction,
  createReconcilerFunction,
} from '../../../src/bootstrap/lambda/scheduled.ts';
import { application } from '../../../src/bootstrap/modules/application.ts';
import { aws } from '../../../src/bootstrap/modules/aws.ts';
import { must } from '../../support/commits.ts';
import { makeTemporaryFolder } from '../../support/temporaryFolder.ts';

const CONTEXT = { getRemainingTimeInMillis: () => 600_000 };
/** No time is left but for what is kept back. */
const SHORT = { getRemainingTimeInMillis: () => 30_000 };

describe('The functions of a schedule, on the embedded servers', () => {
  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
  let embedded: EmbeddedStack;
  let telemetry: ReturnType<typeof createMemoryTelemetry>;
  let on: Surroundings;

  before(async () => {
    folder = await makeTemporaryFolder();
    embedded = (await openEmbedded({ PAIDONCE_DATA_DIR: folder.path }))._unsafeUnwrap();
  });
  after(async () => {
    await embedded.close();
    await folder.remove();
  });
  beforeEach(() => {
    telemetry = createMemoryTelemetry();
    on = {
      config: (needs) => parseConfig({}, { needs, embedded }),
      telemetry: () => telemetry,
    };
  });

  const metricsOf = (event: string) =>
    telemetry
      .records()
      .filter((record) => record.event === event)
      .flatMap(({ metrics = {} }) => Object.keys(metrics));

  it('audit the log and say so in it, from where the reconciler has it', async () => {
    await createAuditFunction(on)({}, CONTEXT);
    const config = parseConfig({}, { needs: SETTING_NAMES, embedded })._unsafeUnwrap();
    const { get } = createContainer(application, aws({ service: 'test' }), config);
    expect(await must(loadLastAudit(get('store')))).to.include({ findings: 0, inReview: 0 });

    await createReconcilerFunction(on)({}, CONTEXT);
    expect(metricsOf('reconcile.last_audit')).to.include('AuditAge');
    expect(metricsOf('reconcile.round')).to.include('NumbersWithoutDocument');
    expect(telemetry.records().filter(({ level }) => level === 'error')).to.deep.equal([]);
  });

  it('fail where there was no time for all of it', async () => {
    const cut = async (call: Promise<void>): Promise<string> =>
      call.then(
        () => 'no error',
        (error: unknown) => (error as Error).name,
      );

    expect(await cut(createAuditFunction(on)({}, SHORT))).to.equal('AuditCut');
    expect(await cut(createReconcilerFunction(on)({}, SHORT))).to.equal('RoundCut');
  });

  it('refuse a wrong configuration by the name of each setting', async () => {
    const wrong = { ...on, config: (needs: never) => parseConfig({}, { needs }) } as Surroundings;
    const refused = await createAuditFunction(wrong)({}, CONTEXT).catch((error: unknown) => error);

    expect((refused as Error).name).to.equal('Configuration');
    expect((refused as Error).message).to.include('EVENTS_TABLE is missing');
  });
});
