import { CreateEmailIdentityCommand } from '@aws-sdk/client-sesv2';
import { openSesClient } from '../../src/adapters/aws/clients.ts';
import { startEmbeddedStripe } from '../../src/adapters/embedded/stripe.ts';
import { peerUrl } from './peerUrl.ts';
import { makeTemporaryFolder } from './temporaryFolder.ts';

export const PEER_CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };
export const PEER_REGION = 'us-east-1';

/**
 * All the settings that the services need to run on the independent servers and a sandbox of their
 * own.
 */
export const openPeerEnvironment = async () => {
  const folder = await makeTemporaryFolder();
  const stripe = await startEmbeddedStripe({ dataDir: folder.path, port: 0 });
  const moto = peerUrl('PEER_MOTO_URL');
  const mailFrom = `${crypto.randomUUID()}@shop.example`;
  const ses = await openSesClient({
    region: PEER_REGION,
    endpoint: moto,
    credentials: PEER_CREDENTIALS,
  });
  await ses.send(new CreateEmailIdentityCommand({ EmailIdentity: mailFrom }));
  ses.destroy();
  return {
    folder: folder.path,
    stripe: stripe.url,
    env: {
      AWS_REGION: PEER_REGION,
      AWS_ACCESS_KEY_ID: PEER_CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: PEER_CREDENTIALS.secretAccessKey,
      AWS_ENDPOINT_URL_SQS: peerUrl('PEER_SQS_URL'),
      AWS_ENDPOINT_URL_DYNAMODB: peerUrl('PEER_DYNAMODB_URL'),
      AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: moto,
      AWS_ENDPOINT_URL_SESV2: moto,
      STRIPE_SECRET_KEY: 'sk_test_peers',
      INTENT_SEAL_KEYS: 'a-secret-of-the-payment-service-alone',
      PERSONAL_DATA_KEY: `local:${'p'.repeat(43)}`,
      STRIPE_API_URL: stripe.url,
      MAIL_FROM: mailFrom,
    },
    close: async () => {
      await stripe.close();
      await folder.remove();
    },
  };
};
