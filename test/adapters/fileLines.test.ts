import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { readFileLines, type FileLine } from '../../src/adapters/fileLines.ts';
import { makeTemporaryFolder } from '../support/temporaryFolder.ts';

/** Node reads a file in chunks of this size. */
const CHUNK_BYTES = 65_536;

describe('the lines of a file', () => {
  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
  let path: string;

  before(async () => {
    folder = await makeTemporaryFolder();
    path = join(folder.path, 'lines');
  });
  after(() => folder.remove());

  const read = async () => {
    const lines: FileLine[] = [];
    const bytes: Uint8Array[] = [];
    const cutOff: boolean[] = [];
    for await (const some of readFileLines(path)) {
      const value = some._unsafeUnwrap();
      lines.push(...value.lines);
      bytes.push(value.bytes);
      cutOff.push(value.isCutOff);
    }
    return { lines, bytes: Buffer.concat(bytes), cutOff };
  };

  it('come with their number and place, whatever chunks they lie in, and all bytes', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat({ max: 2 * CHUNK_BYTES }), { maxLength: 6 }),
        fc.boolean(),
        async (sizes, isEnded) => {
          const texts = sizes.map((size, at) => `${at}é`.padEnd(size, 'x'));
          const content = texts.join('\n') + (isEnded && texts.length > 0 ? '\n' : '');
          await writeFile(path, content);
          const { lines, bytes, cutOff } = await read();

          expect(bytes.toString('utf8')).to.equal(content);
          expect(lines.map(({ text }) => text)).to.deep.equal(texts);
          expect(lines.map(({ number }) => number)).to.deep.equal(texts.map((_, at) => at + 1));
          expect(cutOff.includes(true)).to.equal(!isEnded && texts.length > 0);
          const file = await open(path);
          for (const { place, text } of lines) {
            const found = Buffer.alloc(place.bytes);
            await file.read(found, 0, place.bytes, place.offset);
            expect(found.toString('utf8')).to.equal(text);
          }
          await file.close();
        },
      ),
    ));

  it('are none of a file that cannot be read', async () => {
    const { value } = await readFileLines(join(folder.path, 'nowhere')).next();
    expect(value?._unsafeUnwrapErr()).to.have.property('type', 'NotRead');
  });
});
