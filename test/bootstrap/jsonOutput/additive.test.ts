import { expect } from 'chai';
import { breakingChanges, type JsonSchema } from '../../../src/bootstrap/jsonOutput/additive.ts';

const text: JsonSchema = { type: 'string' };
const number: JsonSchema = { type: 'number' };
const object = (
  properties: Readonly<Record<string, JsonSchema>>,
  required: readonly string[] = Object.keys(properties),
): JsonSchema => ({ type: 'object', properties, required });

describe('A change of a JSON output', () => {
  const former = object({
    id: text,
    totals: object({ sum: number }),
    rows: { type: 'array', items: object({ a: text }) },
  });

  it('breaks nothing where it only adds', () => {
    const later = object(
      {
        id: text,
        more: text,
        totals: object({ sum: number, count: number }),
        rows: { type: 'array', items: object({ a: text, b: text }) },
      },
      ['id', 'totals', 'rows'],
    );

    expect(breakingChanges(former, later)).to.deep.equal([]);
    expect(breakingChanges(former, { anyOf: [object({ other: text }), former] })).to.deep.equal([]);
  });

  it('breaks readers where something is gone, is another thing, or may be missing', () => {
    const later = object(
      { id: number, totals: object({}), rows: { type: 'array', items: object({ a: text }, []) } },
      ['id', 'rows'],
    );

    expect(breakingChanges(former, later)).to.have.members([
      'a line.id was string and is number',
      'a line.totals.sum is gone',
      'a line.totals is no longer always there',
      'a line.rows[].a is no longer always there',
    ]);
  });

  it('breaks readers where a form of line is gone', () => {
    const finding = object({ type: { type: 'string', const: 'finding' }, why: text });
    const report = object({ type: { type: 'string', const: 'report' } });

    expect(breakingChanges({ anyOf: [finding, report] }, { anyOf: [report] })).to.deep.equal([
      'a line.type was always "finding"',
      'a line.why is gone',
    ]);
    expect(
      breakingChanges({ anyOf: [finding, report] }, { anyOf: [report, finding] }),
    ).to.deep.equal([]);
  });
});
