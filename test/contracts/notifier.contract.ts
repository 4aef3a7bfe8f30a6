import { expect } from 'chai';
import { err } from 'neverthrow';
import { after, before, describe, it } from 'mocha';
import type { Mail, Notifier } from '../../src/application/ports/notifier.ts';

export type NotifierHarness = {
  readonly notifier: Notifier;
  /** The mails that were taken, oldest first, as far as the server shows them. */
  read(): Promise<readonly ShownMail[]>;
  close(): Promise<void>;
};

export type ShownMail = Pick<Mail, 'to' | 'subject' | 'html'> & Partial<Mail>;

export const describeNotifier = (
  name: string,
  makeAdapter: () => Promise<NotifierHarness>,
): void => {
  describe(`Notifier: ${name}`, () => {
    let harness: NotifierHarness;
    before(async () => {
      harness = await makeAdapter();
    });
    after(() => harness.close());

    /** What arrives for an address of the test's own. */
    const arrivals = async (to: string) => (await harness.read()).filter((mail) => mail.to === to);

    it('hands a mail over as it is, in any script', async () => {
      const mail = anyMail({
        subject: 'Reçu № 7 — 領収書 💶',
        html: '<p>Grüße, <b>7&nbsp;€</b></p>',
      });
      const taken = await harness.notifier.send(mail);

      expect(taken.map(({ messageId }) => messageId.length > 0).isOk()).to.equal(true);
      const [shown, ...others] = await arrivals(mail.to);
      expect(mail).to.deep.include(shown);
      expect(others).to.deep.equal([]);
    });

    it('hands over what is attached, byte by byte', async () => {
      const bytes = Uint8Array.from({ length: 1_000 }, (_, at) => at % 256);
      const file = { name: 'INV-2026-000007.pdf', mediaType: 'application/pdf', bytes };
      const mail = anyMail({ files: [file, { ...file, name: 'INV-2026-000007.xml' }] });
      const taken = await harness.notifier.send(mail);

      expect(taken.isOk()).to.equal(true);
      const [shown] = await arrivals(mail.to);
      expect(mail).to.deep.include(shown);
    });

    it('hands over a second copy too: being notified once is the work of the caller', async () => {
      const mail = anyMail();
      const first = await harness.notifier.send(mail);
      const second = await harness.notifier.send(mail);

      expect([first.isOk(), second.isOk()]).to.deep.equal([true, true]);
      expect(await arrivals(mail.to)).to.have.lengthOf(2);
    });

    it('takes many at once and loses none', async () => {
      const mails = Array.from({ length: 20 }, () => anyMail());
      const results = await Promise.all(mails.map((mail) => harness.notifier.send(mail)));

      expect(results.every((result) => result.isOk())).to.equal(true);
      const shown = new Set((await harness.read()).map(({ to }) => to));
      expect(mails.filter(({ to }) => !shown.has(to))).to.deep.equal([]);
    });

    for (const to of [
      'nobody',
      '@example.com',
      'ada@',
      'ada@example.com, eve@example.com',
      'ada@example.com\r\nBcc: eve@example.com',
      'Ada <ada@example.com>',
      `${'a'.repeat(65)}@example.com`,
    ]) {
      it(`does not send to ${JSON.stringify(to)}, which is no mailbox`, async () => {
        const count = (await harness.read()).length;
        const result = await harness.notifier.send(anyMail({ to }));
        expect(result).to.deep.equal(err({ type: 'Undeliverable', reason: 'MalformedAddress' }));
        expect(await harness.read()).to.have.lengthOf(count);
      });
    }

    it('does not send with a dedupe key that could add a header', async () => {
      const mail = anyMail({ dedupeKey: 'order-1\r\nBcc: eve@example.com' });
      const result = await harness.notifier.send(mail);
      expect(result).to.deep.equal(err({ type: 'Undeliverable', reason: 'MalformedDedupeKey' }));
      expect(await arrivals(mail.to)).to.deep.equal([]);
    });
  });
};

const anyMail = (given: Partial<Mail> = {}): Mail => ({
  to: `${crypto.randomUUID()}@example.com`,
  subject: 'Your receipt',
  text: 'Thank you.\n\nTotal: 7 €',
  html: '<p>Thank you.</p>',
  dedupeKey: 'order-1:receipt',
  ...given,
});
