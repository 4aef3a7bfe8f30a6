import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import { XmlDocument, XsdValidator } from 'libxml2-wasm';
import { xmlRegisterFsInputProviders } from 'libxml2-wasm/lib/nodejs.mjs';
import { netPrice } from '../../../src/adapters/documents/netPrice.ts';
import { unmetByEn16931, unmetByPeppol } from '../../../src/adapters/documents/unmetRules.ts';
import { unknownBuyer } from '../../../src/domain/invoice/storedParties.ts';
import type { UnmetRule } from '../../../src/application/ports/documentRenderer.ts';
import {
  address,
  buyer,
  creditNote,
  invoice,
  line,
  seller,
  VALID_SAMPLES,
  VAT_19,
  type Sample,
} from '../../support/documents/samples.ts';
import { ciiOfSample, electronicOf, ublOfSample } from '../../support/documents/render.ts';

const unmetOf = (sample: Omit<Sample, 'name'>): readonly UnmetRule[] => [
  ...unmetByEn16931(sample.note ?? sample.document, electronicOf(sample)),
  ...unmetByPeppol(electronicOf(sample)),
];

describe('An electronic invoice', () => {
  for (const sample of VALID_SAMPLES) {
    it(`breaks no rule: ${sample.name}`, () => {
      expect(unmetOf(sample)).to.deep.equal([]);
    });
  }

  const missing = ({ seller: _s, buyer: _b, ...rest }: Sample['document']): Sample['document'] =>
    rest;
  const reverse = { name: '', category: 'reverse-charge', rate: '0', reason: '' } as const;
  const broken: readonly [name: string, rules: readonly string[], sample: Omit<Sample, 'name'>][] =
    [
      [
        'neither seller nor buyer',
        [
          'BR-06 BT-27',
          'BR-07 BT-44',
          'BR-11 BT-55',
          'BR-S-02 BT-31',
          'PEPPOL-EN16931-R020 BT-34',
          'PEPPOL-EN16931-R010 BT-49',
        ],
        { document: missing(invoice()) },
      ],
      [
        'a seller without any identifier',
        ['BR-CO-26 BT-31', 'BR-S-02 BT-31'],
        { document: invoice({ seller: seller({ vatId: '', taxNumber: '', registration: '' }) }) },
      ],
      [
        'two taxes on a line',
        ['BR-CO-04 BT-151'],
        {
          document: invoice({
            lines: [
              line({
                taxes: [
                  { name: 'GST', category: 'standard', rate: '5', reason: '', taxMinor: 100 },
                  { name: 'QST', category: 'standard', rate: '9.975', reason: '', taxMinor: 200 },
                ],
                taxMinor: 100,
              }),
            ],
          }),
        },
      ],
      ['three decimals', ['BR-DEC BT-5'], { document: invoice({ currency: 'KWD' }) }],
      [
        'reverse charge without the VAT identifier of the buyer',
        ['BR-AE-02 BT-48'],
        {
          document: invoice({
            lines: [line({ tax: reverse, taxMinor: 0 })],
            buyer: buyer({ vatId: '' }),
          }),
        },
      ],
      [
        'an intra-Community supply by a seller with a tax number alone',
        ['BR-IC-02 BT-31'],
        {
          document: invoice({
            lines: [line({ tax: { ...reverse, category: 'intra-community' }, taxMinor: 0 })],
            seller: seller({ vatId: '' }),
          }),
        },
      ],
      [
        'one line outside the scope beside another',
        ['BR-O-11 BG-23', 'BR-S-02 BT-31'],
        {
          document: invoice({
            lines: [line({ tax: { ...reverse, category: 'out-of-scope' }, taxMinor: 0 }), line()],
            seller: seller({ taxNumber: '' }),
          }),
        },
      ],
      [
        'a standard rate of zero',
        ['BR-S-05 BT-152'],
        { document: invoice({ lines: [line({ tax: { ...VAT_19, rate: '0' }, taxMinor: 0 })] }) },
      ],
      [
        'a buyer of a country that nobody named',
        ['BR-11 BT-55'],
        { document: invoice({ buyer: buyer({ address: address({ country: '' }) }) }) },
      ],
      [
        'a VAT identifier without its country',
        ['BR-CO-09 BT-48'],
        { document: invoice({ buyer: buyer({ vatId: '12345674' }) }) },
      ],
      [
        'an address without its scheme, and no reference',
        ['PEPPOL-EN16931-R010 BT-49', 'PEPPOL-EN16931-R003 BT-10'],
        {
          document: invoice({
            buyer: buyer({ electronicAddress: 'info@example.com' }),
            orderReference: '',
          }),
        },
      ],
      [
        'taxes rounded on so many lines that they differ by a whole euro',
        ['BR-CO-17 BT-117'],
        {
          document: invoice({
            lines: Array.from({ length: 300 }, () => line({ netMinor: 842, taxMinor: 163 })),
          }),
        },
      ],
    ];
  for (const [name, rules, sample] of broken) {
    it(`says by rule and term what is missing or wrong: ${name}`, () => {
      expect(unmetOf(sample).map(({ rule, term }) => `${rule} ${term}`)).to.deep.equal(rules);
    });
  }

  it('says that everything was paid, so that no machine pays again', () => {
    const document = invoice({
      prepaid: [{ type: 'voucher', reference: 'V-1', amountMinor: 500 }],
      roundingMinor: -2,
    });
    expect(ciiOfSample({ document }))
      .to.include('<ram:TotalPrepaidAmount>23.78<')
      .and.to.include('<ram:DuePayableAmount>0.00<');
    expect(ublOfSample({ document }))
      .to.match(/PrepaidAmount currencyID="EUR">23\.78</u)
      .and.to.match(/PayableAmount currencyID="EUR">0\.00</u);
  });

  for (const [marker, why] of [
    ['erased', /^the buyer was erased$/u],
    ['encrypted', /PERSONAL_DATA_KEY/u],
  ] as const) {
    it(`says of a buyer who is ${marker} that alone, and not what the buyer lacks`, () => {
      const tax = { ...VAT_19, category: 'reverse-charge', rate: '0' } as const;
      const document = invoice({
        lines: [line({ tax, taxMinor: 0 })],
        buyer: unknownBuyer(marker),
      });
      const [found, ...others] = unmetOf({ document });
      expect(found).to.include({ rule: 'BR-07', term: 'BT-44' });
      expect(found?.why).to.match(why);
      expect(others).to.deep.equal([]);
    });
  }

  it('names the invoice that a credit note is about', () => {
    const document = invoice();
    const note = creditNote({ lines: [{ ...line(), line: 1 }] });
    const [cii, ubl] = [ciiOfSample({ document, note }), ublOfSample({ document, note })];
    expect(cii).to.include('<ram:TypeCode>381<').and.to.include('>INV-2026-000123<');
    expect(cii).to.include('<qdt:DateTimeString format="102">20261129<');
    expect(ubl).to.include('<CreditNote ').and.to.include('<cbc:ID>INV-2026-000123<');
  });

  it('escapes what a shop or a buyer wrote', () => {
    const document = invoice({ buyer: buyer({ company: '<Fish> & "Chips"' }) });
    for (const xml of [ciiOfSample({ document }), ublOfSample({ document })]) {
      expect(xml).to.include('&lt;Fish&gt; &amp; &quot;Chips&quot;').and.not.to.include('<Fish>');
    }
  });

  it('states what is outside the scope of VAT without a VAT identifier or a rate (BR-O)', () => {
    const tax = { name: '', category: 'out-of-scope', rate: '0', reason: '' } as const;
    const document = invoice({ lines: [line({ tax, taxMinor: 0 })] });
    for (const xml of [ciiOfSample({ document }), ublOfSample({ document })]) {
      expect(xml).not.to.match(/schemeID="VA"|CompanyID>DE|RateApplicablePercent|cbc:Percent/u);
    }
  });
});

