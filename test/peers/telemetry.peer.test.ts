import { describeTelemetry } from '../contracts/telemetry.contract.ts';
import { makeCloudWatchTelemetry } from '../support/logs.ts';
import { peerUrl } from '../support/peerUrl.ts';

describeTelemetry(
  'cloudwatch, moto',
  makeCloudWatchTelemetry(() => peerUrl('PEER_MOTO_URL')),
);
