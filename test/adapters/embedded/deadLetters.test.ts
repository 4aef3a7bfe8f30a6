import { describeDeadLetters } from '../../contracts/deadLetters.contract.ts';
import { onEmbedded } from '../../support/logAndQueues.ts';

describeDeadLetters('the embedded servers', onEmbedded);
