import { expect } from 'chai';
import { describe, it } from 'mocha';
import { createLiveSeals } from '../../../src/adapters/system/seals.ts';
import { fixedSecret } from '../../../src/application/ports/liveSecret.ts';

type Keys = readonly [string, ...string[]];

describe('Seals by keys that change', () => {
  it('are made by the first key of now, and checked by all of now', () => {
    let keys: Keys = ['the old key'];
    const seals = createLiveSeals({ ...fixedSecret(keys), current: () => keys });
    const before = seals.seal('text');

    keys = ['the old key', 'the new key'];
    expect(seals.seal('text')).to.equal(before);
    const other = createLiveSeals(fixedSecret<Keys>(['the new key', 'the old key']));
    const after = other.seal('text');
    expect(seals.isSeal('text', after)).to.equal(true);

    keys = ['the new key', 'the old key'];
    expect(seals.seal('text')).to.equal(after);
    expect(seals.isSeal('text', before)).to.equal(true);
    keys = ['the new key'];
    expect(seals.isSeal('text', before)).to.equal(false);
  });
});
