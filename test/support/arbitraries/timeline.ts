import fc from 'fast-check';
import { anyCharacter } from './character.ts';
import {
  PARTIES,
  type TimelinePhase,
  type TimelineStep,
  type Timeline,
} from '../../../src/application/trace/timeline.ts';

/** What somebody might have called an order, or given as a reason. */
export const HOSTILE = [
  'end',
  'wrap: note over: a, b',
  'a; b #35; # c %% d %%{init: {"theme": "dark"}}%%',
  '"><script>alert(1)</script><img src=x onerror=alert(1)>',
  ']]> --> &amp; &lt;b&gt; <b>bold</b><br>**strong** *em* ~~gone~~ $$x$$',
  '\'quoted\' "twice" \\n `code`',
  'new\nline\r\nand\ttab\u2028separated',
  '\u0000\u0007\u001b[31mred\u001b[0m\u202eturned\u{e0001}',
  '\ud800 alone',
  '😀👩‍👩‍👧 日本語の注文 àé',
  'i'.repeat(400),
  'loop alt opt par rect participant L0 as x',
  '+L1 -L2 ->> --x L0: x',
  'a <br> <i>b</i>',
  '3 pay: ✗ ? …',
  '',
] as const;

const anyText = (): fc.Arbitrary<string> =>
  fc.oneof(
    fc.constantFrom(...HOSTILE),
    fc.string({ unit: anyCharacter(), maxLength: 60 }),
    fc.string({ maxLength: 60 }),
  );

const anyPhase = (): fc.Arbitrary<TimelinePhase> => fc.constantFrom(1, 2, 3, 4, 5);

const anyStep = (): fc.Arbitrary<TimelineStep> =>
  fc.record(
    {
      at: fc.integer({ min: 0, max: 4_102_444_800_000 }),
      phase: anyPhase(),
      from: fc.constantFrom(...PARTIES),
      to: fc.constantFrom(...PARTIES),
      kind: fc.constantFrom('done', 'lost', 'refused', 'waited'),
      what: anyText(),
      source: fc.constantFrom('event', 'record', 'letter', 'row'),
      details: fc.dictionary(anyText(), fc.oneof(anyText(), fc.integer()), { maxKeys: 3 }),
      by: fc.oneof(fc.constantFrom('p-1', 'p-2', 'p-3', 'p-4', 'p-5'), anyText()),
      messageId: anyText(),
      attempt: fc.integer({ min: 1, max: 99 }),
      versions: fc.array(fc.nat({ max: 400 }), { maxLength: 3 }),
      cause: fc.nat({ max: 150 }),
    },
    { requiredKeys: ['at', 'phase', 'from', 'to', 'kind', 'what', 'source', 'details'] },
  );

/** A life that may never have happened, in words that nobody should choose. */
export const anyTimeline = (): fc.Arbitrary<Timeline> =>
  fc.record({
    orderId: anyText(),
    status: anyText(),
    steps: fc
      .array(anyStep(), { maxLength: 150, size: 'medium' })
      .map((steps) => steps.toSorted((one, other) => one.at - other.at)),
    cost: fc.record({
      microUsd: fc.nat(),
      items: fc.array(
        fc.record({ what: anyText(), quantity: fc.nat(), unit: anyText(), microUsd: fc.nat() }),
        { maxLength: 4 },
      ),
    }),
    missing: fc.array(anyText(), { maxLength: 3 }),
    notes: fc.array(anyText(), { maxLength: 3 }),
  });
