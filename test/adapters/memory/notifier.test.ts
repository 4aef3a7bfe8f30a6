import { expect } from 'chai';
import { err, ok } from 'neverthrow';
import { describe, it } from 'mocha';
import { createMemoryNotifier } from '../../../src/adapters/memory/notifier.ts';
import { describeNotifier } from '../../contracts/notifier.contract.ts';

describeNotifier('memory', () => {
  const notifier = createMemoryNotifier();
  return Promise.resolve({
    notifier,
    read: () => Promise.resolve(notifier.sent()),
    close: () => Promise.resolve(),
  });
});

describe('createMemoryNotifier', () => {
  const mailTo = (to: string) => ({
    to,
    subject: 's',
    text: 't',
    html: 'h',
    dedupeKey: 'o:receipt',
  });
  const error = {
    type: 'Unavailable',
    dependency: 'Notifier',
    cause: '503',
    throttled: false,
  } as const;

  it('fails for the addresses that it is set to fail for, until it is repaired', async () => {
    const notifier = createMemoryNotifier();
    notifier.failFor(/@broken\.example$/, error);

    expect(await notifier.send(mailTo('a@broken.example'))).to.deep.equal(err(error));
    expect(await notifier.send(mailTo('a@sound.example'))).to.deep.equal(
      ok({ messageId: 'memory-1' }),
    );
    notifier.repair();
    expect(await notifier.send(mailTo('a@broken.example'))).to.deep.equal(
      ok({ messageId: 'memory-2' }),
    );
    expect(notifier.sent().map(({ to }) => to)).to.deep.equal([
      'a@sound.example',
      'a@broken.example',
    ]);
  });
});
