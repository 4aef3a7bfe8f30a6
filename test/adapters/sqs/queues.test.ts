import { describeQueues } from '../../contracts/queues.contract.ts';
import { embeddedSqs, localSqsClients } from '../../support/sqs.ts';

describeQueues('embedded', async () => {
  const server = await embeddedSqs();
  return { clients: localSqsClients(server.url), close: server.remove };
});
