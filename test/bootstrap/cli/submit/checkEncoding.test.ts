import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { ok } from 'neverthrow';
import { checkEncoding } from '../../../../src/bootstrap/cli/submit/checkEncoding.ts';
import { anyCharacter } from '../../../support/arbitraries/character.ts';
import { makeTemporaryFolder } from '../../../support/temporaryFolder.ts';
import { runsOf } from '../../../support/runs.ts';

type Bytes = string | Buffer | readonly number[];

/** What a file is read by. */
const CHUNK_BYTES = 65_536;

describe('checkEncoding', () => {
  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
  before(async () => (folder = await makeTemporaryFolder()));
  after(() => folder.remove());

  const check = async (...parts: readonly Bytes[]) => {
    const path = join(folder.path, 'file');
    const bytes = parts.map((part) =>
      typeof part === 'string' ? Buffer.from(part) : Buffer.from(part),
    );
    await writeFile(path, Buffer.concat(bytes));
    return checkEncoding(path);
  };
  const messageOf = async (...parts: readonly Bytes[]) =>
    (await check(...parts))._unsafeUnwrapErr().message;

  it('takes any text in UTF-8, wherever its characters fall into two chunks', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: anyCharacter(), maxLength: 50 }).filter((text) => !text.includes('\0')),
        fc.integer({ min: -6, max: 1 }),
        async (text, at) => {
          const before = 'x'.repeat(CHUNK_BYTES + at);
          expect(await check(before, text.toWellFormed(), '\n')).to.deep.equal(ok());
        },
      ),
      { numRuns: runsOf(12, 50) },
    );
    expect(await check([0xef, 0xbb, 0xbf], '{}')).to.deep.equal(ok());
    expect(await check('')).to.deep.equal(ok());
  });

  it('says where it is none: the line, and the byte of the file', async () => {
    expect(await messageOf('a\nb\nM', [0xfc], 'sli\n')).to.equal('is not UTF-8: line 3, byte 6');
    expect(await messageOf([0xe9])).to.equal('is not UTF-8: line 1, byte 1');
    expect(await messageOf('a\n', [0xe2, 0x82])).to.equal('is not UTF-8: line 2, byte 3');
    const far = 'ä\n'.repeat(50_000);
    expect(await messageOf(far, 'x', [0xff], far)).to.equal(
      'is not UTF-8: line 50001, byte 150002',
    );
    for (const at of [-3, -2, -1, 0, 1]) {
      const first = 'x'.repeat(CHUNK_BYTES + at);
      expect(await messageOf(first, [0xe9, 0x73])).to.equal(
        `is not UTF-8: line 1, byte ${CHUNK_BYTES + at + 1}`,
      );
    }
  });

  it('recognises what it is instead, and says what helps', async () => {
    const json = '[{"orderId":"o-1","currency":"EUR"}]';
    for (const [is, remedy, ...parts] of [
      ['is UTF-16', 'iconv -f UTF-16', [0xff, 0xfe], Buffer.from(json, 'utf16le')],
      ['is UTF-16', 'iconv -f UTF-16', [0xfe, 0xff], Buffer.from(json, 'utf16le').swap16()],
      ['is UTF-16, by its zero bytes', 'iconv -f UTF-16', Buffer.from(json, 'utf16le')],
      ['is UTF-32', 'iconv -f UTF-32', [0xff, 0xfe, 0, 0], [0x5b, 0, 0, 0]],
      ['is compressed', 'gunzip', [0x1f, 0x8b, 8]],
      ['is a spreadsheet or an archive', 'CSV', 'PK\u0003\u0004'],
      ['has a zero byte: line 2, byte 39', 'damaged', json, '\na\0', json],
    ] as const) {
      const refused = (await check(...parts))._unsafeUnwrapErr();
      expect(refused.message).to.equal(is);
      expect(refused.remedy).to.include(remedy);
    }
  });
});
