import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { writeFiles } from '../../../../src/bootstrap/cli/invoice/files.ts';
import { aCreditNote, anInvoice } from '../../../support/documents/invoices.ts';
import { makeTemporaryFolder } from '../../../support/temporaryFolder.ts';

describe('invoice --html', () => {
  it('writes the document as a page in its language, or the default', async () => {
    const folder = await makeTemporaryFolder();
    const html = join(folder.path, 'a.html');
    const note = join(folder.path, 'b.html');
    const config = { DEFAULT_LANGUAGE: 'de', INVOICE_FONTS: undefined };
    const invoice = anInvoice({ language: 'en' });
    const written = (await writeFiles({ invoice }, { html }, config))._unsafeUnwrap();
    expect(written.files.map(({ kind, file }) => [kind, file])).to.deep.equal([['html', html]]);
    expect(await readFile(html, 'utf8')).to.include('<h1>Invoice INV-2026-000007</h1>');
    const credited = { invoice: anInvoice(), note: aCreditNote() };
    (await writeFiles(credited, { html: note }, config))._unsafeUnwrap();
    expect(await readFile(note, 'utf8')).to.include('<h1>Rechnungskorrektur CN-2026-000003</h1>');
    await folder.remove();
  });
});
