import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { createDocumentRenderer } from '../../src/adapters/documents/documentRenderer.ts';
import { makeTemporaryFolder } from '../support/temporaryFolder.ts';
import { ciiOfSample, ublOfSample } from '../support/documents/render.ts';
import { VALID_SAMPLES, type Sample } from '../support/documents/samples.ts';

const LANGUAGES = ['en', 'de'];
/** An invoice and a credit note of the samples, to be broken. */
const BROKEN = [0, 2];

const sampleAt = (at: number): Sample => {
  const sample = VALID_SAMPLES[at];
  if (sample === undefined) throw new Error(`There is no sample ${at}`);
  return sample;
};

/** By the path of each file, what is wrong with it; one process for all, since Java starts slowly. */
describe('Documents, to validators that are not ours', () => {
  const faults = new Map<string, string>();
  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;

  const pathOf = (at: number, kind: string): string => join(folder.path, `${at}.${kind}`);

  before(async () => {
    folder = await makeTemporaryFolder();
    const asked: string[] = [];
    const ask = async (kind: string, path: string, content: string | Uint8Array): Promise<void> => {
      await writeFile(path, content);
      asked.push(kind, path);
    };
    for (const [at, sample] of VALID_SAMPLES.entries()) {
      const [cii, ubl] = [ciiOfSample(sample), ublOfSample(sample)];
      await ask('factur-x', pathOf(at, 'xml'), cii);
      await ask(peppolKindOf(sample), pathOf(at, 'ubl'), ubl);
      await ask('pdf', pathOf(at, 'pdf'), await pdfOf(sample, LANGUAGES[at % LANGUAGES.length]));
    }
    for (const at of BROKEN) {
      const sample = sampleAt(at);
      const [cii, ubl] = [ciiOfSample(sample), ublOfSample(sample)];
      await ask('factur-x', pathOf(at, 'broken.xml'), broken(cii, 'GrandTotalAmount'));
      await ask(peppolKindOf(sample), pathOf(at, 'broken.ubl'), broken(ubl, 'TaxInclusiveAmount'));
    }
    const plain = (await pdfOf(sampleAt(0), 'en')).toString('latin1');
    const notPdfA = plain.replace('<pdfaid:part>3<', '<pdfaid:part>9<');
    await ask('pdf', pathOf(0, 'broken.pdf'), Buffer.from(notPdfA, 'latin1'));
    for (const [path, found] of await validate(asked)) faults.set(path, found);
  });

  after(() => folder.remove());

  for (const [at, { name }] of VALID_SAMPLES.entries()) {
    it(`are valid Factur-X, Peppol BIS 3 and PDF/A-3b: ${name}`, () => {
      for (const kind of ['xml', 'ubl', 'pdf']) expect(faults.get(pathOf(at, kind))).to.equal('');
    });
  }

  for (const at of BROKEN) {
    it(`are refused where a total is not that of the lines: ${sampleAt(at).name}`, () => {
      expect(faults.get(pathOf(at, 'broken.xml'))).to.match(/BR-CO-15|FX-SCH/u);
      expect(faults.get(pathOf(at, 'broken.ubl'))).to.include('BR-CO-15');
    });
  }

  it('are refused where a PDF does not say that it is PDF/A-3', () => {
    expect(faults.get(pathOf(0, 'broken.pdf'))).to.match(/\S/u);
  });
});

const peppolKindOf = ({ note }: Sample): string =>
  note === undefined ? 'peppol-invoice' : 'peppol-credit-note';

const pdfOf = async ({ document, note }: Sample, language = 'en'): Promise<Buffer> => {
  const renderer = createDocumentRenderer({ language, fontFiles: [] });
  const invoice = { ...document, language };
  const made = await renderer.pdf({ invoice, ...(note && { note }) });
  return Buffer.from(made._unsafeUnwrap().bytes);
};

/** With another amount in the element of this name. */
const broken = (xml: string, name: string): string =>
  xml.replace(new RegExp(`(:${name}[^>]*>)\\d+`, 'u'), '$199999');

const validate = async (
  pairs: readonly string[],
): Promise<readonly (readonly [path: string, faults: string])[]> => {
  const library = process.env['PEER_DOCUMENT_VALIDATORS'];
  if (library === undefined)
    throw new Error('PEER_DOCUMENT_VALIDATORS is not set: see peers/start');
  const program = join(import.meta.dirname, 'documents/Validate.java');
  const { stdout } = await promisify(execFile)('java', ['-cp', `${library}/*`, program, ...pairs], {
    maxBuffer: 2 ** 24,
  });
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [path = '', faults = ''] = line.split('\t');
      return [path, faults] as const;
    });
};
