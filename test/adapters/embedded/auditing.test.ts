import { describeAuditing } from '../../contracts/auditing.contract.ts';
import { onEmbedded } from '../../support/logAndQueues.ts';

describeAuditing('the embedded servers', onEmbedded);
