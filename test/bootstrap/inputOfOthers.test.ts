import { expect } from 'chai';
import type { OutgoingMessage } from '../../src/application/ports/messageQueue.ts';
import { createContainer } from '../../src/bootstrap/container.ts';
import { application } from '../../src/bootstrap/modules/application.ts';
import { memory } from '../../src/bootstrap/modules/memory.ts';
import { must } from '../support/commits.ts';
import { order, orderBody, snsEnvelope } from '../support/lambda.ts';

/** Runs both services on what was sent, and reports what became of it. */
const handled = async (messages: readonly OutgoingMessage[]) => {
  const { get } = createContainer(application, memory());
  const stop = new AbortController();
  const services = [
    get('paymentConsumer').run(stop.signal),
    get('notificationConsumer').run(stop.signal),
  ];
  const sent = get('payments').send(messages);
  await get('clock').advance(20_000);
  stop.abort();
  await get('clock').advance(10_000);
  await Promise.all(services);
  await must(sent);
  return {
    charges: get('gateway').ledger().charges,
    mails: get('notifier').sent(),
    commits: async (orderId: string) => (await must(get('store').load(`order#${orderId}`))).commits,
    deadLetters: get('paymentsDlq').dump(),
    left: [get('payments'), get('notifications'), get('notificationsDlq')].flatMap((queue) =>
      queue.dump(),
    ),
  };
};

const isReceipted = async (
  { charges, mails, commits, deadLetters, left }: Awaited<ReturnType<typeof handled>>,
  orderId: string,
): Promise<void> => {
  expect([deadLetters, left]).to.deep.equal([[], []]);
  expect(charges).to.have.length(1);
  expect(mails.map(({ dedupeKey }) => dedupeKey)).to.deep.equal([`${orderId}:receipt`]);
  const types = (await commits(orderId)).flatMap(({ events }) => events.map(({ type }) => type));
  expect(types).to.include.members(['PaymentCaptured', 'InvoiceIssued']);
};

const ODD: Readonly<Record<string, string>> = {
  'of 400,000 characters': 'x'.repeat(400_000),
  'of 129 characters': 'x'.repeat(129),
  'half a surrogate': 'half \ud83d',
  'with ESC in it': 'a\u001bb',
  'with a line separator in it': 'a\u2028b',
  'that turns what is behind it': '\u202eabc',
  empty: '',
  blank: ' ',
};

describe('a chain that could not be sent on', () => {
  for (const [what, correlationId] of Object.entries(ODD)) {
    it(`is not taken; its order is charged under its message's name: ${what}`, async () => {
      const attribute = { Type: 'String', Value: correlationId };
      const body = snsEnvelope(orderBody('o-1'), {
        MessageAttributes: { correlationId: attribute, causationId: attribute },
      });

      const done = await handled([{ body }]);

      await isReceipted(done, 'o-1');
      for (const commit of await done.commits('o-1')) {
        expect(commit.correlationId).to.equal(commit.causationId);
      }
    });
  }

  it('is taken where it can be: 128 characters of any script', async () => {
    const correlationId = `bestellung ${'ö'.repeat(117)}`;

    const done = await handled([{ body: orderBody('o-1'), attributes: { correlationId } }]);

    await isReceipted(done, 'o-1');
    for (const commit of await done.commits('o-1')) {
      expect(commit.correlationId).to.equal(correlationId);
    }
  });
});

describe('ids with the digits of a card number', () => {
  for (const id of [
    '576461413038785008',
    '576461413038785000',
    '4242424242424242',
    '30012345600075',
  ]) {
    it(`are charged, invoiced and notified like any: ${id}`, async () => {
      const { lines, ...content } = order(id);
      const body = JSON.stringify({
        type: 'PlaceOrder',
        v: 1,
        ...content,
        customer: { id, email: 'ada@example.com' },
        lines: lines.map((line) => ({ ...line, sku: id })),
      });

      await isReceipted(await handled([{ body }]), id);
    });
  }
});

describe('a body with a card number', () => {
  it('is charged to nobody, and is in no queue afterwards', async () => {
    const body = orderBody('o-1').replace('Book', '4242\u202f4242.4242-4242');

    const { charges, deadLetters, left } = await handled([{ body }]);

    expect([charges, left]).to.deep.equal([[], []]);
    expect(deadLetters).to.have.length(1);
    expect(deadLetters[0]?.attributes).to.include({ OrderId: 'o-1' });
    expect(JSON.stringify(deadLetters)).to.not.match(/4242/);
  });
});
