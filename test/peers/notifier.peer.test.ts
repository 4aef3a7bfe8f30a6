import { CreateEmailIdentityCommand } from '@aws-sdk/client-sesv2';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { openSesClient } from '../../src/adapters/aws/clients.ts';
import { createSesNotifier } from '../../src/adapters/ses/sender.ts';
import { describeNotifier } from '../contracts/notifier.contract.ts';
import { peerUrl } from '../support/peerUrl.ts';

/** What moto shows of the mails that it took; it keeps one part of the body, the HTML one. */
type MotoData = {
  readonly ses: {
    readonly Message: readonly {
      readonly destinations: { readonly ToAddresses: readonly string[] };
      readonly subject: string;
      readonly body: string;
    }[];
  };
};

const clientFor = (endpoint: string) =>
  openSesClient({
    region: 'us-east-1',
    endpoint,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });

describeNotifier('ses, moto', async () => {
  const url = peerUrl('PEER_MOTO_URL');
  const client = await clientFor(url);
  const from = `${crypto.randomUUID()}@shop.example`;
  await client.send(new CreateEmailIdentityCommand({ EmailIdentity: from }));
  return {
    notifier: createSesNotifier(() => Promise.resolve(client), { from }),
    async read() {
      const answer = await fetch(new URL('/moto-api/data.json', url));
      const { ses } = (await answer.json()) as MotoData;
      return ses.Message.map(({ destinations, subject, body }) => ({
        to: destinations.ToAddresses.join(),
        subject,
        html: body,
      }));
    },
    close: () => Promise.resolve(client.destroy()),
  };
});

describe('createSesNotifier: moto', () => {
  it('takes a sender that is not verified for a matter of configuration', async () => {
    const client = await clientFor(peerUrl('PEER_MOTO_URL'));
    const from = `${crypto.randomUUID()}@shop.example`;
    const result = await createSesNotifier(() => Promise.resolve(client), { from }).send({
      to: 'ada@example.com',
      subject: 's',
      text: 't',
      html: 'h',
      dedupeKey: 'order-1:receipt',
    });
    client.destroy();
    expect(result.isErr() && result.error.type).to.equal('Misconfigured');
  });
});
