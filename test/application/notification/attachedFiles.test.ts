import { expect } from 'chai';
import { errAsync, okAsync, ResultAsync } from 'neverthrow';
import type { NotificationMessage } from '../../../src/application/messages/index.ts';
import type { MailSettings } from '../../../src/application/notification/writeMail.ts';
import type {
  DocumentRenderer,
  IssuedDocument,
} from '../../../src/application/ports/documentRenderer.ts';
import { MAILING } from '../../support/mailing.ts';
import { orderLife } from '../../support/orderLife.ts';
import { createNotificationWorld, LEASE_MS } from './world.ts';

type MakePdf = DocumentRenderer['pdf'];

const ATTACH: MailSettings = { ...MAILING.mailSettings, delivery: 'attach' };
const BYTES = Uint8Array.of(37, 80, 68, 70);
const LARGEST = 7_000_000;

const refunded = orderLife().placed().captured().asked('r1').refunded('r1');
const PAID: NotificationMessage = { type: 'OrderSettled', v: 1, orderId: 'o-1', outcome: 'paid' };
const REFUNDED: NotificationMessage = {
  type: 'RefundCredited',
  v: 1,
  orderId: 'o-1',
  refundId: 'r1',
};

const made =
  (bytes = BYTES): MakePdf =>
  () =>
    okAsync({ bytes, unmet: [], unprintable: [] });

const worldWith = (pdf: MakePdf, mailSettings = ATTACH) =>
  createNotificationWorld(refunded, { mailSettings, renderer: { pdf } });

describe('a mail with its document attached', () => {
  it('has the invoice, or the credit note that it is about, under its number', async () => {
    const asked: IssuedDocument[] = [];
    const world = await worldWith((document) => {
      asked.push(document);
      return made()(document);
    });
    expect(await outcomeOf(world.handle(PAID))).to.equal('receipt: sent');
    expect(await outcomeOf(world.handle(REFUNDED))).to.equal('credit: sent');
    const [receipt, credit] = world.notifier.sent();
    const [invoice, note] = [asked[0]?.invoice.label, asked[1]?.note?.label];
    expect(invoice).to.match(/^INV-/);
    expect(note).to.match(/^CN-/);
    expect(asked[0]?.note).to.equal(undefined);
    const mediaType = 'application/pdf';
    expect(receipt?.files).to.deep.equal([{ name: `${invoice}.pdf`, mediaType, bytes: BYTES }]);
    expect(credit?.files?.map(({ name }) => name)).to.deep.equal([`${note}.pdf`]);
    expect(receipt?.text).to.include(`Invoice ${invoice} is attached to this email.`);
  });

  for (const [what, pdf] of [
    [
      'a font cannot be read',
      () => errAsync([{ type: 'FontUnreadable', font: 1, cause: 'gone' }] as const),
    ],
    [
      'its renderer throws',
      () => {
        throw new Error('broken');
      },
    ],
    [
      'its renderer rejects',
      () => ResultAsync.fromSafePromise(Promise.reject(new Error('broken'))),
    ],
    ['it is too large for a mail', made(new Uint8Array(LARGEST + 1))],
  ] satisfies readonly (readonly [string, MakePdf])[]) {
    it(`is sent without it where ${what}: no notice is lost, and the record says so`, async () => {
      const world = await worldWith(pdf);
      expect(await outcomeOf(world.handle(PAID))).to.equal('receipt: sent without its file');
      const [mail] = world.notifier.sent();
      expect(mail).to.not.have.property('files');
      expect(mail?.text).to.include('Thank you').and.to.not.include('attached');
      expect(await world.recorded('receipt')).to.deep.equal([
        'NotificationClaimed',
        'NotificationSent',
      ]);
      expect(await outcomeOf(world.handle(PAID))).to.equal('receipt: sent before');
    });
  }

  it('is not made for a copy, nor sent by whom the making took too long', async () => {
    let asked = 0;
    const world = await worldWith((document) => {
      asked += 1;
      return made()(document);
    });
    for (const _ of [1, 2, 3]) await world.handle(PAID);
    expect(asked).to.equal(1);
    const slow = await worldWith((document) => {
      // Meanwhile another process has claimed it, and is about to send.
      const passed = slow.clock.advance(LEASE_MS).then(() => slow.claimOfAnother('receipt'));
      return ResultAsync.fromSafePromise(passed).andThen(() => made()(document));
    });
    expect((await slow.handle(PAID))._unsafeUnwrapErr()).to.include({ type: 'NotYet' });
    expect(slow.notifier.sent()).to.deep.equal([]);
  });

  it('may be as large as that', async () => {
    const world = await worldWith(made(new Uint8Array(LARGEST)));
    expect(await outcomeOf(world.handle(PAID))).to.equal('receipt: sent');
    expect(world.notifier.sent()[0]?.files?.[0]?.bytes).to.have.length(LARGEST);
  });

  it('is made for documents alone, and only where it is to be attached', async () => {
    const refuse: MakePdf = () => expect.fail('a PDF was made');
    const link = {
      ...ATTACH,
      delivery: 'link',
      linkTemplate: 'https://a.example/{orderId}',
    } as const;
    for (const mailSettings of [MAILING.mailSettings, link]) {
      const world = await worldWith(refuse, mailSettings);
      expect(await outcomeOf(world.handle(PAID))).to.equal('receipt: sent');
    }
    const declined = await createNotificationWorld(orderLife().placed().declined(), {
      mailSettings: ATTACH,
      renderer: { pdf: refuse },
    });
    const message: NotificationMessage = { ...PAID, outcome: 'declined' };
    expect(await outcomeOf(declined.handle(message))).to.equal('declined: sent');
  });
});

const outcomeOf = async (handled: ReturnType<Awaited<ReturnType<typeof worldWith>>['handle']>) =>
  (await handled)._unsafeUnwrap().outcome;
