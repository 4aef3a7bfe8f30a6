import { describeDelivery } from '../../contracts/delivery.contract.ts';
import { embeddedSqs, localSqsClients } from '../../support/sqs.ts';

describeDelivery('embedded', async () => {
  const server = await embeddedSqs();
  return { clients: localSqsClients(server.url), close: server.remove };
});
