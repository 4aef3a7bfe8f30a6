import { expect } from 'chai';
import fc from 'fast-check';
import { checkMail } from '../../src/adapters/mail.ts';
import { isMailAddress, mailboxOf } from '../../src/domain/mailAddress.ts';

/** What a shop's customers type, and what a mail service is given. */
const ACCEPTED: readonly (readonly [typed: string, sent: string])[] = [
  ['ada@example.com', 'ada@example.com'],
  ['Ada.Lovelace@example.com', 'Ada.Lovelace@example.com'],
  ['ada+orders@example.com', 'ada+orders@example.com'],
  ["o'neill@example.com", "o'neill@example.com"],
  ['a@b.co', 'a@b.co'],
  ['1234567890@example.com', '1234567890@example.com'],
  ['_______@example.com', '_______@example.com'],
  ['-ada-@example.com', '-ada-@example.com'],
  ['user%example.org@example.net', 'user%example.org@example.net'],
  ['mailhost!ada@example.org', 'mailhost!ada@example.org'],
  ['customer/department=shipping@example.com', 'customer/department=shipping@example.com'],
  ['$A12345@example.com', '$A12345@example.com'],
  ["!#$%&'*+/=?^_`{|}~-@example.com", "!#$%&'*+/=?^_`{|}~-@example.com"],
  ['a.b.c.d.e@example.com', 'a.b.c.d.e@example.com'],
  [`${'a'.repeat(64)}@example.com`, `${'a'.repeat(64)}@example.com`],
  ['ada@EXAMPLE.COM', 'ada@example.com'],
  ['ada@sub.sub.sub.example.com', 'ada@sub.sub.sub.example.com'],
  ['ada@my-shop.example', 'ada@my-shop.example'],
  ['ada@ab--cd.example', 'ada@ab--cd.example'],
  ['ada@1und1.de', 'ada@1und1.de'],
  ['ada@123.com', 'ada@123.com'],
  ['ada@example.museum', 'ada@example.museum'],
  ['ada@example.co.uk', 'ada@example.co.uk'],
  [`ada@${'a'.repeat(63)}.com`, `ada@${'a'.repeat(63)}.com`],
  [`ada@${'a.'.repeat(123)}com`, `ada@${'a.'.repeat(123)}com`],
  ['ada@xn--bcher-kva.example', 'ada@xn--bcher-kva.example'],
  ['ada@XN--BCHER-KVA.example', 'ada@xn--bcher-kva.example'],
  // Case 13.
  ['ada@bücher.example', 'ada@xn--bcher-kva.example'],
  ['ada@BÜCHER.example', 'ada@xn--bcher-kva.example'],
  // The same ü, as u with a diaeresis that follows it.
  ['ada@bu\u0308cher.example', 'ada@xn--bcher-kva.example'],
  ['ada@straße.de', 'ada@xn--strae-oqa.de'],
  ['ada@例え.jp', 'ada@xn--r8jz45g.jp'],
  ['ada@例え。jp', 'ada@xn--r8jz45g.jp'],
  ['ada@пример.рф', 'ada@xn--e1afmkfd.xn--p1ai'],
  ['ada@مثال.إختبار', 'ada@xn--mgbh0fb.xn--kgbechtv'],
  ['ada@उदाहरण.परीक्षा', 'ada@xn--p1b6ci4b4b3a.xn--11b5bs3a9aj6g'],
  ['ada@παράδειγμα.ελ', 'ada@xn--hxajbheg2az3al.xn--qxam'],
  ['ada@col·lecció.cat', 'ada@xn--collecci-ioa91d.cat'],
];

