import { SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { expect } from 'chai';
import { diagnose } from '../../../src/bootstrap/doctor/checks.ts';
import { openEmbedded, type EmbeddedStack } from '../../../src/bootstrap/embedded.ts';
import { localSqsClients } from '../../support/sqs.ts';
import { makeTemporaryFolder } from '../../support/temporaryFolder.ts';

const QUEUES = [
  'PAYMENTS_QUEUE_URL',
  'PAYMENTS_DLQ_URL',
  'NOTIFICATIONS_QUEUE_URL',
  'NOTIFICATIONS_DLQ_URL',
] as const;
const KEY = 'arn:aws:kms:us-east-1:000000000000:key/1';

describe('The doctor, of what protects queues and tables', () => {
  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
  let embedded: EmbeddedStack;
  let clients: ReturnType<typeof localSqsClients>;
  beforeEach(async () => {
    folder = await makeTemporaryFolder();
    embedded = (await openEmbedded({ PAIDONCE_DATA_DIR: folder.path }))._unsafeUnwrap();
    clients = localSqsClients(embedded.addresses.sqs);
  });
  afterEach(async () => {
    clients.client.destroy();
    clients.receiveClient.destroy();
    await embedded.close();
    await folder.remove();
  });

  const set = async (
    setting: (typeof QUEUES)[number],
    Attributes: Record<string, string>,
  ): Promise<void> => {
    const QueueUrl = embedded.settings[setting];
    await clients.client.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
  };
  const found = async () =>
    (await diagnose({}, { embedded }))
      .filter(({ subject, what }) => /^encryption|queue/.test(subject) && !/is there/.test(what))
      .map((finding) => ({
        ...finding,
        text: `${finding.status} ${finding.subject}: ${finding.what}`,
      }));

  it('finds nothing of it wrong where a setup has made them', async () => {
    expect((await found()).map(({ text }) => text)).to.deep.equal([
      'note encryption: of queues and tables is by no key of your own',
    ]);
  });

  it('finds a queue that takes requests without TLS, and says who can change that', async () => {
    await set('PAYMENTS_QUEUE_URL', { Policy: '' });
    await set('PAYMENTS_DLQ_URL', { Policy: '{"Version":"2012-10-17","Statement":[]}' });
    const problems = (await found()).filter(({ status }) => status === 'problem');

    expect(problems.map(({ text }) => text)).to.deep.equal([
      'problem payments queue: takes requests without TLS',
      'problem payments queue’s dead-letter queue: takes requests without TLS',
    ]);
    const [none, other] = problems.map((each) => ('remedy' in each ? each.remedy : ''));
    expect(none).to.equal('Run `paidonce setup`.');
    expect(other).to.include('Add to its policy a statement');
  });

  it('finds a queue without encryption, and one that takes anybody’s dead letters', async () => {
    await set('PAYMENTS_QUEUE_URL', { SqsManagedSseEnabled: 'false' });
    await set('NOTIFICATIONS_DLQ_URL', { RedriveAllowPolicy: '' });
    const texts = (await found()).map(({ text }) => text);

    expect(texts).to.include('problem payments queue: keeps its messages unencrypted');
    expect(texts).to.include(
      'note notifications queue’s dead-letter queue: takes the dead letters of any queue: ' +
        'it has no RedriveAllowPolicy',
    );
  });

  it('shows which key encrypts what, where it is not one for all', async () => {
    for (const setting of QUEUES) await set(setting, { KmsMasterKeyId: KEY });
    const { EVENTS_TABLE, INVOICES_TABLE, KEYS_TABLE } = embedded.settings;
    const tables = [EVENTS_TABLE, INVOICES_TABLE, KEYS_TABLE].map((name) => `table ${name}`);

    expect((await found()).map(({ text }) => text)).to.include(
      `note encryption: is not by one key for all: by ${KEY}: payments queue, ` +
        'payments queue’s dead-letter queue, notifications queue, ' +
        `notifications queue’s dead-letter queue; by no key of your own: ${tables.join(', ')}`,
    );
  });
});
