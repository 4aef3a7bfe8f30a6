import { expect } from 'chai';
import { createRecordAudit } from '../../../src/application/registry/auditRecords.ts';
import type { AuditConclusion } from '../../../src/domain/registry/index.ts';
import { NOTHING_FOUND } from '../../support/auditing.ts';
import { must } from '../../support/commits.ts';
import { createReconcileWorld } from './world.ts';

const HOUR_MS = 3_600_000;

describe('The reconciler says what the last audit counted', () => {
  const recorded = async (changes: (now: number) => Partial<AuditConclusion>) => {
    const world = createReconcileWorld();
    await world.clock.advance(HOUR_MS);
    const endedAt = world.clock.now();
    const conclusion = {
      startedAt: endedAt - 1_000,
      endedAt,
      ...NOTHING_FOUND,
      ...changes(endedAt),
    };
    await must(createRecordAudit(world)(conclusion));
    await world.clock.advance(2 * HOUR_MS);
    // A look at the dead letters takes a second.
    await world.reconciler()();
    const [record] = world.records('reconcile.last_audit');
    return Object.fromEntries(
      Object.entries(record?.metrics ?? {}).map(([name, { values }]) => [name, values[0]]),
    );
  };

  it('how long ago it was, and its findings', async () => {
    expect(await recorded(() => ({ findings: 3 }))).to.deep.equal({
      AuditAge: 7_201,
      AuditFindings: 3,
      DisputesOpen: 0,
    });
  });

  it('until when evidence of the next dispute is taken', async () => {
    const due = (now: number) => ({ disputes: 2, disputesDueBy: now + 5 * HOUR_MS });

    expect(await recorded(due)).to.deep.include({ DisputesOpen: 2, DisputeDueIn: 10_799 });
  });

  it('and no time for evidence that has passed', async () => {
    const passed = (now: number) => ({ disputes: 1, disputesDueBy: now + HOUR_MS });

    expect(await recorded(passed)).to.not.have.property('DisputeDueIn');
  });

  it('and nothing where none was made', async () => {
    const world = createReconcileWorld();
    await world.reconciler()();

    expect(world.records('reconcile.last_audit')).to.deep.equal([]);
    expect(world.records('reconcile.failed')).to.deep.equal([]);
  });
});
