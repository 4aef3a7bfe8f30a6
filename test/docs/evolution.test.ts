import { expect } from 'chai';
import { fenced, pages, readText } from './markdown.ts';

/** The worked example, which two releases run with in test/simulation/releases.test.ts. */
const EXAMPLE = 'test/support/evolution.ts';

describe('the worked example of how events evolve', () => {
  it('is in the documentation as it is run by the tests (X11)', () => {
    const code = readText(EXAMPLE);
    const blocks = pages()
      .flatMap((page) => fenced(readText(page), 'ts').map((block) => [page, block] as const))
      .filter(([, block]) => /upcast|Upcasts|NewEvent/u.test(block));
    expect(blocks.map(([page]) => page)).to.include('docs/adr/0015-evolution-of-events.md');
    for (const [page, block] of blocks) {
      // A block may leave out what stands between two declarations.
      for (const part of block.split(/\n(?=\n)/u)) {
        expect(code, `${page}: ${part}`).to.include(part.trim());
      }
    }
  });
});
