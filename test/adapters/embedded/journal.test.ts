import { expect } from 'chai';
import fc from 'fast-check';
import { appendFileSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { openJournal } from '../../../src/adapters/embedded/journal.ts';
import { makeTemporaryFolder } from '../../support/temporaryFolder.ts';

describe('openJournal', () => {
  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
  let path: string;
  beforeEach(async () => {
    folder = await makeTemporaryFolder();
    path = join(folder.path, 'journal.jsonl');
  });
  afterEach(() => folder.remove());

  it('returns what was appended, also entries larger than what is read at once', () => {
    const entries = [
      { a: 'é\n'.repeat(900_000) },
      { b: 1 },
      { c: 'x'.repeat(3_000_000) },
      { d: null },
    ];
    const journal = openJournal(path);
    for (const entry of entries) journal.append(entry);
    expect([...openJournal(path).entries()]).to.deep.equal(entries);
  });

  it('goes on after any cut as if the entry that was being written had never been', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1 }), fc.nat(), (texts, cut) => {
        truncateIfThere(path);
        const journal = openJournal(path);
        for (const text of texts) journal.append({ text });
        const bytes = readFileSync(path);
        const kept = cut % bytes.length;
        truncateSync(path, kept);
        const whole = bytes.subarray(0, kept).filter((byte) => byte === 0x0a).length;

        openJournal(path).append({ text: 'after' });
        const expected = [...texts.slice(0, whole), 'after'].map((text) => ({ text }));
        expect([...openJournal(path).entries()]).to.deep.equal(expected);
      }),
    );
  });
});

const truncateIfThere = (path: string) => {
  appendFileSync(path, '');
  truncateSync(path, 0);
};
