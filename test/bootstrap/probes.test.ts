import { expect } from 'chai';
import { ok } from 'neverthrow';
import type { Probe } from '../../src/application/ports/failures.ts';
import { parseConfig, SETTING_NAMES } from '../../src/bootstrap/config.ts';
import { createContainer } from '../../src/bootstrap/container.ts';
import { openEmbedded, type EmbeddedStack } from '../../src/bootstrap/embedded.ts';
import { application } from '../../src/bootstrap/modules/application.ts';
import { aws } from '../../src/bootstrap/modules/aws.ts';
import { memory } from '../../src/bootstrap/modules/memory.ts';
import { makeTemporaryFolder } from '../support/temporaryFolder.ts';

describe('the probes of a service', () => {
  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
  let embedded: EmbeddedStack;

  before(async () => {
    folder = await makeTemporaryFolder();
    embedded = (await openEmbedded({ PAIDONCE_DATA_DIR: folder.path }))._unsafeUnwrap();
  });
  after(async () => {
    await embedded.close();
    await folder.remove();
  });

  const probesWith = (settings: Readonly<Record<string, string>> = {}) => {
    const changed = { ...embedded, settings: { ...embedded.settings, ...settings } };
    const config = parseConfig({}, { needs: SETTING_NAMES, embedded: changed })._unsafeUnwrap();
    const { get } = createContainer(application, aws({ service: 'test' }), config);
    return { payments: get('paymentProbes'), notifications: get('notificationProbes') };
  };
  const answersOf = async (probes: Readonly<Record<string, Probe>>) =>
    Object.fromEntries(
      await Promise.all(
        Object.entries(probes).map(async ([name, probe]) => [name, await probe()] as const),
      ),
    );

  it('are content with what a setup has made', async () => {
    const { payments, notifications } = probesWith();
    expect(await answersOf(payments)).to.deep.equal({
      MessageQueue: ok(undefined),
      PaymentGateway: ok(undefined),
    });
    expect(await answersOf(notifications)).to.deep.equal({
      MessageQueue: ok(undefined),
      Notifier: ok(undefined),
    });
  });

  it('find a key of another account than money is moved on, and bind none themselves', async () => {
    const another = probesWith({ STRIPE_SECRET_KEY: 'sk_test_another' }).payments;
    expect(await another.PaymentGateway()).to.deep.equal(ok(undefined));
    const config = parseConfig({}, { needs: SETTING_NAMES, embedded })._unsafeUnwrap();
    const { get } = createContainer(application, aws({ service: 'test' }), config);
    const bound = (await get('bindAccount')({ by: 'ada', reason: 'a test' }))._unsafeUnwrap();
    expect(bound).not.to.have.property('before');

    const answer = await another.PaymentGateway();
    expect(answer.isErr() && answer.error).to.deep.include({
      type: 'Misconfigured',
      dependency: 'PaymentGateway',
    });
    expect(await probesWith().payments.PaymentGateway()).to.deep.equal(ok(undefined));
  });

  it('find each queue that a service deletes from and sends to', async () => {
    const nowhere = 'http://127.0.0.1:1/000000000000/nowhere';
    for (const [service, names] of [
      ['payments', ['PAYMENTS_QUEUE_URL', 'PAYMENTS_DLQ_URL', 'NOTIFICATIONS_QUEUE_URL']],
      ['notifications', ['NOTIFICATIONS_QUEUE_URL', 'NOTIFICATIONS_DLQ_URL']],
    ] as const) {
      for (const name of names) {
        const answer = await probesWith({ [name]: nowhere })[service].MessageQueue();
        expect(answer.isErr() && answer.error, name).to.include({
          type: 'Misconfigured',
          dependency: 'MessageQueue',
        });
      }
    }
  });

  it('are the same in memory, where nothing is ever away', async () => {
    const { get } = createContainer({}, memory());
    for (const [here, there] of [
      [get('paymentProbes'), probesWith().payments],
      [get('notificationProbes'), probesWith().notifications],
    ] as const) {
      expect(Object.keys(here)).to.have.members(Object.keys(there));
      expect(Object.values(await answersOf(here))).to.deep.equal([ok(undefined), ok(undefined)]);
    }
  });
});
