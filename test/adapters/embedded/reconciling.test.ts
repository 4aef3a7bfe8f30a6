import { describeReconciling } from '../../contracts/reconciling.contract.ts';
import { onEmbedded } from '../../support/logAndQueues.ts';

describeReconciling('the embedded servers', onEmbedded);
