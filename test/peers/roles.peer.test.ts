import { CreateEmailIdentityCommand } from '@aws-sdk/client-sesv2';
import { expect } from 'chai';
import { openSesClient } from '../../src/adapters/aws/clients.ts';
import { startEmbeddedStripe } from '../../src/adapters/embedded/stripe.ts';
import type { PolicyPlace } from '../../src/adapters/iam/place.ts';
import { POLICY_ROLES, type PolicyRoleName } from '../../src/adapters/iam/roles.ts';
import { openAdministrator } from '../support/iam/administrator.ts';
import { openRoles } from '../support/iam/deployment.ts';
import { useEveryRole } from '../support/iam/everyRole.ts';
import { startKms } from '../support/kms.ts';
import { PEER_CREDENTIALS, PEER_REGION } from '../support/peerEnvironment.ts';
import { peerUrl } from '../support/peerUrl.ts';
import { makeTemporaryFolder } from '../support/temporaryFolder.ts';

/** The account in which moto makes topics. */
const ACCOUNT = '123456789012';

const placeOf = (prefix: string): PolicyPlace => ({
  partition: 'aws',
  region: PEER_REGION,
  account: ACCOUNT,
  queues: {
    payments: `${prefix}-payments`,
    paymentsDeadLetters: `${prefix}-payments-dlq`,
    notifications: `${prefix}-notifications`,
    notificationsDeadLetters: `${prefix}-notifications-dlq`,
    subscriber: `${prefix}-revenue`,
  },
  tables: { events: `${prefix}-events`, invoices: `${prefix}-invoices`, keys: `${prefix}-keys` },
  logGroup: `/${prefix}`,
  topic: `${prefix}-order-events`,
  mailFrom: `${prefix}@shop.example`,
  personalDataKey: 'alias/personal-data',
});

describe('the policies of roles, before servers that others wrote', () => {
  const closing: (() => unknown)[] = [];
  after(async () => {
    for (const close of closing.toReversed()) await close();
  });

  it('allow all that services and commands ask for, and nothing more', async () => {
    const place = placeOf(`roles${Date.now()}`);
    const folder = await makeTemporaryFolder();
    closing.push(() => folder.remove());
    const stripe = await startEmbeddedStripe({ dataDir: folder.path, port: 0 });
    closing.push(() => stripe.close());
    const kms = await startKms();
    closing.push(() => kms.close());
    const moto = peerUrl('PEER_MOTO_URL');
    const settings = { region: PEER_REGION, endpoint: moto, credentials: PEER_CREDENTIALS };
    const ses = await openSesClient(settings);
    await ses.send(new CreateEmailIdentityCommand({ EmailIdentity: place.mailFrom }));
    ses.destroy();
    const servers = {
      sqs: peerUrl('PEER_SQS_URL'),
      dynamodb: peerUrl('PEER_DYNAMODB_URL'),
      logs: moto,
      ses: moto,
      sns: moto,
      kms: kms.endpoint,
    };
    const options = { place, servers, stripe: stripe.url };
    const administrator = openAdministrator(options);
    closing.push(() => administrator.close());
    const roles = openRoles(options);
    closing.push(() => roles.close());

    await useEveryRole({ roles, place, administrator });

    for (const role of Object.keys(POLICY_ROLES) as readonly PolicyRoleName[]) {
      const { allowed, used, refused } = roles.grantsOf(role);
      expect(refused, `${role}: refused`).to.deep.equal([]);
      expect(used, `${role}: used`).to.deep.equal(allowed);
    }
  });
});
