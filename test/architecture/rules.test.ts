import { describeImportRule } from './imports.rules.ts';
import { describeRatchets } from './ratchets.rules.ts';
import { forgetParsed } from './source.ts';
import { describeTidiness } from './tidy.rules.ts';

// In one file of tests, since each may get a process of its own: so the sources are parsed once.
describeImportRule();
describeRatchets();
describeTidiness();

after(forgetParsed);
