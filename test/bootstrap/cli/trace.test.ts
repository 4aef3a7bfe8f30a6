import { EMBEDDED_STRIPE_KEY } from '../../../src/adapters/embedded/index.ts';
import { describeTrace } from '../../contracts/trace.contract.ts';
import { makeTemporaryFolder } from '../../support/temporaryFolder.ts';
import { awsEnv, type Addresses } from './awsEnv.ts';
import { lineOf, start } from '../../support/cli.ts';

describeTrace('embedded servers', async () => {
  const folder = await makeTemporaryFolder();
  const servers = start(['servers', '--json'], { PAIDONCE_DATA_DIR: folder.path });
  const started = JSON.parse(await lineOf(servers, () => true)) as {
    readonly addresses: Addresses;
  };
  return {
    env: {
      ...awsEnv(started.addresses),
      STRIPE_API_URL: started.addresses.stripe,
      STRIPE_SECRET_KEY: EMBEDDED_STRIPE_KEY,
      MAIL_FROM: 'receipts@paidonce.example',
    },
    close: async () => {
      await servers.stop();
      await folder.remove();
    },
  };
});
