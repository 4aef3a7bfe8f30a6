import { expect } from 'chai';
import fc from 'fast-check';
import { err, ok } from 'neverthrow';
import {
  DOCUMENT_CHARACTERS_MAX,
  readOrders,
  type JsonInput,
} from '../../../../src/bootstrap/cli/submit/orderSource.ts';

describe('readOrders', () => {
  const anyObjects = fc.array(fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }), {
    minLength: 1,
  });
  const anyChunkSize = fc.integer({ min: 1, max: 50 });

  const LAYOUTS: Readonly<Record<string, (objects: readonly unknown[]) => string>> = {
    'an array': (objects) => JSON.stringify(objects),
    'an array over many lines': (objects) => JSON.stringify(objects, undefined, 2),
    'an object on each line': (objects) => objects.map((one) => JSON.stringify(one)).join('\n'),
    'an array after blank lines': (objects) => `\n \n${JSON.stringify(objects)}\n`,
    'an object on each line, with others between': (objects) =>
      objects.map((one) => ` ${JSON.stringify(one)}\r\n\n`).join(''),
    'a byte order mark and an object on each line': (objects) =>
      `\uFEFF${objects.map((one) => JSON.stringify(one)).join('\n')}`,
  };
  for (const [layout, write] of Object.entries(LAYOUTS)) {
    it(`finds every object of ${layout}, however it comes in pieces`, () =>
      fc.assert(
        fc.asyncProperty(anyObjects, anyChunkSize, async (objects, size) => {
          const found = await read(write(objects), size);
          expect(found.map(({ value }) => value._unsafeUnwrap())).to.deep.equal(
            JSON.parse(JSON.stringify(objects)),
          );
        }),
      ));
  }

  it('finds one object over many lines, however it comes in pieces', () =>
    fc.assert(
      fc.asyncProperty(anyObjects, anyChunkSize, async ([object], size) => {
        const [found, ...others] = await read(JSON.stringify(object, undefined, 2), size);
        expect(others).to.deep.equal([]);
        expect(found?.value._unsafeUnwrap()).to.deep.equal(JSON.parse(JSON.stringify(object)));
      }),
    ));

  it('says on which line each is, and a broken line hides no other', async () => {
    const found = await read('{"a":1}\n\n{"b":[\n{"c":3}\nnonsense\n{"d":4}', 7);
    expect(found).to.deep.equal([
      { place: 'line 1', value: ok({ a: 1 }) },
      { place: 'line 3', value: err('is not JSON') },
      { place: 'line 4', value: ok({ c: 3 }) },
      { place: 'line 5', value: err('is not JSON') },
      { place: 'line 6', value: ok({ d: 4 }) },
    ]);
  });

  it('says which of an array each is, and of a broken document that it is none', async () => {
    expect((await read('[1, {"b":\n2}]', 3)).map(({ place }) => place)).to.deep.equal([
      'order 1',
      'order 2',
    ]);
    expect(await read('[1, 2', 3)).to.deep.equal([
      { place: 'the document', value: err('is not JSON') },
    ]);
    expect(await read(' \n', 3)).to.deep.equal([]);
  });

  it('takes no line that is longer than a message, and no document beyond its bound', async () => {
    const long = `{"a":"${'x'.repeat(3_000_000)}"}`;
    expect(await read(`{}\n${long}\n{}`, 65_536)).to.deep.equal([
      { place: 'line 1', value: ok({}) },
      { place: 'line 2', value: err('is longer than a message may be') },
      { place: 'line 3', value: ok({}) },
    ]);
    const endless = async function* () {
      yield '[';
      const some = '1,\n'.repeat(2 ** 20);
      for (let length = 0; length < DOCUMENT_CHARACTERS_MAX; length += some.length) yield some;
    };
    const [found] = await collect(endless);
    expect(found?.value._unsafeUnwrapErr()).to.include('put one order on each line');
  });
});

const read = (text: string, size: number): Promise<readonly JsonInput[]> => {
  const chunks = async function* () {
    // By code points, as a decoded stream comes.
    const points = Array.from(text);
    for (let at = 0; at < points.length; at += size) yield points.slice(at, at + size).join('');
  };
  return collect(chunks);
};

const collect = async (open: () => AsyncIterable<string>): Promise<readonly JsonInput[]> => {
  const found: JsonInput[] = [];
  for await (const one of readOrders(open)) found.push(one);
  return found;
};
