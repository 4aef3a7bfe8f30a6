import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { makeTemporaryFolder } from '../../support/temporaryFolder.ts';
import { startProgram } from '../../support/process.ts';
import { textOf } from '../../support/cli.ts';

const PROGRAM = fileURLToPath(new URL('../../support/garbageProgram.ts', import.meta.url));

describe('the heap of a process that is bounded', () => {
  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
  before(async () => {
    folder = await makeTemporaryFolder();
  });
  after(() => folder.remove());

  /** What a process holds at most of the same garbage. The servers bound it. */
  const sizesOf = async (
    servers: 'with' | 'without',
  ): Promise<{ readonly oldMax: number; readonly youngMax: number }> => {
    // As V8 plans it on a machine with much memory.
    const env = { NODE_OPTIONS: '--max-old-space-size=4096 --max-semi-space-size=64' };
    const child = startProgram(PROGRAM, [servers, folder.path], env);
    child.stdin.end();
    return JSON.parse(await textOf(child.stdout));
  };

  it('grows by less garbage than V8 would allow it on a large machine', async () => {
    const [bounded, unbounded] = [await sizesOf('with'), await sizesOf('without')];
    expect(unbounded.oldMax / 1e6).to.be.above(150);
    expect(bounded.oldMax).to.be.below(0.75 * unbounded.oldMax);
    expect(unbounded.youngMax / 1e6).to.be.above(100);
    expect(bounded.youngMax / 1e6).to.be.below(70);
  });
});
