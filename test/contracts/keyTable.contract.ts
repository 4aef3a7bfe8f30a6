import { expect } from 'chai';
import type { KeyItem, KeyTable } from '../../src/adapters/encryption/keyTable.ts';
import { must } from '../support/commits.ts';

const KEY: KeyItem = {
  owner: 'customer#c-1',
  name: 'contact#1',
  kek: 'local:0a1b2c3d',
  wrapped: Buffer.from('a wrapped key'),
  at: 1_795_449_838_620,
};
const END: KeyItem = { ...KEY, name: 'end contact#1', kek: '', wrapped: new Uint8Array() };

/** A table of customers' keys, empty for each test. */
export const describeKeyTable = (name: string, open: () => Promise<KeyTable>): void => {
  describe(`the table of keys: ${name}`, () => {
    let table: KeyTable;

    beforeEach(async () => {
      table = await open();
    });

    const listed = async (owner = KEY.owner) =>
      (await must(table.list(owner))).map((item) => ({
        ...item,
        wrapped: Buffer.from(item.wrapped),
      }));
    const asListed = (item: KeyItem) => ({ ...item, wrapped: Buffer.from(item.wrapped) });

    it('lists what was inserted of an owner, keys and marks, and of nobody else', async () => {
      for (const item of [KEY, END, { ...KEY, owner: 'customer#c-10' }]) {
        expect(await must(table.insert(item))).to.equal('Inserted');
      }
      expect(await listed()).to.have.deep.members([KEY, END].map(asListed));
      expect(await listed('customer#c')).to.deep.equal([]);
    });

    it('keeps the first of two under one name', async () => {
      const other = { ...KEY, wrapped: Buffer.from('another') };
      const both = await Promise.all([must(table.insert(KEY)), must(table.insert(other))]);
      expect(both.toSorted()).to.deep.equal(['Duplicate', 'Inserted']);
      expect(await must(table.insert(other))).to.equal('Duplicate');
      expect(await listed()).to.have.length(1);
    });

    it('removes one, and nothing else, and does so again', async () => {
      await must(table.insert(KEY));
      await must(table.insert(END));
      await must(table.remove(KEY));
      await must(table.remove(KEY));
      expect(await listed()).to.deep.equal([asListed(END)]);
    });

    it('keeps one that is to be removed later, and makes none that is not there', async () => {
      await must(table.insert(KEY));
      await must(table.removeAt(KEY, 4_102_444_800_000));
      await must(table.removeAt(END, 4_102_444_800_000));
      expect(await listed()).to.deep.equal([asListed(KEY)]);
    });
  });
};
