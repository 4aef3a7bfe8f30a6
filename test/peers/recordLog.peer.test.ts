import { describeRecordLog } from '../contracts/recordLog.contract.ts';
import { makeCloudWatchRecordLog } from '../support/logs.ts';
import { peerUrl } from '../support/peerUrl.ts';

// It does not know patterns of this form and gives every event: what is not wanted has to be sorted
// out here.
describeRecordLog(
  'cloudwatch, moto',
  makeCloudWatchRecordLog(() => peerUrl('PEER_MOTO_URL')),
);
