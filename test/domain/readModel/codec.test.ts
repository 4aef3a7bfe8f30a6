import { expect } from 'chai';
import * as View from '../../../src/domain/readModel/events.ts';

/** As it lies in logs since the first release that had it. */
const STORED =
  '{"type":"ViewSwitched","v":1,"data":{"table":"invoices-2","from":"invoices","by":"ada","because":"a new layout","at":1795449838620}}';

describe('the event that says where the invoices are', () => {
  it('is stored for ever as it was stored first, and read back (X11)', () => {
    const decoded = View.codec.decode(JSON.parse(STORED));
    const [event] = decoded.unwrapOr([]);
    if (event === undefined) expect.fail('it cannot be read');
    expect(JSON.stringify(View.codec.encode(event))).to.equal(STORED);
  });

  it('is not guessed where it is another one (X5)', () => {
    const { data } = JSON.parse(STORED) as { data: object };
    for (const stored of [
      { type: 'ViewSwitched', v: 2, data },
      { type: 'ViewMoved', v: 1, data },
      { type: 'ViewSwitched', v: 1, data: { ...data, more: 1 } },
    ]) {
      expect(View.codec.decode(stored).isErr()).to.equal(true);
    }
    expect(View.codec.decode({ type: 'ViewSwitched', v: 1, data }).isOk()).to.equal(true);
  });
});