const REFUSED: readonly (readonly [kind: string, ...addresses: readonly string[]])[] = [
  ['nothing before or after the @', '', '@', 'ada', 'ada@', '@example.com'],
  [
    'more than one @, or more than one address',
    'ada@b@example.com',
    'ada@@example.com',
    'ada@example.com,eve@example.com',
    'ada@example.com;eve@example.com',
    'ada@example.com eve@example.com',
  ],
  [
    'what would end the address in a header, or start another',
    'ada@example.com\r\nBcc: eve@example.com',
    'ada@example.com\n',
    '\tada@example.com',
    'ada\0@example.com',
    'ada@exa\0mple.com',
    'Ada <ada@example.com>',
    '<ada@example.com>',
    'ada@example.com (Ada)',
    'mailto:ada@example.com',
  ],
  [
    'blanks, and what cannot be seen',
    ' ada@example.com',
    'ada@example.com ',
    'ada lovelace@example.com',
    'ada@exam ple.com',
    'ada@exam\u00a0ple.com',
    'ada@exam\u200bple.com',
    'ada@exam\u00adple.com',
    'ada@\u202eexample.com',
    'ada@exam\u2028ple.com',
    '\ufeffada@example.com',
    'ada@\ud800.com',
  ],
  [
    'a local part that SES never takes',
    'adá@example.com',
    'дарья@example.com',
    'あだ@example.com',
    'ada＠example.com',
    'ada\u0301@example.com',
    '"ada lovelace"@example.com',
    '"ada"@example.com',
    'ada\\@b@example.com',
    'ada(work)@example.com',
    '.ada@example.com',
    'ada.@example.com',
    'ada..lovelace@example.com',
    `${'a'.repeat(65)}@example.com`,
  ],
  [
    'a domain that is none',
    'ada@localhost',
    'ada@.example.com',
    'ada@example.com.',
    'ada@example..com',
    'ada@-example.com',
    'ada@example-.com',
    'ada@example.-com',
    'ada@exam_ple.com',
    'ada@exam+ple.com',
    'ada@example.com/path',
    'ada@example.com?to=eve',
    'ada@example.com#eve',
    'ada@exam%70le.com',
    'ada@example.com:25',
    'ada@\u0301a.com',
    'ada@bücher',
    `ada@${'a'.repeat(64)}.com`,
    `ada@${'ü'.repeat(63)}.com`,
    `ada@${'a.'.repeat(124)}com`,
    `ada@${'ü.'.repeat(60)}com`,
  ],
  [
    'an IP address for a domain',
    'ada@127.0.0.1',
    'ada@[127.0.0.1]',
    'ada@[IPv6:::1]',
    'ada@2130706433',
    'ada@0x7f.1',
    'ada@example.123',
    'ada@１２７.0.0.1',
  ],
];

const mailTo = (to: string) => ({
  to,
  subject: 's',
  text: 't',
  html: 'h',
  dedupeKey: 'o-1:receipt',
});

describe('a mail address', () => {
  for (const [typed, sent] of ACCEPTED) {
    it(`may be ${JSON.stringify(typed)}, and is sent to as ${sent} (case 13)`, () => {
      expect(mailboxOf(typed)).to.equal(sent);
      expect(checkMail(mailTo(typed))._unsafeUnwrap().to).to.equal(sent);
    });
  }

  for (const [kind, ...addresses] of REFUSED) {
    for (const address of addresses) {
      it(`is not ${JSON.stringify(address)}: ${kind}`, () => {
        expect(isMailAddress(address)).to.equal(false);
        expect(checkMail(mailTo(address))._unsafeUnwrapErr().reason).to.equal('MalformedAddress');
      });
    }
  }

  it('that is accepted is ASCII when sent, within RFC 5321, and stays as it is', () => {
    let accepted = 0;
    fc.assert(
      fc.property(anyAddress(), (typed) => {
        const sent = mailboxOf(typed);
        if (sent === undefined) return;
        accepted += 1;
        const [local = '', domain = '', ...more] = sent.split('@');
        expect(more).to.deep.equal([]);
        expect(sent).to.match(/^[\x21-\x7e]{3,254}$/);
        expect(local.length).to.be.within(1, 64);
        expect(typed.startsWith(`${local}@`)).to.equal(true);
        const labels = domain.split('.');
        expect(labels.length).to.be.at.least(2);
        for (const label of labels) {
          expect(label)
            .to.match(/^[a-z0-9-]{1,63}$/)
            .and.not.match(/^-|-$/);
        }
        expect(labels.at(-1)).to.match(/[a-z]/);
        expect(mailboxOf(sent)).to.equal(sent);
      }),
      { numRuns: 2_000 },
    );
    expect(accepted).to.be.above(200);
  });

  it('of a megabyte is refused at once', () => {
    const [start, long] = [performance.now(), 'a.'.repeat(500_000)];
    for (const text of [long, `${long}@${long}com`, `a@${long}com`, '@'.repeat(1_000_000)]) {
      expect(isMailAddress(text)).to.equal(false);
    }
    expect(performance.now() - start).to.be.below(100);
  });
});

const anyAddress = (): fc.Arbitrary<string> => {
  const local = fc.string({
    unit: fc.constantFrom('a', 'b', '1', '.', '_', '+', '-', '"', 'é', ' ', '@'),
    minLength: 1,
    maxLength: 66,
  });
  const label = fc.oneof(
    fc.string({
      unit: fc.constantFrom('a', 'b', '1', '-', 'ü', 'ß', '例', '日', 'я'),
      minLength: 1,
      maxLength: 20,
    }),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }),
    fc.constantFrom('xn--bcher-kva', 'example', '127', '0x1'),
  );
  const domain = fc.array(label, { minLength: 1, maxLength: 8 }).map((labels) => labels.join('.'));
  return fc.oneof(
    fc.tuple(fc.oneof(fc.constant('ada'), local), domain).map((parts) => parts.join('@')),
    fc.emailAddress(),
    fc.string(),
  );
};
