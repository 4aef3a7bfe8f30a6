import { expect } from 'chai';
import { diagnose } from '../../../src/bootstrap/doctor/checks.ts';

/** A font that mermaid brings, with signs of mathematics. */
const MATHEMATICAL = 'node_modules/katex/dist/fonts/KaTeX_AMS-Regular.ttf';

const SELLER = {
  SELLER_NAME: 'Ärzte & Söhne',
  SELLER_STREET: 'Straße 1',
  SELLER_POSTAL_CODE: '50667',
  SELLER_CITY: 'Köln',
  SELLER_COUNTRY: 'DE',
  SELLER_TAX_NUMBER: '12/345',
};

describe('The doctor, of documents', () => {
  const findings = async (env: Readonly<Record<string, string>>): Promise<readonly string[]> =>
    (await diagnose(env, {}))
      .filter(({ subject }) => /^documents|INVOICE_FONTS|SELLER/.test(subject))
      .map(({ status, subject, what }) => `${status} ${subject} ${what}`);

  it('tries each font', async () => {
    expect(await findings({})).to.deep.equal([]);
    for (const settings of [{ INVOICE_DELIVERY: 'attach' }, SELLER]) {
      expect(await findings(settings)).to.deep.equal(['ok documents can be made as PDFs']);
    }
    expect(await findings({ INVOICE_FONTS: MATHEMATICAL })).to.deep.equal([
      'ok documents can be made as PDFs, with 1 further fonts',
    ]);
  });

  it('finds every font that cannot be read, and says what follows', async () => {
    const INVOICE_FONTS = `/nowhere/a.ttf,${MATHEMATICAL},package.json`;
    const [missing, noFont, ...others] = await findings({ INVOICE_FONTS });
    expect(missing).to.match(
      /^problem setting INVOICE_FONTS names \/nowhere\/a\.ttf, which cannot be read: ENOENT/,
    );
    expect(noFont).to.match(/names package\.json, which cannot be read: Unknown font format/);
    expect(others).to.deep.equal([]);
    const found = (await diagnose({ INVOICE_FONTS }, {})).find(
      ({ subject }) => subject === 'setting INVOICE_FONTS',
    );
    expect(found?.status === 'problem' && found.remedy).to.include('mails go out without it');
  });

  it('finds what of the seller no font can write', async () => {
    const seller = { ...SELLER, SELLER_NAME: '山田 ≨ Söhne', SELLER_FOOTER: '山 🎁' };
    expect(await findings({ ...seller, INVOICE_FONTS: MATHEMATICAL })).to.deep.equal([
      'ok documents can be made as PDFs, with 1 further fonts',
      'problem setting SELLER_NAME has characters that no font has: U+5C71, U+7530',
      'problem setting SELLER_FOOTER has characters that no font has: U+5C71, U+1F381',
    ]);
    const [, name] = await findings(seller);
    expect(name).to.include('U+2268');
  });
});
