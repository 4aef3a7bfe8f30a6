import { describeLetters } from '../../contracts/letters.contract.ts';
import { onEmbedded } from '../../support/logAndQueues.ts';

describeLetters('the embedded servers', onEmbedded);