describe('A net price', () => {
  it('is that of the order where the order is without tax', () => {
    const one = { netMinor: 1, quantity: '3', unitPrice: '0.0042' };
    expect(netPrice(one, none, { currency: 'EUR', priceMode: 'net' })).to.equal('0.0042');
  });

  it('is not the one of the order where the shop has given another net amount', () => {
    const one = { netMinor: 1001, quantity: '1', unitPrice: '10' };
    expect(netPrice(one, none, { currency: 'EUR', priceMode: 'net' })).to.equal('10.01');
  });

  it('gives the net amount again, in as few decimals as that takes', () => {
    const currency = fc.constantFrom('EUR', 'JPY', 'KWD');
    const quantity = fc
      .tuple(fc.nat(1_000_000), fc.integer({ min: 1, max: 999_999 }))
      .map(([whole, millionths]) => `${whole}.${String(millionths).padStart(6, '0')}`);
    fc.assert(
      fc.property(currency, fc.nat(100_000_000), quantity, (code, netMinor, pieces) => {
        const price = netPrice({ netMinor, quantity: pieces }, none, { currency: code });
        const digits = (text: string) => BigInt(text.replace('.', ''));
        const decimals = (text: string) => BigInt(text.split('.')[1]?.length ?? 0);
        const exponent = BigInt({ EUR: 2, JPY: 0, KWD: 3 }[code] ?? 0);
        const scale = 10n ** (decimals(price) + decimals(pieces) - exponent);
        const rounded = (2n * digits(price) * digits(pieces) + scale) / (2n * scale);
        expect(rounded).to.equal(BigInt(netMinor));
      }),
    );
    expect(netPrice({ netMinor: 1_000, quantity: '3' }, none, { currency: 'EUR' })).to.equal(
      '3.333',
    );
  });

  const none = { allowances: [], charges: [] };
});

describe('The XML of Factur-X', () => {
  let schema: XsdValidator;
  before(() => {
    xmlRegisterFsInputProviders();
    const entry = createRequire(import.meta.url).resolve('@stackforge-eu/factur-x');
    const url = join(dirname(entry), '../schema/en16931/FACTUR-X_EN16931.xsd');
    schema = XsdValidator.fromDoc(XmlDocument.fromBuffer(readFileSync(url), { url }));
  });

  for (const sample of VALID_SAMPLES) {
    it(`is valid by its schema: ${sample.name}`, () => {
      schema.validate(XmlDocument.fromString(ciiOfSample(sample)));
    });
  }

  it('is not where an element is missing', () => {
    const broken = ciiOfSample({ document: invoice() }).replace(/<ram:TypeCode>380<.*\n/u, '');
    expect(() => schema.validate(XmlDocument.fromString(broken))).to.throw('TypeCode');
  });
});
