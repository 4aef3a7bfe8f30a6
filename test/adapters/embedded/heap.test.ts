import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { makeTemporaryFolder } from '../../support/temporaryFolder.ts';
import { startProgram } from '../../support/process.ts';
import { textOf } from '../../support/cli.ts';

const PROGRAM = fileURLToPath(new URL('../../support/garbageProgram.ts', import.meta.url));

describe('the heap of a process that runs the embedded servers', () => {
  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
  before(async () => {
    folder = await makeTemporaryFolder();
  });
  after(() => folder.remove());

  /** How much a process holds at most that makes the same garbage with the servers or without. */
  const heapMaxOf = async (servers: 'with' | 'without'): Promise<number> => {
    // As V8 plans it on a machine with much memory.
    const env = { NODE_OPTIONS: '--max-old-space-size=4096 --max-semi-space-size=64' };
    const child = startProgram(PROGRAM, [servers, folder.path], env);
    child.stdin.end();
    const told = await textOf(child.stdout);
    return Number(told);
  };

  it('grows by less garbage than V8 would allow it on a large machine', async () => {
    const [bounded, unbounded] = [await heapMaxOf('with'), await heapMaxOf('without')];
    expect(unbounded / 1e6).to.be.above(250);
    expect(bounded).to.be.below(0.85 * unbounded);
  });
});
