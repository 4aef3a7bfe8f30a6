// One file of tests, since each may get a process of its own: so the sources are parsed once.
import './imports.rules.ts';
import './ratchets.rules.ts';
import './tidy.rules.ts';
import { forgetParsed } from './source.ts';

after(forgetParsed);
