import { describeLetters } from '../../contracts/letters.contract.ts';
import { embeddedLetters } from '../../support/letters.ts';

describeLetters('the embedded servers', embeddedLetters);
