import { expect } from 'chai';
import { peerUrl } from '../support/peerUrl.ts';
import { soak } from '../soak/soak.ts';

/** `npm run soak` does the same with 20,000 messages and a crash loop among them. */
const MESSAGES = 1_000;
const WORKERS = 2;

describe('two worker processes on ElasticMQ', function () {
  this.timeout(180_000);

  it(`bring ${MESSAGES} messages to their ends through kills and stops (S1, X2, F4)`, async () => {
    const report = await soak({
      url: peerUrl('PEER_SQS_URL'),
      messages: MESSAGES,
      workers: WORKERS,
      seed: Number(process.env['SOAK_SEED'] ?? 1),
      maxReceiveCount: 10,
      crashLoops: 0,
      strikeEveryMs: 3_000,
    });

    expect(report.faults).to.deep.equal([]);
    // Without these the run would have proved little. Which death comes first is chance: by a
    // message, or by a signal.
    const { 'SIGTERM, drained': drained = 0, ...deaths } = report.ends;
    expect(drained).to.be.above(0);
    expect(Object.values(deaths).reduce((sum, count) => sum + count, 0)).to.be.above(0);
    expect(report.fates).to.include.keys('ok', 'slow', 'retry', 'poison', 'crash');
  });
});
