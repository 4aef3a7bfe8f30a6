import { CreateEmailIdentityCommand } from '@aws-sdk/client-sesv2';
import { createSesClient } from '../../src/adapters/aws/clients.ts';
import { startEmbeddedStripe } from '../../src/adapters/embedded/stripe.ts';
import { describeTrace } from '../contracts/trace.contract.ts';
import { peerUrl } from '../support/peerUrl.ts';
import { makeTemporaryFolder } from '../support/temporaryFolder.ts';

const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };
const AWS_REGION = 'us-east-1';

describeTrace('DynamoDB Local, ElasticMQ and moto', async () => {
  const folder = await makeTemporaryFolder();
  const stripe = await startEmbeddedStripe({ dataDir: folder.path, port: 0 });
  const moto = peerUrl('PEER_MOTO_URL');
  const mailFrom = `${crypto.randomUUID()}@shop.example`;
  const ses = createSesClient({ region: AWS_REGION, endpoint: moto, credentials: CREDENTIALS });
  await ses.send(new CreateEmailIdentityCommand({ EmailIdentity: mailFrom }));
  ses.destroy();
  return {
    env: {
      AWS_REGION,
      AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
      AWS_ENDPOINT_URL_SQS: peerUrl('PEER_SQS_URL'),
      AWS_ENDPOINT_URL_DYNAMODB: peerUrl('PEER_DYNAMODB_URL'),
      AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: moto,
      AWS_ENDPOINT_URL_SESV2: moto,
      STRIPE_SECRET_KEY: 'sk_test_peers',
      STRIPE_API_URL: stripe.url,
      MAIL_FROM: mailFrom,
    },
    close: async () => {
      await stripe.close();
      await folder.remove();
    },
  };
});
