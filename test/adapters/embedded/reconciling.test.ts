import { describeReconciling } from '../../contracts/reconciling.contract.ts';
import { embeddedLetters } from '../../support/letters.ts';

describeReconciling('the embedded servers', embeddedLetters);
