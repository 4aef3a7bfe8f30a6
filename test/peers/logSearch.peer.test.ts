import { describeLogSearch } from '../contracts/logSearch.contract.ts';
import { makeCloudWatchLogSearch } from '../support/logs.ts';
import { peerUrl } from '../support/peerUrl.ts';

// It does not know patterns of this form and gives every event: what is not wanted has to be sorted
// out here.
describeLogSearch(
  'cloudwatch, moto',
  makeCloudWatchLogSearch(() => peerUrl('PEER_MOTO_URL')),
);
