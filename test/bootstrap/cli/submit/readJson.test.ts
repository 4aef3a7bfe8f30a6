import { expect } from 'chai';
import fc from 'fast-check';
import { err, ok } from 'neverthrow';
import type { OrderInput } from '../../../../src/bootstrap/cli/submit/orderInput.ts';
import {
  DOCUMENT_CHARACTERS_MAX,
  readJson,
} from '../../../../src/bootstrap/cli/submit/readJson.ts';

describe('readJson', () => {
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
    expect(found.map(({ place, value }) => [place.text, value])).to.deep.equal([
      ['line 1', ok({ a: 1 })],
      ['line 3', err(['is not JSON: it ends before it is complete, at column 7'])],
      ['line 4', ok({ c: 3 })],
      ['line 5', err(['is not JSON: a value is expected here, at column 1'])],
      ['line 6', ok({ d: 4 })],
    ]);
  });

  it('says which of a list each is, and on which line, if there are several', async () => {
    const places = async (text: string) =>
      (await read(text, 3)).map(({ place: { text: said, ...place } }) => [said, place]);
    expect(await places('[1, {"b": 2}]')).to.deep.equal([
      ['order 1', { unit: 'order', number: 1 }],
      ['order 2', { unit: 'order', number: 2 }],
    ]);
    expect(await places('\n[1,\n {"b":\n2}]')).to.deep.equal([
      ['order 1 (line 2)', { unit: 'order', number: 1 }],
      ['order 2 (line 3)', { unit: 'order', number: 2 }],
    ]);
    expect(await places(' \n')).to.deep.equal([]);
    expect(await places('[]')).to.deep.equal([]);
  });

  it('says of a broken document where it is broken', async () => {
    const [found, ...others] = await read('\n[1,\n2', 3);
    expect(others).to.deep.equal([]);
    expect(found?.place.text).to.equal('the file');
    expect(found?.value).to.deep.equal(
      err(['is not JSON: it ends before it is complete, at line 3, column 2']),
    );
  });

  it('finds what JSON.parse passes over, and still knows the order', async () => {
    const [found] = await read('[{"orderId":"o-1","a":1,"a":2,"b":9007199254740993}]', 9);
    expect(found?.orderId).to.equal('o-1');
    expect(found?.value).to.deep.equal(
      err(['a: is given twice', 'b: has more digits than can be kept']),
    );
    const deep = `{"orderId":"o-2","x":${'['.repeat(90_000)}${']'.repeat(90_000)}}`;
    const [nested] = await read(deep, 65_536);
    expect(nested).to.deep.include({ orderId: 'o-2' });
    expect(nested?.value.isErr()).to.equal(true);
  });

  it('takes no line that is longer than a message, and no document beyond its bound', async () => {
    const long = `{"a":"${'x'.repeat(3_000_000)}"}`;
    const found = await read(`{}\n${long}\n{}`, 65_536);
    expect(found.map(({ place, value }) => [place.number, value])).to.deep.equal([
      [1, ok({})],
      [2, err(['is longer than a message may be'])],
      [3, ok({})],
    ]);
    const endless = async function* () {
      yield '[';
      const some = '1,\n'.repeat(2 ** 20);
      for (let length = 0; length < DOCUMENT_CHARACTERS_MAX; length += some.length) yield some;
    };
    const [whole] = await collect(endless);
    expect(whole?.value._unsafeUnwrapErr()[0]).to.include('put one order on each line');
  });
});

const read = (text: string, size: number): Promise<readonly OrderInput[]> => {
  const chunks = async function* () {
    // By code points, as a decoded stream comes.
    const points = Array.from(text);
    for (let at = 0; at < points.length; at += size) yield points.slice(at, at + size).join('');
  };
  return collect(chunks);
};

const collect = async (open: () => AsyncIterable<string>): Promise<readonly OrderInput[]> => {
  const found: OrderInput[] = [];
  for await (const one of readJson(open)) found.push(one);
  return found;
};
